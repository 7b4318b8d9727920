"""Clocks on the tasks of a case: by customer, level of support and team, held while one waits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.service.desk import OFFICE_HOURS, Desk, a_desk
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def promise(desk: Desk, **values: Any) -> None:
    given = {"kind": "case_tasks", "resolution_minutes": 60}
    await desk.admin.do("sla_definitions.create", **(given | values))


async def task_of(desk: Desk, **values: Any) -> dict[str, Any]:
    case = await desk.case()
    given = {"case_id": str(case["id"]), "subject": "Measure the line"}
    made: dict[str, Any] = await desk.agent.do("case_tasks.create", **(given | values))
    return made


async def clock(desk: Desk, task: dict[str, Any]) -> dict[str, Any]:
    (found,) = await desk.admin.list("task_slas", record_id=str(task["id"]))
    return found


async def due(desk: Desk, task: dict[str, Any]) -> Any:
    return (await desk.admin.read("case_tasks", task["id"]))["due_at"]


async def test_a_task_is_promised_what_its_customer_and_their_tier_are(desk: Desk) -> None:
    other = await desk.tenant.account("Other")
    await promise(desk, name="a", resolution_minutes=100)
    await promise(desk, name="b", tier="gold", resolution_minutes=70)
    await promise(desk, name="c", account_id=str(other["id"]), resolution_minutes=10)
    assert (await clock(desk, await task_of(desk)))["target_minutes"] == 70
    await promise(desk, name="d", account_id=str(desk.account["id"]), resolution_minutes=40)
    assert (await clock(desk, await task_of(desk)))["target_minutes"] == 40


async def test_a_task_goes_by_the_calendar_of_its_team(desk: Desk) -> None:
    group = await desk.admin.do("groups.create", name="Field technicians")
    calendar = await desk.admin.do(
        "calendars.create", name="Theirs", zone="UTC", hours=OFFICE_HOURS
    )
    await desk.admin.do(
        "calendar_assignments.create", calendar_id=str(calendar["id"]), group_id=str(group["id"])
    )
    await promise(desk, name="a")
    assert (await clock(desk, await task_of(desk)))["calendar_id"] is None
    task = await task_of(desk, assignment_group_id=str(group["id"]))
    assert (await clock(desk, task))["calendar_id"] == calendar["id"]


async def test_a_task_that_becomes_urgent_is_promised_sooner(desk: Desk) -> None:
    await promise(desk, name="a", resolution_minutes=100)
    await promise(desk, name="b", priority=1, resolution_minutes=20)
    task = await task_of(desk)
    await desk.agent.do("case_tasks.update", task["id"], priority=1)
    sooner = await clock(desk, task)
    assert (sooner["target_minutes"], await due(desk, task)) == (20, sooner["due_at"])


async def test_a_day_that_somebody_named_stays(desk: Desk) -> None:
    await promise(desk, name="a", resolution_minutes=100)
    await promise(desk, name="b", priority=1, resolution_minutes=20)
    named = datetime(2099, 1, 1, tzinfo=UTC)
    task = await task_of(desk, due_at=named.isoformat())
    await desk.agent.do("case_tasks.update", task["id"], priority=1)
    assert await due(desk, task) == named


async def test_a_task_that_waits_holds_its_clock_until_it_is_started_again(desk: Desk) -> None:
    await promise(desk, name="a", response_minutes=30, resolution_minutes=None, milestones=[
        {"target": "measured", "minutes": 60},
    ])  # fmt: skip
    task = await task_of(desk)

    async def states() -> dict[str, str]:
        rows = await desk.admin.list("task_slas", record_id=str(task["id"]))
        return {row["target"]: row["state"] for row in rows}

    await desk.agent.do("case_tasks.start", task["id"])
    await desk.agent.do("case_tasks.wait", task["id"])
    assert await states() == {"response": "met", "measured": "paused"}
    await desk.agent.do("case_tasks.start", task["id"])
    assert await states() == {"response": "met", "measured": "running"}
    await desk.agent.do("case_tasks.complete", task["id"])
    assert await states() == {"response": "met", "measured": "met"}


async def test_a_case_that_is_withdrawn_takes_its_open_tasks_along(desk: Desk) -> None:
    await promise(desk, name="a")
    task = await task_of(desk)
    done = await desk.agent.do("case_tasks.create", case_id=str(task["case_id"]), subject="Call")
    await desk.agent.do("case_tasks.complete", done["id"])
    await desk.contact.do("cases.cancel", task["case_id"])
    states = [(await desk.admin.read("case_tasks", one["id"]))["state"] for one in (task, done)]
    assert states == ["cancelled", "done"]
    assert (await clock(desk, task))["state"] == "cancelled"
