"""#1: another tenant's id on every route and verb of the contract is answered as one that never
was, and nothing changes."""

from typing import Any

import pytest_asyncio

from infra.kernel.ids import uuid7
from tests.security.neighbours import (
    Neighbours,
    changed,
    neighbours,
    operations,
    state_of,
    words_of,
)
from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


async def test_1_foreign_ids_look_like_random_ones_on_every_route(two: Neighbours) -> None:
    stranger = two.http(two.other)
    await two.world.work(two.home)
    before = await state_of(two.world, two.home.id)
    wrong, met = [], 0
    for operation in operations(two.document):
        if "{id}" not in operation.path:
            continue
        sent = {} if operation.body is None else {"json": operation.body}
        key = two.id_of(operation.collection)
        theirs = await stranger.request(operation.method.upper(), operation.at(key), **sent)
        random = await stranger.request(
            operation.method.upper(), operation.at(str(uuid7())), **sent
        )
        met += theirs.status_code == 404 and operation.collection in two.ids
        if theirs.status_code != random.status_code or words_of(theirs) != words_of(random):
            wrong.append((operation.label, theirs.status_code, theirs.text, random.text))
        elif theirs.status_code not in {400, 403, 404, 415, 422}:
            wrong.append((operation.label, theirs.status_code, theirs.text, ""))
    assert wrong == []
    assert met >= 80, "bodies have drifted from the contract, and refusals come too early"
    assert changed(before, await state_of(two.world, two.home.id)) == []


async def test_1_bulk_and_filters_reach_nothing_of_another_tenant(two: Neighbours) -> None:
    stranger = two.http(two.other)
    before = await state_of(two.world, two.home.id)
    for collection, key in two.ids.items():
        listed = await stranger.get(f"/api/v1/{collection}", params={"id": key, "count": "true"})
        if listed.status_code == 200:
            assert listed.json()["data"] == [], collection
        asked = {"operations": [{"op": op, "id": key, "body": {}} for op in ("update", "delete")]}
        done = await stranger.post(f"/api/v1/{collection}/bulk", json=asked)
        if done.status_code == 200:
            assert {r["status"] for r in done.json()["results"]} <= {403, 404, 405, 422}, collection
    assert changed(before, await state_of(two.world, two.home.id)) == []
