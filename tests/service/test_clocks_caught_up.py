"""When nobody was there to tell: each warning and breach is told once, in the order of its moments;
promises and calendars in use stay as long as clocks go by them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.platform.slas.timers import fire
from infra.kernel.errors import Conflict, Invalid, StillReferenced
from tests.service.desk import Desk
from tests.service.test_clocks_of_a_case import clocks, definition, earlier

MINUTE = timedelta(minutes=1)


async def told(desk: Desk) -> list[tuple[str, str]]:
    """What happened to clocks, as the event log has it."""
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        rows = await connection.fetch(
            """SELECT type, payload->>'target' AS target FROM events
                WHERE tenant_id = $1 AND type IN ('task_slas.warned', 'task_slas.breached')
                ORDER BY at, id""",
            desk.tenant.id,
        )
    return [(row["type"].rpartition(".")[2], row["target"]) for row in rows]


async def milestones(desk: Desk, **minutes: int) -> dict[str, Any]:
    found = [{"target": name, "minutes": number} for name, number in minutes.items()]
    return await definition(desk, name="Milestones", milestones=found, warning_percent=50)


async def test_what_nobody_told_in_time_is_told_once_in_its_order(desk: Desk) -> None:
    await milestones(desk, slow=100, quick=28, steady=62, calm=500)
    case = await desk.case()
    await earlier(desk, case, 59 * MINUTE)
    services = desk.tenant.world.services

    async def timer() -> None:
        async with services.system(desk.tenant.id, reason="test") as ctx:
            await fire(ctx)

    await asyncio.gather(*(timer() for _ in range(4)))
    await desk.tenant.world.work(desk.tenant)
    first = [
        ("warned", "quick"), ("breached", "quick"), ("warned", "response"), ("warned", "steady"),
        ("warned", "slow"),
    ]  # fmt: skip
    assert await told(desk) == first
    await earlier(desk, case, 42 * MINUTE)
    await desk.tenant.world.work(desk.tenant)
    assert (await told(desk))[5:] == [
        ("breached", "response"), ("breached", "steady"), ("breached", "slow"),
    ]  # fmt: skip
    states = {name: (await clocks(desk, case, name))[0]["state"] for name in ("quick", "calm")}
    assert states == {"quick": "breached", "calm": "running"}


async def test_a_late_warning_is_told_before_its_breach_in_one_go(desk: Desk) -> None:
    await milestones(desk, slow=100, quick=28, steady=62)
    case = await desk.case()
    await earlier(desk, case, 70 * MINUTE)
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await fire(ctx)
    assert await told(desk) == [
        ("warned", "quick"), ("breached", "quick"), ("warned", "response"), ("warned", "steady"),
        ("warned", "slow"), ("breached", "response"), ("breached", "steady"),
    ]  # fmt: skip


async def test_a_promise_that_is_made_no_more_ends_with_what_it_has_begun(desk: Desk) -> None:
    made = await definition(
        desk, name="x", next_response_minutes=30, milestones=[{"target": "triage", "minutes": 60}]
    )
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await desk.contact.do("cases.comment", case["id"], body="And?")
    await desk.admin.do("sla_definitions.update", made["id"], active=False)
    await desk.agent.do("cases.comment", case["id"], body="Still looking")
    await desk.contact.do("cases.comment", case["id"], body="And now?")
    found = [(c["state"], c["sequence"]) for c in await clocks(desk, case, "next_response")]
    assert found == [("met", 1)]
    assert (await clocks(desk, case, "triage"))[0]["state"] == "running"
    assert await clocks(desk, await desk.case(), "triage") == []


async def test_what_clocks_go_by_is_not_deleted(desk: Desk) -> None:
    hours = [{"weekday": "monday", "opens": "09:00", "closes": "17:00"}]
    calendar = await desk.admin.do("calendars.create", name="C", zone="UTC", hours=hours)
    made = await definition(
        desk, name="x", calendar_id=str(calendar["id"]),
        milestones=[{"target": "triage", "minutes": 60}],
    )  # fmt: skip
    account = str((await desk.tenant.account())["id"])
    case = await desk.admin.do("cases.create", subject="Dark", account_id=account)
    (before,) = await clocks(desk, case, "triage")
    with pytest.raises(StillReferenced):
        await desk.admin.do("sla_definitions.delete", made["id"])
    await desk.admin.do("sla_definitions.update", made["id"], calendar_id=None)
    with pytest.raises(StillReferenced):
        await desk.admin.do("calendars.delete", calendar["id"])
    (after,) = await clocks(desk, case, "triage")
    assert (after["state"], after["due_at"]) == ("running", before["due_at"])


@pytest.mark.parametrize("minutes", [0, -5, 525_601, 5_256_000, 10**12, 1.5, "x"])
async def test_a_promise_of_no_time_or_of_ten_years_is_refused(desk: Desk, minutes: Any) -> None:
    for given in (
        {"resolution_minutes": minutes},
        {"milestones": [{"target": "triage", "minutes": minutes}]},
    ):
        with pytest.raises(Invalid):
            await definition(desk, name="x", **given)
    assert await desk.admin.list("sla_definitions") == []


async def test_a_year_of_minutes_in_an_hour_a_week_is_due_at_the_end_of_reach(desk: Desk) -> None:
    calendar = await desk.admin.do(
        "calendars.create", name="Seldom", zone="UTC",
        hours=[{"weekday": "sunday", "opens": "09:00", "closes": "10:00"}],
    )  # fmt: skip
    await definition(
        desk, name="x", calendar_id=str(calendar["id"]),
        milestones=[{"target": "someday", "minutes": 525_600}],
    )  # fmt: skip
    account = str((await desk.tenant.account())["id"])
    case = await desk.admin.do("cases.create", subject="Dark", account_id=account)
    (clock,) = await clocks(desk, case, "someday")
    assert clock["due_at"] - clock["started_at"] == timedelta(days=3_700)
    told_ = await desk.agent.do("task_slas.breakdown", clock["id"])
    assert told_.counted_seconds + told_.left_seconds == told_.target_seconds == 525_600 * 60


async def test_every_clock_prints_what_it_is_made_of_in_whatever_state(desk: Desk) -> None:
    await definition(
        desk, name="x", next_response_minutes=30,
        milestones=[{"target": "triage", "minutes": 10}, {"target": "cause", "minutes": 500}],
    )  # fmt: skip
    case = await desk.case()
    await earlier(desk, case, 15 * MINUTE)
    for verb, body in (
        ("wait", {}), ("start", {}), ("update", {"priority": 1}), ("comment", {"body": "We look"}),
        ("wait", {}), ("resolve", {"resolution": "Done"}), ("reopen", {}), ("cancel", {}),
    ):  # fmt: skip
        await desk.agent.do(f"cases.{verb}", case["id"], **body)
        rows = await desk.admin.list("task_slas", record_id=str(case["id"]))
        for row in rows:
            printed = await desk.agent.do("task_slas.breakdown", row["id"])
            assert printed.counted_seconds + printed.left_seconds == printed.target_seconds
            if row["state"] in {"running", "met"}:
                assert printed.left_seconds == 0, row
                assert printed.intervals[-1].ends_at == row["due_at"]
    assert {row["state"] for row in rows} == {"cancelled", "met"}


async def test_urgency_up_and_down_breaks_a_promise_and_takes_the_breach_back(desk: Desk) -> None:
    account = str((await desk.tenant.account())["id"])
    for priority, minutes in ((1, 30), (3, 240)):
        await definition(desk, name=f"P{priority}", priority=priority, resolution_minutes=minutes)
    case = await desk.admin.do("cases.create", subject="x", account_id=account, priority=3)
    await earlier(desk, case, 45 * MINUTE)
    due = (await clocks(desk, case, "resolution"))[0]["due_at"]
    await desk.agent.do("cases.update", case["id"], priority=1)
    (late,) = await clocks(desk, case, "resolution")
    assert (late["state"], late["breached_at"]) == ("breached", late["started_at"] + 30 * MINUTE)
    await desk.agent.do("cases.update", case["id"], priority=3)
    (again,) = await clocks(desk, case, "resolution")
    assert (again["state"], again["breached_at"], again["due_at"]) == ("running", None, due)
    assert (await desk.stored(case))["due_at"] == due
    await desk.tenant.world.work(desk.tenant)
    assert await told(desk) == [("breached", "resolution")]


async def test_hours_of_a_group_count_from_the_start_once_it_has_the_case(desk: Desk) -> None:
    started: datetime = desk.tenant.world.services.database.now()
    tomorrow = started + timedelta(days=1)
    calendar = await desk.admin.do(
        "calendars.create", name="Nights", zone="UTC",
        hours=[{"weekday": f"{tomorrow:%A}".lower(), "opens": "00:00", "closes": "24:00"}],
    )  # fmt: skip
    group = await desk.admin.do("groups.create", name="Second line")
    await desk.admin.do(
        "calendar_assignments.create", calendar_id=str(calendar["id"]), group_id=str(group["id"])
    )
    account = str((await desk.tenant.account())["id"])
    await definition(desk, name="x", resolution_minutes=60)
    case = await desk.admin.do("cases.create", subject="Dark", account_id=account)
    (before,) = await clocks(desk, case, "resolution")
    await desk.agent.do("cases.assign", case["id"], assignment_group_id=str(group["id"]))
    (after,) = await clocks(desk, case, "resolution")
    midnight = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    assert (after["calendar_id"], after["due_at"]) == (calendar["id"], midnight + 60 * MINUTE)
    assert (await desk.stored(case))["due_at"] == after["due_at"]
    await desk.agent.do("cases.assign", case["id"])
    (back,) = await clocks(desk, case, "resolution")
    assert (back["calendar_id"], back["due_at"]) == (None, before["due_at"])


async def test_two_who_say_something_at_once_start_one_clock(desk: Desk) -> None:
    await definition(desk, name="Next", next_response_minutes=30)
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")

    async def speak(number: int) -> None:
        who = desk.contact if number % 2 else desk.agent
        try:
            await who.do("cases.comment", case["id"], body=f"Words {number}")
        except Conflict:
            return

    await asyncio.gather(*(speak(number) for number in range(8)))
    found = await clocks(desk, case, "next_response")
    assert [each["sequence"] for each in found] == list(range(1, len(found) + 1))
    assert {each["state"] for each in found[:-1]} <= {"met"}
    awaited = (await desk.stored(case))["awaits_answer_since"] is not None
    assert found[-1]["state"] in ({"running"} if awaited else {"met", "pending"})
    assert UUID(str(found[-1]["record_id"])) == UUID(str(case["id"]))


async def opened_earlier(desk: Desk, case: dict[str, Any], by: timedelta) -> None:
    """As if the case, and nothing else about it, were so much older."""
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute(
            """UPDATE cases SET opened_at = opened_at - $3::interval
                WHERE tenant_id = $1 AND id = $2""",
            desk.tenant.id, UUID(str(case["id"])), by,
        )  # fmt: skip


async def test_what_is_promised_late_counts_from_the_opening_without_what_was_waited(
    desk: Desk,
) -> None:
    account = str((await desk.tenant.account())["id"])
    late = {"target": "triage", "minutes": 60, "stop_when": "task.category != null"}
    await definition(desk, name="Usual", resolution_minutes=480)
    await definition(
        desk, name="Urgent", priority=1, resolution_minutes=120,
        milestones=[late | {"retroactive": True}, late | {"target": "plain"}],
    )  # fmt: skip
    for age, state in ((30, "running"), (90, "breached")):
        case = await desk.admin.do("cases.create", subject="Dark", account_id=account)
        await desk.agent.do("cases.wait", case["id"])
        await desk.agent.do("cases.start", case["id"])
        await opened_earlier(desk, case, age * MINUTE)
        case = await desk.agent.do("cases.update", case["id"], priority=1)
        ((clock,), (plain,)) = [await clocks(desk, case, name) for name in ("triage", "plain")]
        (pause,) = clock["pauses"]
        held = datetime.fromisoformat(pause["to"]) - datetime.fromisoformat(pause["from"])
        due = case["opened_at"] + 60 * MINUTE
        assert (clock["state"], clock["started_at"]) == (state, case["opened_at"])
        assert clock["due_at"] == due + (held if state == "running" else timedelta(0))
        assert (plain["state"], plain["pauses"]) == ("running", [])
        assert plain["started_at"] > case["opened_at"] + age * MINUTE
    assert await told(desk) == [("breached", "triage")]


async def test_what_begins_again_and_again_does_not_count_from_the_opening(desk: Desk) -> None:
    for given in ({"target": "next_response"}, {"target": "update", "recurring": True}):
        with pytest.raises(Invalid) as refused:
            await definition(
                desk, name="x", milestones=[given | {"minutes": 10, "retroactive": True}]
            )
        assert [each.pointer for each in refused.value.faults] == ["/milestones/0/retroactive"]
