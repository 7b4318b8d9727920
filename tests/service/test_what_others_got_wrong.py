"""Clocks that other systems got wrong, each by the thread in which people told it.

| thread | what went wrong | shown here by |
|---|---|---|
| frappe/helpdesk#2212, chatwoot#14009 | one window a day, no lunch break | a_lunch_break |
| chatwoot PR 13392 | Friday 16:30 and an hour ended on Friday | friday_evening |
| chatwoot#6467, zammad#390 | holidays counted as working days | a_public_holiday |
| zammad#5177 | a promise of updates moved the first answer's | first_answer_stays |
| zammad#3140 | escalated though the agent had answered | nobody_is_told |
| zammad#2082 | updates were due without a question | no_question |
| zammad#4432 | warned at midnight, not in its hours | within_its_hours |
| frappe/helpdesk, `apply()` | a breach was told when somebody saved | without_anybody_saving |
| chatwoot#6889 | nothing followed from a long wait | followed_up |
| glpi#15605 | another promise forgot the pauses | keeps_its_pauses |
| frappe/helpdesk#1554, #1675, #1542 | pauses were not honoured | waits_for_the_customer |
| osTicket#1168, #3034 | no pause by state, no working time | waits_for_the_customer |
| any | no working day, and no end of looking | without_a_working_day |
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.platform.workflow import NOTE, Workflow
from tests.service.desk import Desk
from tests.service.test_clocks_of_a_case import clocks, definition, earlier
from tests.service.test_escalations import running

HOUR = timedelta(hours=1)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")


async def deadlines(
    desk: Desk, start: str, minutes: int, *windows: tuple[str, str], **values: Any
) -> list[str]:
    """The next deadlines of a calendar with these windows on working days, asked over HTTP."""
    hours = [{"weekday": d, "opens": o, "closes": c} for d in WEEK for o, c in windows]
    given = {"name": f"C{start}{minutes}", "zone": "UTC", "hours": hours} | values
    async with desk.admin.http() as client:
        made = await client.post("/api/v1/calendars", json=given)
        assert made.status_code == 201, made.text
        told = await client.get(
            f"/api/v1/calendars/{made.json()['id']}/preview",
            params={"start": start, "minutes": str(minutes)},
        )
    assert told.status_code == 200, told.text
    return [each["due_at"] for each in told.json()["deadlines"]]


async def clock(desk: Desk, case: dict[str, Any], target: str) -> dict[str, Any]:
    return (await clocks(desk, case, target))[-1]


async def events(desk: Desk, type_: str) -> list[Any]:
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        rows: list[Any] = await connection.fetch(
            "SELECT payload FROM events WHERE tenant_id = $1 AND type = $2 ORDER BY id",
            desk.tenant.id, type_,
        )  # fmt: skip
    return rows


async def test_a_lunch_break_is_no_working_time(desk: Desk) -> None:
    due = await deadlines(desk, "2026-11-23T11:30:00Z", 60, ("09:00", "12:00"), ("13:00", "17:00"))
    assert due[:4] == [
        "2026-11-23T13:30:00Z", "2026-11-23T14:30:00Z", "2026-11-23T15:30:00Z",
        "2026-11-23T16:30:00Z",
    ]  # fmt: skip


async def test_a_friday_evening_goes_on_on_monday(desk: Desk) -> None:
    (due, *_) = await deadlines(desk, "2026-11-20T16:30:00Z", 60, ("09:00", "17:00"))
    assert due == "2026-11-23T09:30:00Z"


async def test_a_public_holiday_is_none_of_the_working_days(desk: Desk) -> None:
    (due, *_) = await deadlines(
        desk, "2026-12-24T16:00:00Z", 120, ("09:00", "17:00"), country="GB", region="ENG"
    )
    # Christmas is a Friday; Boxing Day is a Saturday and observed on the Monday.
    assert due == "2026-12-29T10:00:00Z"


async def test_the_first_answer_stays_due_when_the_customer_writes_again(desk: Desk) -> None:
    await definition(desk, name="Both", response_minutes=30, next_response_minutes=10)
    case = await desk.case()
    before = await clock(desk, case, "response")
    for words in ("Hello?", "Anybody?"):
        await desk.contact.do("cases.comment", case["id"], body=words)
    after = await clock(desk, case, "response")
    assert (after["state"], after["due_at"]) == ("running", before["due_at"])
    assert (await clock(desk, case, "next_response"))["state"] == "pending"


async def test_nobody_is_told_of_a_breach_after_the_answer(desk: Desk) -> None:
    await desk.admin.do("escalation_rules.create", name="Late", moment="breached")
    await definition(desk, name="Next", next_response_minutes=10)
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await earlier(desk, case, 2 * HOUR)
    await desk.tenant.world.work(desk.tenant)
    assert (await clock(desk, case, "response"))["state"] == "met"
    assert await events(desk, "task_slas.breached") == []
    assert await running(desk, case) == []


async def test_with_no_question_there_is_no_next_answer_to_be_late(desk: Desk) -> None:
    await definition(desk, name="Next", next_response_minutes=10)
    case = await desk.case()
    for words in ("We look", "Still looking"):
        await desk.agent.do("cases.comment", case["id"], body=words)
    await earlier(desk, case, 3 * HOUR)
    await desk.tenant.world.work(desk.tenant)
    assert [c["state"] for c in await clocks(desk, case, "next_response")] == ["pending"]
    assert await events(desk, "task_slas.breached") == []


async def test_a_warning_comes_within_its_hours_and_not_at_midnight(desk: Desk) -> None:
    now = datetime.now(UTC)
    opens = (now + 2 * HOUR).replace(minute=0, second=0, microsecond=0)
    closes = opens + 2 * HOUR
    if closes.date() != now.date():
        opens = (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        closes = opens + 2 * HOUR
    hours = [
        {"weekday": f"{day:%A}".lower(), "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
        for day in (now + timedelta(days=number) for number in range(7))
    ]
    calendar = await desk.admin.do("calendars.create", name="Two", zone="UTC", hours=hours)
    await definition(
        desk, name="x", calendar_id=str(calendar["id"]), warning_percent=50,
        milestones=[{"target": "triage", "minutes": 60}],
    )  # fmt: skip
    case = await desk.admin.do(
        "cases.create", subject="Dark", account_id=str((await desk.tenant.account())["id"])
    )
    told = await clock(desk, case, "triage")
    assert (told["warn_at"], told["due_at"]) == (opens + HOUR / 2, opens + HOUR)


async def test_a_breach_is_told_without_anybody_saving(desk: Desk) -> None:
    case = await desk.case()
    version = (await desk.stored(case))["version"]
    await earlier(desk, case, timedelta(minutes=61))
    await desk.tenant.world.work(desk.tenant)
    told = await clock(desk, case, "response")
    assert (told["state"], told["breached_at"]) == ("breached", told["due_at"])
    assert len(await events(desk, "task_slas.breached")) == 1
    assert (await desk.stored(case))["version"] == version


async def test_a_long_wait_is_followed_up_by_an_automation(desk: Desk) -> None:
    flow = Workflow(desk.tenant.world, desk.tenant)
    note = NOTE | {"record": "{{ record.record_id }}"}
    await flow.automation("late", note, event_types=["task_slas.breached"])
    await definition(desk, name="Next", next_response_minutes=10)
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="We look")
    await desk.contact.do("cases.comment", case["id"], body="And?")
    await earlier(desk, case, timedelta(minutes=11))
    await flow.work()
    assert (await clock(desk, case, "next_response"))["state"] == "breached"
    assert "Seen by itself" in await flow.notes(case)


async def test_another_promise_in_the_middle_keeps_its_pauses(desk: Desk) -> None:
    account = await desk.tenant.account("Plain")
    for priority, minutes in ((1, 120), (3, 480)):
        await definition(desk, name=f"P{priority}", priority=priority, resolution_minutes=minutes)
    case = await desk.admin.do(
        "cases.create", subject="Dark", account_id=str(account["id"]), priority=3
    )
    await desk.agent.do("cases.wait", case["id"])
    await desk.agent.do("cases.start", case["id"])
    for priority, minutes in ((1, 120), (3, 480)):
        await desk.agent.do("cases.update", case["id"], priority=priority)
        told = await clock(desk, case, "resolution")
        (pause,) = told["pauses"]
        held = datetime.fromisoformat(pause["to"]) - datetime.fromisoformat(pause["from"])
        assert held > timedelta(0)
        assert told["due_at"] - told["started_at"] == timedelta(minutes=minutes) + held
        assert (await desk.stored(case))["due_at"] == told["due_at"]


async def test_a_case_that_waits_for_the_customer_waits_without_a_breach(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="Is the lamp red?")
    await desk.agent.do("cases.wait", case["id"])
    await earlier(desk, case, timedelta(days=3))
    await desk.tenant.world.work(desk.tenant)
    assert (await clock(desk, case, "resolution"))["state"] == "paused"
    assert await events(desk, "task_slas.breached") == []


@pytest.mark.parametrize(
    "values",
    [
        {"hours": []},
        {
            "hours": [{"weekday": "friday", "opens": "09:00", "closes": "10:00"}],
            "holidays": [str(datetime(2026, 1, 2, tzinfo=UTC).date() + timedelta(weeks=n))
                         for n in range(200)],
        },
    ],
)  # fmt: skip
async def test_a_calendar_without_a_working_day_is_refused(
    desk: Desk, values: dict[str, Any]
) -> None:
    before = len(await desk.admin.list("calendars"))
    async with desk.admin.http() as client:
        answer = await client.post("/api/v1/calendars", json={"name": "x", "zone": "UTC"} | values)
    assert answer.status_code == 422
    assert ("/hours", "no_working_day") in {
        (each["pointer"], each["code"]) for each in answer.json()["errors"]
    }
    assert len(await desk.admin.list("calendars")) == before
