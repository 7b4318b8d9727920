"""Whatever can be created by hand goes out as a file and comes back as it was."""

from typing import Any

import pytest
import pytest_asyncio

from backend.domains import DOMAINS
from backend.platform.transfers.columns import importable
from backend.platform.transfers.models import Mode
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from tests.platform.carrying import bring_in, content_of, faults_of, take_out
from tests.security.neighbours import Neighbours, neighbours
from tests.world import World

REGISTRY = Registry(DOMAINS)
RESOURCES = sorted(REGISTRY.resources.values(), key=lambda r: r.name)
UPDATES = {
    r.name for r in RESOURCES if any(a.name == "update" for a in REGISTRY.actions_of[r.name])
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lived_in(services: Any, app: Any) -> Any:
    world = World(services, app)
    made = await neighbours(world)
    await made.home.account("Mill", code="MILL")
    yield made
    await world.close()


def settable(resource: Resource, mode: Mode, lived_in: Neighbours) -> list[str]:
    """Fields that can be read and set: those that a file can carry there and back."""
    form = importable(REGISTRY, resource.name, lived_in.home.admin.caller, mode)
    view = resource.view("staff")
    return [name for name in view.read if name in form.fields] if form and view else []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ndjson"])
@pytest.mark.parametrize(
    "resource", [r for r in RESOURCES if r.name in UPDATES], ids=lambda r: r.name
)
async def test_a_record_that_went_out_and_came_back_is_unchanged(
    lived_in: Neighbours, resource: Resource, kind: str
) -> None:
    tenant, admin = lived_in.home, lived_in.home.admin
    fields = settable(resource, Mode.UPDATE, lived_in)
    if not fields:
        pytest.skip("nothing of it can be set by an update")
    before = await admin.list(resource.name, limit="50")
    out = await take_out(tenant, admin, resource.name, kind, fields=["id", *fields])
    assert (out["state"], out["row_count"] >= len(before)) == ("done", True), out
    content = await content_of(lived_in.world, tenant, out["attachment_id"])
    back = await bring_in(
        tenant, admin, resource.name, content, kind, mode="update", match_on="id", dry_run=True
    )
    assert back["state"] == "done", back
    refused = await faults_of(admin, back)
    assert [f for row in refused for f in row["faults"] if f["code"] in FORM] == []
    assert back["updated_count"] == 0, fields
    assert back["unchanged_count"] + len(refused) == out["row_count"]


FORM = {"invalid_value", "unknown_field", "missing", "not_a_choice", "read_only", "null",
        "server-fault", "uuid_parsing", "list_type", "dict_type", "string_type"}  # fmt: skip
"""Codes that say a cell was not read as it was written; a rule of the trade may refuse a change."""


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r.name)
async def test_a_record_that_went_out_is_read_as_a_new_one(
    lived_in: Neighbours, resource: Resource
) -> None:
    tenant, admin = lived_in.home, lived_in.home.admin
    fields = settable(resource, Mode.CREATE, lived_in)
    if not fields:
        pytest.skip("it is made one by one, or not by hand")
    out = await take_out(tenant, admin, resource.name, fields=fields)
    content = await content_of(lived_in.world, tenant, out["attachment_id"])
    back = await bring_in(tenant, admin, resource.name, content, dry_run=True)
    assert back["state"] == "done", back
    assert back["position"] == out["row_count"]
    told = [f for row in await faults_of(admin, back) for f in row["faults"]]
    assert [f for f in told if f["code"] in FORM - {"missing"}] == []
