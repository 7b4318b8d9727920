"""The operator's API: tenants made, stopped, exported and erased."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from tenants import provisioning
from tests.tenants.house import House, Tenant, sign_in

PATH = "/platform/v1/tenants"


async def test_a_tenant_is_made_with_its_first_admins_key(house: House) -> None:
    body = {"slug": "fresh-one", "name": "Fresh", "admin_email": "a@example.test"}
    made = await house.operator().post(PATH, json=body)
    assert made.status_code == 201, made.text
    told = made.json()
    assert made.headers["location"] == f"{PATH}/{told['id']}"
    assert (told["url"], told["invited"]) == ("http://fresh-one.localhost:8000", True)
    client = house.client("fresh-one.localhost:8000")
    client.headers["authorization"] = f"Bearer {told['api_key']}"
    me = (await client.get("/api/v1/me")).json()
    assert (me["roles"], me["tenant"]["slug"]) == (["admin"], "fresh-one")
    groups = (await client.get("/api/v1/groups")).json()["data"]
    assert [g["name"] for g in groups] == ["Back office", "Customer service", "Second level"]
    assert (await house.operator().post(PATH, json=body)).status_code == 409
    read = (await house.operator().get(f"{PATH}/{told['id']}")).json()
    assert "api_key" not in read


async def test_operators_are_told_of_parameters_that_are_none(house: House) -> None:
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/nobody")):
        answer = await house.operator().request(method, f"{path}?colour=red", json={})
        assert answer.status_code == 400, path
        assert [error["pointer"] for error in answer.json()["errors"]] == ["colour"]


async def test_every_fault_of_a_new_tenant_is_named(house: House) -> None:
    body = {"slug": "API", "name": " ", "admin_email": "xyz", "plan": "gold", "admin_password": "x"}
    answer = await house.operator().post(PATH, json=body)
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/slug", "/name", "/admin_email", "/plan", "/admin_password"}


@pytest.mark.parametrize("key", ["", "wrong", "operator-key-of-the-test"])
async def test_only_the_operator_may(house: House, acme: Tenant, key: str) -> None:
    for client in (house.operator(key), acme.admin):
        for method, path in (
            ("GET", PATH),
            ("POST", PATH),
            ("GET", f"{PATH}/{acme.id}"),
            ("POST", f"{PATH}/{acme.id}/suspend"),
            ("POST", f"{PATH}/{acme.id}/erase"),
            ("GET", f"{PATH}/{acme.id}/export"),
        ):
            answer = await client.request(method, path)
            assert answer.status_code in {401, 429}
    assert (await house.operator().get(f"{PATH}/{acme.id}")).json()["state"] == "active"


async def test_a_suspended_tenant_lets_nobody_in_until_it_resumes(
    house: House, acme: Tenant
) -> None:
    user, browser = await acme.someone()
    stopped = await house.operator().post(f"{PATH}/{acme.id}/suspend")
    assert stopped.json()["state"] == "suspended"
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await acme.admin.get("/api/v1/users")).status_code == 401
    assert (await sign_in(acme.browser(), user["email"])).status_code == 404
    assert (await house.operator().post(f"{PATH}/{acme.id}/suspend")).status_code == 409
    assert (await house.operator().post(f"{PATH}/{acme.slug}/resume")).status_code == 200
    assert (await browser.get("/api/v1/me")).status_code == 200
    assert (await acme.admin.get("/api/v1/users")).status_code == 200


async def test_tenants_are_listed_a_page_at_a_time(house: House, acme: Tenant) -> None:
    seen, after = [], None
    while True:
        params = {"limit": "2"} | ({"after": after} if after else {})
        page = (await house.operator().get(PATH, params=params)).json()
        seen += [row["id"] for row in page["data"]]
        after = page["next"]
        if after is None:
            break
    assert str(acme.id) in seen
    assert len(seen) == len(set(seen))
    for params in ({"limit": "0"}, {"limit": "x"}, {"after": "y"}, {"sort": "z"}):
        assert (await house.operator().get(PATH, params=params)).status_code == 400


async def test_an_export_holds_one_tenant_and_no_secret(
    house: House, acme: Tenant, other: Tenant
) -> None:
    user, browser = await acme.someone()
    await other.user("canary@example.test")
    answer = await house.operator().post(f"{PATH}/{acme.id}/export")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    people = [json.loads(line) for line in archive.read("users.ndjson").splitlines()]
    assert {row["email"] for row in people} == {"boss@example.test", user["email"]}
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"canary@example.test" not in everything
    assert str(other.id).encode() not in everything
    for secret in (acme.key, browser.cookies["atrium_session"]):
        assert secret.encode() not in everything
        assert hashlib.sha256(secret.encode()).hexdigest().encode() not in everything
    assert b"argon2id" not in everything
    facts = json.loads(archive.read("export.json"))
    assert facts["rows"]["users"] == 2


async def test_an_erased_tenant_leaves_a_proof_and_nothing_else(
    house: House, acme: Tenant, other: Tenant
) -> None:
    await acme.someone()
    kept = await other.user()
    wrong = await house.operator().post(f"{PATH}/{acme.id}/erase", json={"confirm": "x"})
    assert wrong.status_code == 422
    answer = await house.operator().post(f"{PATH}/{acme.id}/erase", json={"confirm": acme.slug})
    assert answer.status_code == 200, answer.text
    proof = answer.json()
    assert proof["counts"]["users"] == 2
    assert proof["counts"]["audit_entries"] > 0
    told = {name: proof[name] for name in ("tenant_id", "slug", "erased_at", "counts")}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    assert proof["digest"] == digest
    async with house.services.database.transaction(acme.id) as connection:
        tables = await connection.fetch(
            """SELECT c.relname AS name FROM pg_class c
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
               JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
               WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"""
        )
        for table in tables:
            rows = await connection.fetchval(
                f'SELECT count(*) FROM "{table["name"]}" WHERE tenant_id = $1', acme.id
            )
            assert rows == 0, table["name"]
    assert (await acme.admin.get("/api/v1/me")).status_code in {401, 403}
    assert (await house.operator().get(f"{PATH}/{acme.id}")).json()["state"] == "erased"
    assert (await other.admin.get(f"/api/v1/users/{kept['id']}")).status_code == 200
    body = {"slug": acme.slug, "name": "Again", "admin_email": "a@example.test"}
    assert (await house.operator().post(PATH, json=body)).status_code == 409


async def test_audit_cannot_be_erased_while_the_tenant_lives(house: House, acme: Tenant) -> None:
    async with house.services.system(acme.id, reason="test") as ctx:
        before = await ctx.fetchval(
            "SELECT count(*) FROM audit_entries WHERE tenant_id = $1", acme.id
        )
        assert await ctx.fetchval("SELECT app_erase_audit()") == 0
        after = await ctx.fetchval(
            "SELECT count(*) FROM audit_entries WHERE tenant_id = $1", acme.id
        )
    assert before == after > 0


async def test_the_audit_tells_what_operators_did(
    house: House, acme: Tenant, tmp_path: Path
) -> None:
    host = f"help.{acme.slug}.example"
    await provisioning.suspend(house.services, acme.slug)
    await provisioning.resume(house.services, acme.slug)
    await provisioning.export(house.services, acme.slug, tmp_path / "all.zip")
    await provisioning.claim_host(house.services, acme.slug, host)
    await provisioning.confirm_host(house.services, acme.slug, host)
    await provisioning.release_host(house.services, acme.slug, host)
    answer = await acme.admin.get("/api/v1/audit_entries", params={"kind": "tenants", "sort": "id"})
    told = [
        (entry["action"].partition(".")[2], entry["changes"]) for entry in answer.json()["data"]
    ]
    assert told[0] == ("create", {"slug": [None, acme.slug], "plan": [None, "standard"]})
    assert told[1:3] == [
        ("suspend", {"state": ["active", "suspended"]}),
        ("resume", {"state": ["suspended", "active"]}),
    ]
    assert told[3][0] == "export"
    assert told[4:] == [
        ("claim_host", {"host": [None, host]}),
        ("verify_host", {"host": [host, host]}),
        ("release_host", {"host": [host, None]}),
    ]


async def test_the_audit_tells_whose_credentials_were_ended(acme: Tenant) -> None:
    user, browser = await acme.someone()
    await acme.signed_in(user["email"])
    await acme.admin.post(f"/api/v1/users/{user['id']}/sign_out_everywhere")
    assert (await browser.get("/api/v1/me")).status_code == 401
    answer = await acme.admin.get(
        "/api/v1/audit_entries", params={"record_id": user["id"], "sort": "-id", "limit": "2"}
    )
    told = {entry["action"]: entry["changes"] for entry in answer.json()["data"]}
    assert told == {
        "users.sign_out_everywhere": {},
        "credentials.revoke": {"in_force": [2, 0]},
    }
