"""#13: fields that nobody may set, in the body of every create and update of the contract."""

from typing import Any

import pytest_asyncio

from infra.kernel.ids import uuid7
from tests.security.neighbours import Neighbours, changed, neighbours, operations, state_of
from tests.world import World

FIELDS: dict[str, Any] = {
    "tenant_id": str(uuid7()),
    "id": str(uuid7()),
    "is_admin": True,
    "owner_id": str(uuid7()),
    "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z",
    "version": 99,
    "price": "0.01",
    "total": "0.01",
    "discount": 100,
    "credit": 1_000_000,
    "paid": True,
    "__class__": {"__init__": {}},
    "constructor": {"prototype": {"is_admin": True}},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two(services: Any, app: Any) -> Any:
    world = World(services, app)
    yield await neighbours(world)
    await world.close()


async def test_13_each_field_that_nobody_may_set_is_named_and_nothing_is_written(
    two: Neighbours,
) -> None:
    admin = two.http(two.home)
    before = await state_of(two.world, two.home.id)
    asked = 0
    for operation in operations(two.document):
        if operation.method not in {"post", "patch"} or operation.body is None:
            continue
        if operation.path.endswith("/bulk"):
            continue
        place = operation.at(two.id_of(operation.collection))
        answer = await admin.request(operation.method.upper(), place, json=operation.body | FIELDS)
        assert answer.status_code in {400, 403, 404, 409, 415, 422}, (operation.label, answer.text)
        if answer.status_code != 422:
            continue
        asked += 1
        named = {fault["pointer"] for fault in answer.json()["errors"]}
        missed = {f"/{name}" for name in FIELDS} - named
        assert missed <= set(), (operation.label, missed)
    assert asked >= 80
    assert changed(before, await state_of(two.world, two.home.id)) == []


async def test_13_a_state_is_no_field_of_an_update(two: Neighbours) -> None:
    admin = two.http(two.home)
    for collection, body in (
        ("cases", {"state": "resolved"}),
        ("cases", {"number": "CS1"}),
        ("cases", {"opened_by_id": str(uuid7())}),
        ("cases", {"entitlement_status": "entitled"}),
        ("users", {"state": "active", "password_hash": "x"}),
        ("profiles", {"roles": ["admin"]}),
        ("api_keys", {"roles": ["admin"], "scopes": ["*"]}),
        ("attachments", {"storage_key": "../../etc/passwd"}),
    ):
        answer = await admin.patch(f"/api/v1/{collection}/{two.id_of(collection)}", json=body)
        assert answer.status_code in {405, 422}, (collection, body, answer.text)
