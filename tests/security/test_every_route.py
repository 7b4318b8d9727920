"""Every route of the registry × {nobody, another tenant, the wrong role, the wrong audience}.

The list comes from the registry, so an entity is covered the minute it is declared. Another
tenant's id must be answered exactly as an id that never was, and a refusal must change nothing.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from backend.domains import DOMAINS
from infra.kernel.actions import ActionDefinition
from infra.kernel.ids import uuid7
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from tests.world import Actor, Tenant, World

REGISTRY = Registry(DOMAINS)
RESOURCES = sorted((r for r in REGISTRY.resources.values() if r.views), key=lambda r: r.name)
ACTIONS = sorted(REGISTRY.actions.values(), key=lambda a: a.permission)


@dataclass
class Two:
    """A tenant with records, and a stranger who is admin of another."""

    world: World
    home: Tenant
    foreign: Tenant
    nobody: httpx2.AsyncClient
    stranger: httpx2.AsyncClient
    powerless: Actor
    visitor: Actor


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    home, foreign = await world.tenant("Home"), await world.tenant("Foreign")
    await home.account()
    consumer = await home.consumer()
    await consumer.do("cases.create", subject="The line is dead", description="Since Thursday")
    await world.work(home)
    made = Two(
        world,
        home,
        foreign,
        world.http(),
        foreign.admin.http(),
        await home.member(),
        await home.contact(None, "customer"),
    )
    yield made
    await world.close()


def address(definition: ActionDefinition, key: Any) -> str:
    base = f"/api/v1/{definition.resource.name}"
    place = base if definition.on == "collection" else f"{base}/{key}"
    if definition.name in {"create", "update", "delete"}:
        return place
    return f"{place}/{definition.segment}"


async def a_record(two: Two, resource: Resource) -> UUID | None:
    async with two.world.services.database.transaction(two.home.id) as connection:
        found: UUID | None = await connection.fetchval(
            f'SELECT id FROM "{resource.table}" WHERE tenant_id = $1 LIMIT 1', two.home.id
        )
    return found


async def ledger(two: Two) -> tuple[int, int]:
    """How much was ever written: audit entries and events of the home tenant."""
    async with two.world.services.database.transaction(two.home.id) as connection:
        row = await connection.fetchrow(
            """SELECT (SELECT count(*) FROM audit_entries WHERE tenant_id = $1),
                      (SELECT count(*) FROM events WHERE tenant_id = $1)""",
            two.home.id,
        )
    return row[0], row[1]


def without_id(answer: httpx2.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return {k: v for k, v in body.items() if k not in {"instance", "request_id"}}


@pytest.mark.parametrize("definition", ACTIONS, ids=lambda a: a.permission)
async def test_an_action_is_refused_to_all_but_its_own(
    two: Two, definition: ActionDefinition
) -> None:
    before = await ledger(two)
    key = await a_record(two, definition.resource) or uuid7()
    method = definition.method
    place = address(definition, key)
    sent = {} if method in {"GET", "DELETE"} else {"json": {}}
    nobody = await two.nobody.request(method, place, **sent)
    assert nobody.status_code == 401, nobody.text
    if definition.on == "record":
        theirs = await two.stranger.request(method, place, **sent)
        random = await two.stranger.request(method, address(definition, uuid7()), **sent)
        assert theirs.status_code == random.status_code, theirs.text
        assert theirs.status_code in {400, 403, 404, 422}, theirs.text
        assert without_id(theirs) == without_id(random)
    for actor in (two.powerless, two.visitor):
        await refused(two, actor, definition, key)
    assert await ledger(two) == before


async def refused(two: Two, actor: Actor, definition: ActionDefinition, key: Any) -> None:
    """Whoever has no grant of this verb is told so before any row or body is looked at."""
    plan = two.world.services.plans.of(actor.caller, definition.resource)
    allowed = plan.may(definition.granted_by) and actor.caller.audience in definition.audiences
    if allowed:
        return
    with pytest.raises(Exception, match=r"you may not|is not for you"):
        await actor.do(definition.permission, key)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r.name)
async def test_a_collection_is_read_by_its_own_alone(two: Two, resource: Resource) -> None:
    place = f"/api/v1/{resource.name}"
    key = await a_record(two, resource)
    for path in (place, f"{place}/{key or uuid7()}", f"{place}/{key or uuid7()}/access"):
        assert (await two.nobody.get(path)).status_code == 401
    mine = await two.home.admin.http().get(place, params={"limit": "200"})
    assert mine.status_code == 200, mine.text
    listed = await two.stranger.get(place, params={"limit": "200"})
    assert listed.status_code == 200, listed.text
    ids = {row["id"] for row in mine.json()["data"]}
    assert ids.isdisjoint(row["id"] for row in listed.json()["data"])
    for path in (f"{place}/{{}}", f"{place}/{{}}/access"):
        theirs = await two.stranger.get(path.format(key or uuid7()))
        random = await two.stranger.get(path.format(uuid7()))
        assert theirs.status_code == random.status_code == 404
        assert without_id(theirs) == without_id(random)


async def test_the_canary_of_one_tenant_is_in_no_answer_to_another(two: Two) -> None:
    canary = f"canary-{uuid7().hex}"
    account = await two.home.account(name=canary)
    for resource in RESOURCES:
        for path in (
            f"/api/v1/{resource.name}?limit=200",
            f"/api/v1/{resource.name}/{account['id']}",
        ):
            assert canary not in (await two.stranger.get(path)).text
    for path in (f"/api/v1/search?q={canary}", "/api/v1/events", f"/api/v1/accounts?q={canary}"):
        assert canary not in (await two.stranger.get(path)).text
    refused = await two.stranger.post(
        "/api/v1/contacts",
        json={"account_id": str(account["id"]), "name": "N", "email": "n@example.com"},
    )
    assert refused.status_code == 422
    assert canary not in refused.text
    by_number = await two.stranger.get(f"/api/v1/accounts/{account['number']}")
    assert canary not in by_number.text
