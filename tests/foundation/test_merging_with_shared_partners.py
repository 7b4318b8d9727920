"""Two companies that become one may stand to the same third: what doubles is dropped, and comes
back when the merge is undone."""

from typing import Any

import pytest

from backend.platform.merging.errors import MergeBlocked
from tests.foundation.kin import Kin, kin
from tests.platform.test_merging import bytes_of, undo
from tests.world import World


@pytest.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def partnership(of: Kin, partner: dict[str, Any], customer: dict[str, Any]) -> Any:
    return await of.relate("Partner of", partner, customer)


async def merge(of: Kin, winner: Any, *losers: Any, **more: Any) -> Any:
    sources = [str(loser["id"]) for loser in losers]
    return await of.admin.do("accounts.merge", winner["id"], **{"from": sources}, **more)


async def shared(of: Kin) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Two customers with the same partner."""
    partner = await of.desk.tenant.account("Fiber Works", is_partner=True)
    one, other = await of.desk.tenant.account("One"), await of.desk.tenant.account("Other")
    await partnership(of, partner, one)
    await partnership(of, partner, other)
    return partner, one, other


async def test_a_dry_run_names_the_relationships_that_would_be_doubled(of: Kin) -> None:
    partner, one, other = await shared(of)
    before = await bytes_of(of.world, of.desk.tenant)
    plan = await merge(of, one, other, dry_run=True)
    assert partner["id"] not in plan.merged_ids
    sides = await of.admin.list("account_relationships")
    doubled = {
        row["id"] for row in sides if other["id"] in (row["account_id"], row["related_account_id"])
    }
    kept = {row["id"] for row in sides} - doubled
    assert {(one.collection, one.id) for one in plan.dropped} == {
        ("account_relationships", row) for row in doubled
    }
    assert {one.kept_id for one in plan.dropped} == kept
    assert plan.conflicts == []
    assert await bytes_of(of.world, of.desk.tenant) == before


async def test_companies_with_the_same_partner_become_one_and_two_again(of: Kin) -> None:
    partner, one, other = await shared(of)
    contact = await of.desk.tenant.contact(other)
    case = await contact.do("cases.create", subject="No light")
    (theirs,) = await of.admin.list("account_relationships", account_id=str(other["id"]))
    await of.admin.do("cases.update", case["id"], account_relationship_id=str(theirs["id"]))
    await of.world.work(of.desk.tenant)
    (mine,) = await of.admin.list("account_relationships", account_id=str(one["id"]))
    before = await bytes_of(of.world, of.desk.tenant)
    plan = await merge(of, one, other)
    assert sorted(row["id"] for row in await of.admin.list("account_relationships")) == sorted(
        [mine["id"], mine["reverse_id"]]
    )
    case = await of.admin.read("cases", case["id"])
    assert (case["account_id"], case["account_relationship_id"]) == (one["id"], mine["id"])
    holders = await of.admin.list("held_responsibilities", anchor_id=str(one["id"]))
    assert len([row for row in holders if row["holder_id"] == partner["id"]]) == 1
    await undo(of.world, of.desk.tenant, plan)
    assert await bytes_of(of.world, of.desk.tenant) == before


async def test_companies_that_stand_to_each_other_do_so_no_more_as_one(of: Kin) -> None:
    partner = await of.desk.tenant.account("Fiber Works", is_partner=True)
    customer = await of.desk.tenant.account("Harbour")
    made = await partnership(of, partner, customer)
    contact = await of.desk.tenant.contact(customer)
    case = await contact.do("cases.create", subject="No light")
    await of.admin.do("cases.update", case["id"], account_relationship_id=str(made["reverse_id"]))
    before = await bytes_of(of.world, of.desk.tenant)
    told = await merge(of, partner, customer, dry_run=True)
    assert {(one.id, one.kept_id) for one in told.dropped} == {
        (made["id"], None), (made["reverse_id"], None),
    }  # fmt: skip
    plan = await merge(of, partner, customer)
    assert await of.admin.list("account_relationships") == []
    assert (await of.admin.read("cases", case["id"]))["account_relationship_id"] is None
    await undo(of.world, of.desk.tenant, plan)
    assert await bytes_of(of.world, of.desk.tenant) == before


async def test_three_companies_of_which_two_share_a_partner_become_one(of: Kin) -> None:
    _, one, other = await shared(of)
    third = await of.desk.tenant.account("Third")
    before = await bytes_of(of.world, of.desk.tenant)
    told = await merge(of, third, one, other, dry_run=True)
    assert len(told.dropped) == 2
    plan = await merge(of, third, one, other)
    assert len(await of.admin.list("account_relationships")) == 2
    await undo(of.world, of.desk.tenant, plan)
    assert await bytes_of(of.world, of.desk.tenant) == before


async def test_people_who_stand_for_both_companies_stand_for_the_one(of: Kin) -> None:
    home, one, other = await shared(of)
    maya = await of.desk.tenant.contact(home)
    for account in (one, other):
        await of.stands_for(maya, account)
    before = await bytes_of(of.world, of.desk.tenant)
    told = await merge(of, one, other, dry_run=True)
    assert sorted(one.collection for one in told.dropped) == [
        "account_relationships", "account_relationships", "contact_relationships",
    ]  # fmt: skip
    plan = await merge(of, one, other)
    assert len(await of.admin.list("contact_relationships")) == 1
    maya = await of.world.actor(of.desk.tenant, maya.profile_id)
    seen = {row["id"] for row in await maya.list("accounts")}
    assert one["id"] in seen
    assert other["id"] not in seen
    await undo(of.world, of.desk.tenant, plan)
    assert await bytes_of(of.world, of.desk.tenant) == before


async def test_relationships_seen_from_opposite_sides_are_not_the_same(of: Kin) -> None:
    type_ = await of.admin.do(
        "account_relationship_types.create", name="Supplies", reverse_name="Is supplied by",
        from_role="partner", to_role="partner",
    )  # fmt: skip
    one, other, third = [
        await of.desk.tenant.account(name, is_partner=True) for name in ("One", "Other", "Third")
    ]
    for here, there in ((one, third), (third, other)):
        await of.admin.do(
            "account_relationships.create", type_id=str(type_["id"]),
            account_id=str(here["id"]), related_account_id=str(there["id"]),
        )  # fmt: skip
    before = await bytes_of(of.world, of.desk.tenant)
    with pytest.raises(MergeBlocked) as refused:
        await merge(of, one, other)
    assert {row["collection"] for row in refused.value.extra["conflicts"]} == {
        "account_relationships"
    }
    assert await bytes_of(of.world, of.desk.tenant) == before
