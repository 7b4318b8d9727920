"""The configuration at the address where one looks for it."""

import io
import zipfile

from tests.tenants.configuration.office import exported
from tests.world import World


async def test_a_bundle_comes_as_json_or_as_a_zip_with_the_same_files(world: World) -> None:
    tenant = await world.tenant()
    client = tenant.admin.http()
    told = await client.get("/api/v1/config")
    assert told.json()["files"] == await exported(tenant.admin)
    assert told.headers["etag"] == f'"{told.json()["checksum"]}"'
    packed = await client.get("/api/v1/config", headers={"Accept": "application/zip"})
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert files == told.json()["files"]
    again = await client.get("/api/v1/config", headers={"Accept": "application/zip"})
    assert again.content == packed.content


async def test_nobody_and_no_agent_gets_in(world: World) -> None:
    tenant = await world.tenant()
    for place in ("", "/history", "/packs"):
        assert (await world.http().get(f"/api/v1/config{place}")).status_code == 401
    for place in ("plan", "apply"):
        sent = {"files": {"skills.yaml": "- name: A\n"}}
        assert (await world.http().post(f"/api/v1/config/{place}", json=sent)).status_code == 401
    assert await tenant.admin.list("skills") == []


async def test_an_application_that_is_sent_again_answers_the_same(world: World) -> None:
    client = (await world.tenant()).admin.http()
    sent = {"files": {"skills.yaml": "- name: Fibre\n"}}
    headers = {"Idempotency-Key": "deploy-1"}
    first = await client.post("/api/v1/config/apply", json=sent, headers=headers)
    second = await client.post("/api/v1/config/apply", json=sent, headers=headers)
    assert first.status_code == second.status_code == 200, first.text
    assert first.content == second.content
    assert second.headers["idempotent-replayed"] == "true"
    moved = await client.post(
        "/api/v1/config/apply", json=sent | {"base_checksum": f"sha256:{'0' * 64}"}
    )
    assert moved.status_code == 409
    assert moved.json()["type"] == "/problems/configuration-moved"


async def test_every_pack_that_is_shipped_can_be_applied_and_taken_back(world: World) -> None:
    tenant = await world.tenant()
    client = tenant.admin.http()
    before = await exported(tenant.admin)
    packs = (await client.get("/api/v1/config/packs")).json()["data"]
    assert [pack["name"] for pack in packs] == ["support-desk"]
    for pack in packs:
        plan = await client.post(f"/api/v1/config/packs/{pack['name']}/plan")
        assert plan.json()["faults"] == []
        done = await client.post(f"/api/v1/config/packs/{pack['name']}/apply")
        assert done.status_code == 200, done.text
        assert done.json()["counts"]["create"] == 8
        again = await client.post(f"/api/v1/config/packs/{pack['name']}/apply")
        assert again.json()["changes"] == []
    back = await client.post("/api/v1/config/rollback", json={"revision": 1})
    assert back.status_code == 200, back.text
    assert await exported(tenant.admin) == before
    assert (await client.post("/api/v1/config/packs/none/apply")).status_code == 404


async def test_a_field_that_was_taken_back_comes_again(world: World) -> None:
    tenant = await world.tenant()
    field = "- resource: accounts\n  key: fleet\n  label: {en: Fleet}\n  type: text\n"
    for _ in range(2):
        await tenant.admin.do("config_revisions.apply", files={"custom_fields.yaml": field})
        (made,) = await tenant.admin.list("custom_fields", resource="accounts")
        assert made["active"]
        await tenant.admin.do(
            "config_revisions.apply", files={"custom_fields.yaml": "[]\n"}, delete=True
        )
        (gone,) = await tenant.admin.list("custom_fields", resource="accounts")
        assert (gone["active"], gone["id"]) == (False, made["id"])
