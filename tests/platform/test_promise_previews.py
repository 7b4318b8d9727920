"""A promise of time tried before it is kept, and applied to what runs already."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.platform.workflow import plain
from tests.world import Tenant, World

DISPATCH: dict[str, Any] = {
    "target": "dispatch", "name": "Somebody is on the way", "minutes": 60,
    "start_when": "task.priority == 1", "stop_when": "answered && task.category == 'On site'",
    "cancel_when": "task.channel == 'chat'",
}  # fmt: skip


@pytest.fixture
async def tenant(world: World) -> Tenant:
    return await world.tenant()


async def previewed(tenant: Tenant, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = plain(await tenant.admin.do("sla_definitions.preview", **body))
    return told


async def test_a_milestone_of_ones_own_is_tried_on_a_case_rule_by_rule(tenant: Tenant) -> None:
    case = await tenant.admin.do("cases.create", subject="No light", priority=1, category="On site")
    told = await previewed(tenant, milestones=[DISPATCH], record_id=str(case["id"]))
    (clock,) = told["clocks"]
    assert (clock["target"], clock["name"], clock["stand"]) == (
        "dispatch", "Somebody is on the way", "running",
    )  # fmt: skip
    assert {rule["rule"]: (rule["text"], rule["holds"]) for rule in clock["rules"]} == {
        "start_when": ("task.priority == 1", True),
        "pause_when": ("waits", False),
        "stop_when": ("answered && task.category == 'On site'", False),
        "reset_when": ("false", False),
        "cancel_when": ("task.channel == 'chat'", False),
    }
    for facts, stand in (
        ({"waits": True}, "held"),
        ({"answered": True}, "ended"),
        ({"answered": True, "waits": True}, "ended"),
    ):
        told = await previewed(
            tenant, milestones=[DISPATCH], record_id=str(case["id"]), facts=facts
        )
        assert told["clocks"][0]["stand"] == stand
    minor = await tenant.admin.do("cases.create", subject="A paper cut", priority=4)
    told = await previewed(tenant, milestones=[DISPATCH], record_id=str(minor["id"]))
    assert told["clocks"][0]["stand"] == "not_started"


async def test_a_rule_that_cannot_be_told_says_why(tenant: Tenant) -> None:
    odd = {"target": "dispatch", "minutes": 60, "stop_when": "task.priority"}
    told = await previewed(tenant, milestones=[odd])
    rules = {rule["rule"]: rule for rule in told["clocks"][0]["rules"]}
    assert rules["stop_when"]["holds"] is None
    assert rules["stop_when"]["fault"] == "must yield true or false"
    assert told["clocks"][0]["stand"] == "running"


async def test_clocks_of_a_sample_count_by_the_tenants_calendar(tenant: Tenant) -> None:
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    await tenant.admin.do(
        "calendars.create", name="Every day", zone="Europe/London", is_default=True,
        hours=[{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in week],
    )  # fmt: skip
    told = await previewed(tenant, response_minutes=30, resolution_minutes=240)
    assert (told["calendar"], told["zone"]) == ("Every day", "Europe/London")
    assert [(c["target"], c["minutes"]) for c in told["clocks"]] == [
        ("response", 30), ("resolution", 240),
    ]  # fmt: skip
    assert all(each["warn_at"] < each["due_at"] for each in told["clocks"])


async def test_a_promise_that_cannot_work_is_refused_and_nothing_is_kept(tenant: Tenant) -> None:
    broken = DISPATCH | {"start_when": "task.colour == 1"}
    with pytest.raises(Invalid) as refused:
        await previewed(tenant, milestones=[broken], warning_percent=100, kind="nothing")
    assert {f.pointer for f in refused.value.faults} >= {"/warning_percent", "/kind"}
    with pytest.raises(Invalid) as refused:
        await previewed(tenant, milestones=[broken])
    assert [f.pointer for f in refused.value.faults] == ["/milestones/0/start_when"]
    agent = await tenant.member("agent_b2b")
    with pytest.raises(Forbidden):
        await agent.do("sla_definitions.preview", response_minutes=30)
    assert await tenant.admin.list("sla_definitions") == []


async def test_applying_says_how_many_clocks_are_concerned_of_which_a_page_is_shown(
    tenant: Tenant,
) -> None:
    promise = await tenant.admin.do("sla_definitions.create", name="All", resolution_minutes=240)
    for number in range(3):
        await tenant.admin.do("cases.create", subject=f"Case {number}")
    await tenant.admin.do("sla_definitions.update", promise["id"], resolution_minutes=480)
    told = plain(await tenant.admin.do("sla_definitions.apply_to_running", promise["id"], limit=2))
    assert (told["concerned"], told["clocks"], len(told["changes"])) == (3, 2, 2)
