"""Escalations: raised by people, tasks and clocks; acknowledged, ended."""

from datetime import timedelta
from typing import Any

import pytest

from backend.service.cases.errors import EscalationOver
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk


async def running(desk: Desk, case: dict[str, Any]) -> list[dict[str, Any]]:
    rows = await desk.admin.list("case_escalations", case_id=str(case["id"]), sort="created_at")
    return [row for row in rows if row["state"] != "ended"]


async def a_clock_runs_out(desk: Desk, case: dict[str, Any], target: str = "response") -> None:
    """As if the time of a promise were over: its timer is due."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            """UPDATE task_slas SET started_at = started_at - $4::interval,
                      warn_at = warn_at - $4::interval, due_at = due_at - $4::interval
                WHERE tenant_id = $1 AND record_id = $2 AND target = $3""",
            desk.tenant.id,
            case["id"],
            target,
            timedelta(minutes=61),
        )
        await ctx.execute(
            "UPDATE jobs SET run_at = now() WHERE tenant_id = $1 AND name LIKE 'sla%'",
            desk.tenant.id,
        )
    await desk.tenant.world.work(desk.tenant)


async def test_a_case_is_escalated_to_a_group_acknowledged_and_ended(desk: Desk) -> None:
    group = await desk.admin.do("groups.create", name="Second tier")
    case = await desk.case()
    told = await desk.agent.do(
        "cases.escalate",
        case["id"],
        reason="The customer waits since Monday",
        level=2,
        assignment_group_id=str(group["id"]),
        due_in_minutes=60,
    )
    assert told["escalated_at"] is not None
    (row,) = await running(desk, case)
    assert (row["level"], row["state"], row["cause"]) == (2, "open", "person")
    assert (row["raised_by_id"], row["assignment_group_id"]) == (
        desk.agent.profile_id,
        group["id"],
    )
    seen = await desk.agent.do("case_escalations.acknowledge", row["id"])
    assert (seen["state"], seen["acknowledged_by_id"]) == ("acknowledged", desk.agent.profile_id)
    assert await desk.agent.do("case_escalations.acknowledge", row["id"]) == seen
    ended = await desk.agent.do("case_escalations.end", row["id"])
    assert (ended["state"], ended["ended_by_id"]) == ("ended", desk.agent.profile_id)
    assert (await desk.stored(case))["escalated_at"] is None
    with pytest.raises(EscalationOver):
        await desk.agent.do("case_escalations.end", row["id"])


async def test_a_level_is_raised_once_and_the_case_is_calm_when_all_have_ended(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.escalate", case["id"], reason="Loud")
    await desk.agent.do("cases.escalate", case["id"], reason="Louder")
    await desk.agent.do("cases.escalate", case["id"], reason="Loudest", level=3)
    first, third = await running(desk, case)
    assert [(r["level"], r["reason"]) for r in (first, third)] == [(1, "Loud"), (3, "Loudest")]
    await desk.agent.do("case_escalations.end", first["id"])
    assert (await desk.stored(case))["escalated_at"] is not None
    told = await desk.agent.do("cases.deescalate", case["id"])
    assert told["escalated_at"] is None
    assert await running(desk, case) == []


async def test_customers_and_strangers_to_the_case_see_no_escalation(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.escalate", case["id"], reason="Loud")
    (row,) = await running(desk, case)
    with pytest.raises(Forbidden):
        await desk.contact.list("case_escalations")
    private = await desk.tenant.member("agent_b2c", name="Consumer desk")
    assert await private.list("case_escalations") == []
    with pytest.raises(NotFound):
        await private.do("case_escalations.acknowledge", row["id"])
    assert (await running(desk, case))[0]["state"] == "open"


async def test_a_broken_promise_escalates_by_the_rules_and_hands_over(desk: Desk) -> None:
    group = await desk.admin.do("groups.create", name="Second tier")
    given = {"moment": "breached", "target": "response"}
    await desk.admin.do(
        "escalation_rules.create",
        name="Answer at once",
        level=2,
        hands_over=True,
        assignment_group_id=str(group["id"]),
        due_minutes=30,
        **given,
    )
    await desk.admin.do("escalation_rules.create", name="Urgent only", priority_most=2, **given)
    case = await desk.case()
    await a_clock_runs_out(desk, case)
    (row,) = await running(desk, case)
    assert (row["level"], row["cause"], row["reason"]) == (2, "rule", "Answer at once")
    after = await desk.stored(case)
    assert after["escalated_at"] is not None
    assert (after["assignment_group_id"], after["assigned_to_id"]) == (group["id"], None)


async def test_what_is_solved_is_escalated_no_more(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.escalate", case["id"], reason="Loud")
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    await desk.tenant.world.work(desk.tenant)
    assert await running(desk, case) == []
    assert (await desk.stored(case))["escalated_at"] is None


async def test_a_rule_that_hands_over_names_to_whom(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.admin.do(
            "escalation_rules.create", name="To nobody", moment="warned", hands_over=True
        )
    assert [f.pointer for f in refused.value.faults] == ["/assignment_group_id"]
    assert await desk.admin.list("escalation_rules") == []
