"""The matrix by amounts and other attributes: a field is compared as what it is."""

from typing import Any

import pytest

from tests.platform.consent import Desk, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def field(desk: Desk, key: str, kind: str, **values: Any) -> None:
    await desk.admin.do(
        "custom_fields.create", resource="cases", key=key, type=kind, label={"en": key.title()},
        **values,
    )  # fmt: skip


async def levels(desk: Desk, case: dict[str, Any]) -> list[tuple[int, str]]:
    told = await desk.admin.do(
        "approvals.preview", kind="cases", record_id=str(case["id"]), action="resolve"
    )
    return [(step.level, step.rule) for step in told.steps]


@pytest.mark.parametrize(
    ("kind", "least", "more"),
    [("decimal", "500.01", "5000.01"), ("integer", 501, 5001)],
)
async def test_an_amount_decides_how_many_levels_are_asked(
    desk: Desk, kind: str, least: Any, more: Any
) -> None:
    lead, chief = await desk.member("Lea Lead"), await desk.member("Cora Chief")
    await field(desk, "goodwill", kind)
    await desk.rule("some", {"approvers": [people(lead)]}, condition="record.custom.goodwill > 500")
    await desk.rule(
        "much", {"level": 2, "approvers": [people(chief)]},
        condition="record.custom.goodwill > 5000", position=200,
    )  # fmt: skip
    agent = await desk.member("Agnes Agent")
    zero = 500 if kind == "integer" else "500.00"
    assert await levels(desk, await desk.case(agent, custom={"goodwill": zero})) == []
    assert await levels(desk, await desk.case(agent, custom={"goodwill": least})) == [(1, "some")]
    assert await levels(desk, await desk.case(agent, custom={"goodwill": more})) == [
        (1, "some"), (2, "much"),
    ]  # fmt: skip


async def test_several_attributes_together_choose_who_is_asked(desk: Desk) -> None:
    lead, legal = await desk.member("Lea Lead"), await desk.member("Lou Legal")
    await field(desk, "tier", "text")
    await field(desk, "signed", "boolean")
    await desk.rule(
        "gold", {"approvers": [people(lead)]},
        condition="record.custom.tier == 'gold' && record.priority <= 2",
    )  # fmt: skip
    await desk.rule(
        "unsigned", {"approvers": [people(legal)]}, position=200,
        condition="has(record.custom.signed) && !record.custom.signed",
    )  # fmt: skip
    agent = await desk.member("Agnes Agent")
    gold = {"tier": "gold", "signed": True}
    first = await desk.case(agent, custom=gold, impact=1, urgency=1)
    assert await levels(desk, first) == [(1, "gold")]
    second = await desk.case(agent, custom=gold | {"signed": False}, impact=3, urgency=3)
    assert await levels(desk, second) == [(1, "unsigned")]


async def test_what_the_verb_is_asked_with_decides_as_well(desk: Desk) -> None:
    lead, agent = await desk.member("Lea Lead"), await desk.member("Agnes Agent")
    await field(desk, "goodwill", "decimal")
    await desk.rule(
        "more", {"approvers": [people(lead)]}, action="update",
        condition="has(body.custom) && double(body.custom.goodwill) > 500.0",
    )  # fmt: skip
    case = await desk.case(agent)
    agent = await desk.fresh(agent)
    told = await agent.do("cases.update", case["id"], custom={"goodwill": "100"})
    assert told["custom"] == {"goodwill": "100"}
    told = await agent.do("cases.update", case["id"], custom={"goodwill": "600"})
    assert told["state"] == "pending"
    assert (await desk.admin.read("cases", case["id"]))["custom"] == {"goodwill": "100"}
