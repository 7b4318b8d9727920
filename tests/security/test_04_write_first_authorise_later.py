"""#4: a weak role calls every verb that changes something: 403, and no row, audit or event."""

from typing import Any

import pytest
import pytest_asyncio

from infra.kernel.ids import uuid7
from tests.security.neighbours import (
    Neighbours,
    Operation,
    bearing,
    changed,
    neighbours,
    operations,
    state_of,
)
from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


def may(two: Neighbours, actor: Any, operation: Operation) -> bool:
    """Whether a documented grant lets this role try."""
    parts = operation.path.removeprefix("/api/v1/").split("/")
    verb = {"POST": "create", "PATCH": "update", "DELETE": "delete"}[operation.method.upper()]
    if parts[-1] != "{id}" and len(parts) > 1:
        verb = parts[-1]
    definition = two.world.services.registry.actions.get(f"{parts[0]}.{verb}")
    if definition is None:
        return False
    plan = two.world.services.plans.of(actor.caller, definition.resource)
    return plan.may(definition.granted_by) and actor.caller.audience in definition.audiences


@pytest.mark.parametrize("role", ["", "case_viewer", "customer", "consumer"])
async def test_4_each_verb_is_refused_before_anything_is_written(
    two: Neighbours, role: str
) -> None:
    if role == "customer":
        actor = await two.home.contact(name="Another company's")
    elif role == "consumer":
        actor = await two.home.consumer(name="Another person")
    else:
        actor = await two.home.member(*([role] if role else []))
    client = await bearing(two.world, actor)
    await two.world.work(two.home)
    before = await state_of(two.world, two.home.id)
    wrong, refused = [], 0
    for operation in operations(two.document):
        personal = operation.path.startswith(("/api/v1/me", "/api/v1/attachments"))
        if operation.method == "get" or personal or operation.path.endswith("/bulk"):
            continue
        allowed = may(two, actor, operation)
        if allowed and "{id}" not in operation.path:
            continue  # a record of his own
        sent = {} if operation.body is None else {"json": operation.body}
        place = operation.at(two.id_of(operation.collection))
        answer = await client.request(operation.method.upper(), place, **sent)
        # What a grant allows is kept from these records by its path: not found, or not here.
        fair = {400, 403, 404, 409, 415, 422} if allowed else {403, 415}
        refused += answer.status_code == 403
        if answer.status_code not in fair:
            wrong.append((operation.label, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert refused >= 60
    assert changed(before, await state_of(two.world, two.home.id)) == []


async def test_4_nobody_at_all_is_refused_on_every_route(two: Neighbours) -> None:
    nobody = two.world.http()
    before = await state_of(two.world, two.home.id)
    for operation in operations(two.document):
        sent = {} if operation.body is None else {"json": operation.body}
        place = operation.at(two.ids.get(operation.collection, str(uuid7())))
        answer = await nobody.request(operation.method.upper(), place, **sent)
        assert answer.status_code in {401, 415}, operation.label
    assert changed(before, await state_of(two.world, two.home.id)) == []


async def test_4_a_bulk_of_refused_operations_writes_none(two: Neighbours) -> None:
    client = await bearing(two.world, await two.home.member("case_viewer"))
    before = await state_of(two.world, two.home.id)
    for collection, key in two.ids.items():
        if collection == "attachments":
            continue  # whoever is somebody may upload
        body: dict[str, Any] = {
            "operations": [
                {"op": "create", "body": {}},
                {"op": "update", "id": key, "body": {}},
                {"op": "delete", "id": key},
            ]
        }
        answer = await client.post(f"/api/v1/{collection}/bulk", json=body)
        if answer.status_code == 200:
            told = {result["status"] for result in answer.json()["results"]}
            assert told <= {403, 404}, (collection, told)
    assert changed(before, await state_of(two.world, two.home.id)) == []
