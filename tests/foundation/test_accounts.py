"""Companies in hierarchies: paths that follow a move, and no company below itself."""

from typing import Any

import pytest

from backend.foundation.accounts.errors import HierarchyCycle
from infra.kernel.errors import Duplicate, Forbidden, Invalid, NotFound, StillReferenced
from tests.world import Tenant, World


async def a_tree(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """P with C1 and C2, and X below C1."""
    made: dict[str, dict[str, Any]] = {}
    for code, parent in (("P", None), ("C1", "P"), ("C2", "P"), ("X", "C1"), ("Q", None)):
        values = {"parent_id": str(made[parent]["id"])} if parent else {}
        made[code] = await tenant.account(f"Company {code}", code=code, **values)
    return made


async def paths(tenant: Tenant) -> dict[str, str]:
    return {row["code"]: row["path"] for row in await tenant.admin.list("accounts")}


async def test_a_path_is_made_of_the_codes_of_the_chain(world: World) -> None:
    tenant = await world.tenant()
    await a_tree(tenant)
    assert await paths(tenant) == {
        "P": "P/", "C1": "P/C1/", "C2": "P/C2/", "X": "P/C1/X/", "Q": "Q/",
    }  # fmt: skip


async def test_a_move_takes_the_whole_subtree_along(world: World) -> None:
    tenant = await world.tenant()
    tree = await a_tree(tenant)
    await tenant.admin.do("accounts.update", tree["C1"]["id"], parent_id=str(tree["Q"]["id"]))
    assert await paths(tenant) == {
        "P": "P/", "C1": "Q/C1/", "C2": "P/C2/", "X": "Q/C1/X/", "Q": "Q/",
    }  # fmt: skip
    await tenant.admin.do("accounts.update", tree["C1"]["id"], parent_id=None)
    assert (await paths(tenant))["X"] == "C1/X/"


async def test_a_new_code_is_in_every_path_below(world: World) -> None:
    tenant = await world.tenant()
    tree = await a_tree(tenant)
    told = await tenant.admin.do("accounts.update", tree["P"]["id"], code="peak")
    assert (told["code"], told["path"]) == ("PEAK", "PEAK/")
    assert (await paths(tenant))["X"] == "PEAK/C1/X/"


@pytest.mark.parametrize("below", ["P", "C1", "X"])
async def test_no_company_lies_below_itself(world: World, below: str) -> None:
    tenant = await world.tenant()
    tree = await a_tree(tenant)
    before = await paths(tenant)
    with pytest.raises(HierarchyCycle):
        await tenant.admin.do("accounts.update", tree["P"]["id"], parent_id=str(tree[below]["id"]))
    assert await paths(tenant) == before


async def test_a_code_is_one_companys_whatever_its_case(world: World) -> None:
    tenant = await world.tenant()
    await tenant.account(code="ACME")
    with pytest.raises(Duplicate):
        await tenant.account(code="acme")
    await (await world.tenant()).account(code="ACME")


async def test_every_fault_of_a_company_is_named_at_once(world: World) -> None:
    tenant = await world.tenant()
    with pytest.raises(Invalid) as refused:
        await tenant.account(code="a/b", is_customer=False)
    assert [fault.pointer for fault in refused.value.faults] == ["/code", "/is_customer"]


async def test_a_company_that_others_depend_on_stays(world: World) -> None:
    tenant = await world.tenant()
    tree = await a_tree(tenant)
    with pytest.raises(StillReferenced):
        await tenant.admin.do("accounts.delete", tree["P"]["id"])
    await tenant.admin.do("accounts.delete", tree["Q"]["id"])


async def test_a_customer_administrator_follows_the_hierarchy_as_it_moves(world: World) -> None:
    tenant = await world.tenant()
    tree = await a_tree(tenant)
    boss = await tenant.contact(tree["P"], "customer_admin")
    assert {row["code"] for row in await boss.list("accounts")} == {"P", "C1", "C2", "X"}
    await tenant.admin.do("accounts.update", tree["C1"]["id"], parent_id=str(tree["Q"]["id"]))
    boss = await world.actor(tenant, boss.profile_id)
    assert {row["code"] for row in await boss.list("accounts")} == {"P", "C2"}
    with pytest.raises(NotFound):
        await boss.do("accounts.update", tree["X"]["id"], phone="1")
    with pytest.raises(Forbidden):
        await (await tenant.contact(tree["P"])).do("accounts.update", tree["P"]["id"], phone="1")


async def test_a_company_has_a_name(world: World) -> None:
    tenant = await world.tenant()
    for name in ("", "   "):
        with pytest.raises(Invalid) as refused:
            await tenant.account(name)
        assert [fault.pointer for fault in refused.value.faults] == ["/name"]
