"""#12, #14, #15: keys, guessed ids and shared records stay within their tenant and their owner."""

from typing import Any
from uuid import UUID

import pytest_asyncio

from infra.kernel.ids import uuid7
from tests.security.neighbours import Neighbours, bearing, neighbours
from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


async def test_12_a_key_lists_searches_and_follows_its_own_tenant_only(two: Neighbours) -> None:
    canary = f"canary{uuid7().hex}"
    await two.home.admin.do("cases.create", subject=canary)
    await two.world.work(two.home)
    key = two.http(two.other)
    paths = [
        f"/api/v1/{name}?limit=200&count=true" for name in two.world.services.registry.resources
    ]
    paths += ["/api/v1/events?after=0", f"/api/v1/search?q={canary}", f"/api/v1/cases?q={canary}"]
    for path in paths:
        answer = await key.get(path)
        assert answer.status_code < 500, path
        assert canary not in answer.text, path
        assert str(two.home.id) not in answer.text, path
    assert canary in (await two.http(two.home).get(f"/api/v1/cases?q={canary}")).text


async def test_12_a_key_on_another_tenants_host_opens_nothing(two: Neighbours) -> None:
    key = two.http(two.other)
    for host in (f"{two.home.slug}.localhost:8000", f"{two.home.slug.upper()}.LOCALHOST:8000"):
        answer = await key.get("/api/v1/cases", headers={"Host": host})
        assert answer.status_code in {401, 403}, host


async def test_14_uploads_and_jobs_have_random_ids_and_an_owner(two: Neighbours) -> None:
    owner = await bearing(two.world, two.desk.contact)
    other = await bearing(two.world, await two.home.contact(name="Another company's"))
    ids = []
    for number in range(20):
        body = {"name": f"{number}.txt", "content": "aGVsbG8="}
        ids.append(UUID((await owner.post("/api/v1/attachments", json=body)).json()["id"]))
    random_bits = {each.int & ((1 << 62) - 1) for each in ids}
    assert len(random_bits) == 20
    assert {each.version for each in ids} == {7}
    for key in ids[:3]:
        for path in (f"/api/v1/attachments/{key}", f"/api/v1/attachments/{key}/content"):
            assert (await other.get(path)).status_code == 404, path
    for collection in ("jobs", "webhook_deliveries", "audit_entries"):
        assert (await other.get(f"/api/v1/{collection}")).status_code == 403


async def test_15_what_a_customer_edits_changes_nobody_elses_record(two: Neighbours) -> None:
    client = await bearing(two.world, two.desk.contact)
    colleague = await two.home.contact(two.desk.account, name="A colleague")
    key = colleague.caller.attributes["contact_id"]
    account = await two.home.admin.read("accounts", two.desk.account["id"])
    person = await two.home.admin.read("contacts", key)
    for path, body in (
        (f"contacts/{key}", {"name": "Mallory"}),
        (f"accounts/{account['id']}", {"name": "Mallory Ltd"}),
        (f"users/{person['user_id']}", {"name": "Mallory"}),
        (f"product_models/{two.desk.model['id']}", {"name": "Mine"}),
        (f"sold_products/{two.desk.router['id']}", {"account_id": str(uuid7())}),
        (f"entitlements/{two.desk.entitlement['id']}", {"tier": "platinum"}),
    ):
        answer = await client.patch(f"/api/v1/{path}", json=body)
        assert answer.status_code in {403, 404, 405, 422}, (path, answer.text)
    assert await two.home.admin.read("accounts", account["id"]) == account
    assert await two.home.admin.read("contacts", key) == person
