"""Clocks on cases: what starts, holds, ends and breaks them, without and with a worker."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.kernel.errors import Invalid
from tests.service.desk import Desk, a_desk
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def definition(desk: Desk, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = await desk.admin.do("sla_definitions.create", **values)
    return made


async def clocks(desk: Desk, case: dict[str, Any], target: str) -> list[dict[str, Any]]:
    rows = await desk.admin.list("task_slas", record_id=str(case["id"]), target=target)
    return sorted(rows, key=lambda row: int(row["sequence"]))


async def earlier(desk: Desk, case: dict[str, Any], by: timedelta) -> None:
    """As if everything had happened that much earlier."""
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute(
            """UPDATE task_slas SET started_at = started_at - $3::interval,
                 warn_at = warn_at - $3::interval, due_at = due_at - $3::interval
               WHERE tenant_id = $1 AND record_id = $2""",
            desk.tenant.id, UUID(str(case["id"])), by,
        )  # fmt: skip
        await connection.execute(
            """UPDATE jobs SET run_at = run_at - $2::interval
               WHERE tenant_id = $1 AND name = 'slas.fire'""",
            desk.tenant.id, by,
        )  # fmt: skip


async def test_each_message_of_the_customer_starts_a_clock_for_the_next_answer(desk: Desk) -> None:
    await definition(desk, name="Next", next_response_minutes=30)
    case = await desk.case()
    assert [c["state"] for c in await clocks(desk, case, "next_response")] == ["pending"]
    await desk.contact.do("cases.comment", case["id"], body="Anybody there?")
    assert [c["state"] for c in await clocks(desk, case, "next_response")] == ["pending"]
    await desk.agent.do("cases.comment", case["id"], body="Yes")
    await desk.contact.do("cases.comment", case["id"], body="It is dark again")
    await desk.contact.do("cases.comment", case["id"], body="Still")
    (running,) = await clocks(desk, case, "next_response")
    assert running["state"] == "running"
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await desk.contact.do("cases.comment", case["id"], body="Thanks, and?")
    first, second = await clocks(desk, case, "next_response")
    assert (first["state"], second["state"], second["sequence"]) == ("met", "running", 2)
    assert (await clocks(desk, case, "response"))[0]["state"] == "met"


async def test_one_job_waits_for_all_clocks_of_a_tenant(desk: Desk) -> None:
    for _ in range(3):
        await desk.case()
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        jobs = await connection.fetch(
            """SELECT run_at, (SELECT min(next_at) FROM task_slas WHERE tenant_id = $1) AS next
                 FROM jobs WHERE tenant_id = $1 AND name = 'slas.fire' AND state = 'queued'""",
            desk.tenant.id,
        )
    assert [job["run_at"] for job in jobs] == [jobs[0]["next"]]


async def test_a_promise_that_runs_out_sooner_brings_the_timer_forward(desk: Desk) -> None:
    await desk.case()
    await definition(
        desk, name="Quick", milestones=[{"target": "triage", "name": "Triage", "minutes": 1}]
    )
    case = await desk.case()
    (triage,) = await clocks(desk, case, "triage")
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        run_at = await connection.fetchval(
            "SELECT run_at FROM jobs WHERE tenant_id = $1 AND name = 'slas.fire' "
            "AND state = 'queued'",
            desk.tenant.id,
        )
    assert run_at == triage["warn_at"]


async def test_a_milestone_starts_pauses_and_stops_by_its_rules(desk: Desk) -> None:
    await definition(
        desk, name="Diagnosis", milestones=[{
            "target": "diagnosis", "minutes": 60, "start_when": "task.state == 'in_progress'",
            "pause_when": "task.state == 'waiting_internal'",
            "stop_when": "task.category != null",
        }],
    )  # fmt: skip
    case = await desk.case()

    async def state() -> str:
        return str((await clocks(desk, case, "diagnosis"))[0]["state"])

    assert await state() == "pending"
    await desk.agent.do("cases.start", case["id"])
    assert await state() == "running"
    await desk.agent.do("cases.wait", case["id"], on="internal")
    assert await state() == "paused"
    await desk.agent.do("cases.start", case["id"])
    assert await state() == "running"
    await desk.agent.do("cases.update", case["id"], category="hardware")
    assert await state() == "met"


async def test_a_rule_that_fails_is_a_fact_on_the_clock_and_no_error(desk: Desk) -> None:
    await definition(
        desk, name="Broken", milestones=[
            {"target": "odd", "minutes": 60, "stop_when": "size(task.priority) > 1"}
        ],
    )  # fmt: skip
    case = await desk.case()
    (clock,) = await clocks(desk, case, "odd")
    assert (clock["state"], list(clock["rule_faults"])) == ("running", ["stop_when"])
    await desk.agent.do("cases.cancel", case["id"])
    assert (await clocks(desk, case, "odd"))[0]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("milestone", "pointer"),
    [
        ({"stop_when": "task.nothing == 1"}, "/milestones/0/stop_when"),
        ({"pause_when": "waits &&"}, "/milestones/0/pause_when"),
        ({"minutes": 0}, "/milestones/0/minutes"),
        ({"target": "resolution"}, "/milestones/0/target"),
    ],
)
async def test_a_milestone_that_is_none_is_refused_where_it_is_wrong(
    desk: Desk, milestone: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await definition(
            desk, name="x", resolution_minutes=10,
            milestones=[{"target": "odd", "minutes": 60} | milestone],
        )  # fmt: skip
    assert pointer in {fault.pointer for fault in refused.value.faults}
    assert await desk.admin.list("sla_definitions") == []


async def test_a_kind_of_task_that_there_is_not_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await definition(desk, name="x", kind="tasks", resolution_minutes=10)
    assert [fault.pointer for fault in refused.value.faults] == ["/kind"]


async def test_a_milestone_that_is_broken_escalates_by_a_rule_about_it(desk: Desk) -> None:
    await definition(desk, name="x", milestones=[{"target": "triage", "minutes": 10}])
    await desk.admin.do(
        "escalation_rules.create", name="Nobody looked", moment="breached", target="triage"
    )
    case = await desk.case()
    await earlier(desk, case, timedelta(minutes=11))
    await desk.tenant.world.work(desk.tenant)
    assert (await clocks(desk, case, "triage"))[0]["state"] == "breached"
    assert (await desk.stored(case))["escalated_at"] is not None


async def test_a_changed_promise_is_tried_and_then_applied_to_what_runs(desk: Desk) -> None:
    made = await definition(desk, name="x", milestones=[{"target": "triage", "minutes": 60}])
    case = await desk.case()
    (before,) = await clocks(desk, case, "triage")
    await desk.admin.do(
        "sla_definitions.update", made["id"], milestones=[{"target": "triage", "minutes": 90}]
    )
    tried = await desk.admin.do("sla_definitions.apply_to_running", made["id"])
    assert (tried.dry_run, tried.clocks, len(tried.changes)) == (True, 1, 1)
    assert (await clocks(desk, case, "triage"))[0]["due_at"] == before["due_at"]
    await desk.admin.do("sla_definitions.apply_to_running", made["id"], dry_run=False)
    (after,) = await clocks(desk, case, "triage")
    assert after["due_at"] - before["due_at"] == timedelta(minutes=30)
    assert tried.changes[0].due_after == after["due_at"]


async def test_a_promise_that_no_longer_holds_is_withdrawn_and_comes_back_with_its_urgency(
    desk: Desk,
) -> None:
    urgent = [{"target": "triage", "minutes": 30}]
    await definition(desk, name="Urgent", priority=1, next_response_minutes=10, milestones=urgent)
    case = await desk.admin.do(
        "cases.create", subject="Dark", account_id=str(desk.account["id"]), priority=1
    )
    (began,) = await clocks(desk, case, "triage")
    await desk.agent.do("cases.update", case["id"], priority=3)
    (withdrawn,) = await clocks(desk, case, "triage")
    assert (withdrawn["state"], withdrawn["withdrawn_at"] is None) == ("cancelled", False)
    assert (await clocks(desk, case, "next_response"))[0]["state"] == "cancelled"
    await desk.agent.do("cases.update", case["id"], priority=1)
    (again,) = await clocks(desk, case, "triage")
    assert (again["state"], again["due_at"]) == ("running", began["due_at"])


async def test_a_case_is_due_no_more_when_its_resolution_is_promised_no_longer(
    desk: Desk,
) -> None:
    account = await desk.tenant.account("Plain")
    await definition(desk, name="Urgent", priority=1, resolution_minutes=60)
    case = await desk.admin.do(
        "cases.create", subject="Dark", account_id=str(account["id"]), priority=1
    )
    assert (await desk.stored(case))["due_at"] is not None
    await desk.admin.do("cases.update", case["id"], priority=3)
    assert (await desk.stored(case))["due_at"] is None


async def test_the_next_answer_is_promised_by_the_urgency_that_the_case_has_by_then(
    desk: Desk,
) -> None:
    for priority, minutes in ((1, 10), (3, 60)):
        await definition(
            desk, name=f"P{priority}", priority=priority, next_response_minutes=minutes
        )
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await desk.contact.do("cases.comment", case["id"], body="And?")
    await desk.agent.do("cases.comment", case["id"], body="Still looking")
    await desk.agent.do("cases.update", case["id"], priority=1)
    await desk.contact.do("cases.comment", case["id"], body="And now?")
    first, second = await clocks(desk, case, "next_response")
    assert (first["state"], first["target_minutes"]) == ("met", 60)
    assert (second["state"], second["target_minutes"]) == ("running", 10)


async def test_a_changed_promise_holds_for_the_next_answer_that_begins(desk: Desk) -> None:
    made = await definition(desk, name="Next", next_response_minutes=30)
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await desk.contact.do("cases.comment", case["id"], body="And?")
    await desk.agent.do("cases.comment", case["id"], body="Still looking")
    await desk.admin.do("sla_definitions.update", made["id"], next_response_minutes=90)
    await desk.contact.do("cases.comment", case["id"], body="And now?")
    minutes = [clock["target_minutes"] for clock in await clocks(desk, case, "next_response")]
    assert minutes == [30, 90]


async def test_words_that_say_nothing_are_no_answer(desk: Desk) -> None:
    case = await desk.case()
    for verb, given in (
        ("comment", {"body": " \n "}),
        ("resolve", {"resolution": "\t"}),
        ("escalate", {"reason": " "}),
    ):
        with pytest.raises(Invalid):
            await desk.agent.do(f"cases.{verb}", case["id"], **given)
    assert (await clocks(desk, case, "response"))[0]["state"] == "running"


async def test_a_milestone_about_escalation_starts_with_it(desk: Desk) -> None:
    rule = {"target": "called", "minutes": 30, "start_when": "escalated"}
    for kind in ("cases", "case_tasks"):
        await definition(desk, name=f"Call {kind}", kind=kind, milestones=[rule])
    case = await desk.case()
    task = await desk.agent.do("case_tasks.create", case_id=str(case["id"]), subject="Measure")
    await desk.agent.do("cases.escalate", case["id"], reason="Nobody called")
    for record in (case, task):
        assert (await clocks(desk, record, "called"))[0]["state"] == "running"


async def test_clocks_without_a_calendar_of_their_promise_keep_their_hours(desk: Desk) -> None:
    made = await definition(desk, name="x", milestones=[{"target": "triage", "minutes": 60}])
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("sla_definitions.apply_to_running", made["id"], with_calendar=True)
    assert refused.value.faults[0].pointer == "/with_calendar"


async def test_a_breakdown_prints_intervals_that_sum_to_the_target(desk: Desk) -> None:
    case = await desk.case()
    clock = (await desk.clocks(case))["resolution"]
    told = await desk.agent.do("task_slas.breakdown", clock["id"])
    assert (told.target_seconds, told.counted_seconds, told.left_seconds) == (28_800, 28_800, 0)
    assert told.intervals[-1].ends_at == told.due_at == clock["due_at"]


async def test_a_changed_calendar_is_tried_and_then_applied_to_what_runs(desk: Desk) -> None:
    case = await desk.case()
    before = (await desk.clocks(case))["resolution"]
    today = before["started_at"].date().isoformat()
    tomorrow = (before["started_at"] + timedelta(days=1)).date().isoformat()
    closed = [{"date": day, "windows": []} for day in (today, tomorrow)]
    calendar = before["calendar_id"]
    await desk.admin.do("calendars.update", calendar, exceptions=closed)
    told = await desk.agent.do("task_slas.breakdown", before["id"])
    assert (told.due_at, told.intervals[-1].ends_at) == (before["due_at"], told.derived_due_at)
    tried = await desk.admin.do("calendars.apply_to_running", calendar)
    assert (await desk.clocks(case))["resolution"]["due_at"] == before["due_at"]
    await desk.admin.do("calendars.apply_to_running", calendar, dry_run=False)
    after = (await desk.clocks(case))["resolution"]
    assert after["due_at"] == told.derived_due_at > before["due_at"]
    assert after["due_at"] in {change.due_after for change in tried.changes}
    assert (await desk.stored(case))["due_at"] == after["due_at"]


async def test_the_customers_calendar_goes_before_the_tenants(desk: Desk) -> None:
    tenant = desk.tenant
    hours = [{"weekday": "monday", "opens": "09:00", "closes": "17:00"}]
    default = await desk.admin.do(
        "calendars.create", name="House", zone="UTC", hours=hours, is_default=True
    )
    theirs = await desk.admin.do("calendars.create", name="Theirs", zone="UTC", hours=hours)
    await definition(desk, name="x", resolution_minutes=60)
    account = await tenant.account("Plain")
    contact = await tenant.contact(account)

    async def calendar() -> Any:
        case = await contact.do("cases.create", subject="Dark")
        return (await desk.clocks(case))["resolution"]["calendar_id"]

    assert await calendar() == default["id"]
    await desk.admin.do(
        "calendar_assignments.create", calendar_id=str(theirs["id"]), account_id=str(account["id"])
    )
    assert await calendar() == theirs["id"]


async def test_a_customer_waits_since_the_first_words_without_an_answer(desk: Desk) -> None:
    case = await desk.case()
    opened = (await desk.stored(case))["awaits_answer_since"]
    assert isinstance(opened, datetime)
    await desk.contact.do("cases.comment", case["id"], body="Hello?")
    assert (await desk.stored(case))["awaits_answer_since"] == opened
    await desk.agent.do("cases.comment", case["id"], body="Hello")
    assert (await desk.stored(case))["awaits_answer_since"] is None
