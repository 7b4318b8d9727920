"""What runs for customers: trees of parts, a graph of needs, and who is hit."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.foundation.configuration.errors import ConfigurationCycle, DependencyCycle
from infra.kernel.errors import Conflict, Duplicate, Forbidden, NotFound
from tests.world import Tenant, World


async def a_ci(tenant: Tenant, name: str, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = await tenant.admin.do("configuration_items.create", name=name, **values)
    return made


async def need(tenant: Tenant, item: dict[str, Any], needed: dict[str, Any]) -> None:
    await tenant.admin.do(
        "configuration_dependencies.create", item_id=str(item["id"]), needed_id=str(needed["id"])
    )


async def test_an_item_is_no_part_of_itself_and_does_not_need_itself(world: World) -> None:
    tenant = await world.tenant()
    rack = await a_ci(tenant, "Rack", ci_class="facility", attributes={"height": 42})
    server = await a_ci(tenant, "Server", ci_class="server", parent_id=str(rack["id"]))
    assert (rack["number"][:5], rack["attributes"]) == ("CI000", {"height": 42})
    with pytest.raises(ConfigurationCycle):
        await tenant.admin.do("configuration_items.update", rack["id"], parent_id=str(server["id"]))
    shop, base = await a_ci(tenant, "Shop"), await a_ci(tenant, "Database")
    await need(tenant, shop, server)
    await need(tenant, server, base)
    for needed in (shop, server):
        with pytest.raises(DependencyCycle):
            await need(tenant, base, needed)
    assert len(await tenant.admin.list("configuration_dependencies")) == 2


async def test_a_failure_tells_which_customers_it_hits(world: World) -> None:
    tenant = await world.tenant()
    account = await tenant.account()
    shop, server = await a_ci(tenant, "Shop"), await a_ci(tenant, "Server")
    network = await a_ci(tenant, "Network", ci_class="network")
    await need(tenant, shop, server)
    await need(tenant, server, network)
    model = await tenant.admin.do("product_models.create", name="Shop", code="S", kind="software")
    sold = await tenant.admin.do(
        "sold_products.create", name="Shop", product_model_id=str(model["id"]),
        account_id=str(account["id"]),
    )  # fmt: skip
    item = await tenant.admin.do(
        "install_base_items.create", name="Shop of Harbour", sold_product_id=str(sold["id"]),
        configuration_item_id=str(shop["id"]),
    )  # fmt: skip
    told = await tenant.admin.do("configuration_items.impact", network["id"])
    assert [(each.name, each.steps) for each in told.items] == [("Server", 1), ("Shop", 2)]
    assert [(each.id, each.account_id) for each in told.installed] == [(item["id"], account["id"])]
    maya, stranger = await tenant.contact(account), await tenant.contact()
    assert [row["name"] for row in await maya.list("configuration_items")] == ["Shop"]
    assert "attributes" not in await maya.read("configuration_items", shop["id"])
    with pytest.raises(NotFound):
        await stranger.read("configuration_items", shop["id"])
    with pytest.raises(Forbidden):
        await maya.do("configuration_items.impact", shop["id"])


async def test_two_moves_at_once_close_no_circle(world: World) -> None:
    tenant = await world.tenant()
    for _ in range(5):
        one, other = await a_ci(tenant, "One"), await a_ci(tenant, "Other")
        moves = [
            tenant.admin.do("configuration_items.update", a["id"], parent_id=str(b["id"]))
            for a, b in ((one, other), (other, one))
        ]
        done = await asyncio.gather(*moves, return_exceptions=True)
        assert sum(isinstance(each, Conflict) for each in done) == 1
        assert sum(isinstance(each, dict) for each in done) == 1


Edges = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=14)


def drawn() -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    """Moves and links as Hypothesis thinks of them; they are played on one loop afterwards."""
    found = []

    @settings(
        max_examples=8, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(moves=Edges, links=Edges)
    def draw(moves: list[tuple[int, int]], links: list[tuple[int, int]]) -> None:
        found.append((moves, links))

    draw()
    return found


@pytest.mark.parametrize(("moves", "links"), drawn())
async def test_whatever_is_moved_and_linked_there_is_no_circle(
    world: World, moves: list[tuple[int, int]], links: list[tuple[int, int]]
) -> None:
    """What was refused would have closed a circle, and nothing else was refused."""
    tenant = await world.tenant()
    items = [await a_ci(tenant, f"Item {number}") for number in range(6)]
    parent: dict[int, int] = {}
    for child, whole in moves:
        move = tenant.admin.do(
            "configuration_items.update", items[child]["id"], parent_id=str(items[whole]["id"])
        )
        if child in line_up(parent, whole):
            with pytest.raises(ConfigurationCycle):
                await move
        else:
            await move
            parent[child] = whole
    for number, row in enumerate(items):
        stored = await tenant.admin.read("configuration_items", row["id"])
        above = parent.get(number)
        assert stored["parent_id"] == (None if above is None else items[above]["id"])
    needed: set[tuple[int, int]] = set()
    for item, other in links:
        if item in reached(needed, other):
            with pytest.raises(DependencyCycle):
                await need(tenant, items[item], items[other])
        elif (item, other) in needed:
            with pytest.raises(Duplicate):
                await need(tenant, items[item], items[other])
        else:
            await need(tenant, items[item], items[other])
            needed.add((item, other))
    assert len(await tenant.admin.list("configuration_dependencies")) == len(needed)


def line_up(parent: dict[int, int], start: int) -> list[int]:
    """The item and all that it lies in."""
    line = [start]
    while line[-1] in parent:
        line.append(parent[line[-1]])
    return line


def reached(needed: set[tuple[int, int]], start: int) -> set[int]:
    """All that the item needs, and itself."""
    found, waiting = {start}, [start]
    while waiting:
        item = waiting.pop()
        fresh = {other for one, other in needed if one == item} - found
        found |= fresh
        waiting += fresh
    return found
