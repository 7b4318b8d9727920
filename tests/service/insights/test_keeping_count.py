"""Counting goes on by itself: after what happens, when days move, when something went astray."""

import re
from datetime import date
from typing import Any

import asyncpg
import pytest

from backend.service.insights import counting, queries
from backend.service.insights.recounting import Recount, recount
from infra.kernel.config import Settings
from tests.service.desk import OFFICE_HOURS, Desk
from tests.service.insights.counting import ask, execute, fold, said, wrong

TODAY = date(2026, 11, 1)


async def waiting(desk: Desk) -> int:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        marks: int = await ctx.fetchval(
            "SELECT count(*) FROM case_marks WHERE tenant_id = $1", desk.tenant.id
        )
        return marks


async def run(desk: Desk, job: Any, **arguments: Any) -> None:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await job(ctx, **arguments)


async def test_the_relay_asks_for_one_count_whatever_happened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "DELAY_SECONDS", 600.0)  # it is looked at before it runs
    await desk.case()
    await desk.case()
    await desk.tenant.world.work(desk.tenant)
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        queued = await ctx.fetchval(
            "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND name = $2 AND state = 'queued'",
            desk.tenant.id,
            counting.FOLD,
        )
    assert queued == 1
    assert await waiting(desk) > 0
    await run(desk, counting.fold)
    assert await waiting(desk) == 0
    assert await wrong(desk.tenant) == []


async def test_a_day_is_the_day_of_the_default_calendar_across_the_change_of_clocks(
    desk: Desk,
) -> None:
    first, second = await desk.case(), await desk.case()
    # Berlin went over to summer time on the 29th of March 2026, and had 23 hours that day.
    for case, moment in ((first, "2026-03-28T22:59:59Z"), (second, "2026-03-29T21:59:59Z")):
        await execute(
            desk.tenant,
            f"UPDATE cases SET opened_at = '{moment}' WHERE tenant_id = $1 AND id = $2",
            case["id"],
        )
    days = {"first": "2026-03-28", "last": "2026-03-30"}
    assert [p.opened for p in (await ask(desk.admin, **days)).line] == [1, 1, 0]
    await desk.admin.do(
        "calendars.create", name="Berlin", zone="Europe/Berlin", hours=OFFICE_HOURS,
        is_default=True,
    )  # fmt: skip
    await run(desk, counting.rezone)
    figures = await ask(desk.admin, **days)
    assert figures.zone == "Europe/Berlin"
    assert [p.opened for p in figures.line] == [1, 1, 0]
    (opened,) = [m for m in figures.measures if m.name == "opened"]
    assert opened.link is not None
    assert "2026-03-27T23%3A00%3A00Z" in opened.link
    assert "2026-03-30T22%3A00%3A00Z" in opened.link
    await execute(
        desk.tenant,
        "UPDATE cases SET opened_at = '2026-03-29T22:00:00Z' WHERE tenant_id = $1 AND id = $2",
        second["id"],
    )
    assert [p.opened for p in (await ask(desk.admin, **days)).line] == [1, 0, 1]


async def test_a_promise_kept_while_clocks_are_put_back_over_midnight_counts_on_its_own_day(
    desk: Desk,
) -> None:
    """At a minute past midnight of 7 November 2010 clocks in St. John's went back to 23:01."""
    case = await desk.case()
    await desk.admin.do(
        "calendars.create", name="Home", zone="America/St_Johns", hours=OFFICE_HOURS,
        is_default=True,
    )  # fmt: skip
    await run(desk, counting.rezone)
    await execute(
        desk.tenant,
        """UPDATE task_slas SET state = 'met', started_at = '2010-11-06T12:00:00Z', stopped_at =
             CASE WHEN target = 'response' THEN '2010-11-07T02:30:30Z'::timestamptz
                  ELSE '2010-11-07T02:40:00Z' END
            WHERE tenant_id = $1 AND record_id = $2""",
        case["id"],
    )
    for channel in ({}, {"channel": "portal"}):  # read from sums, and case by case
        for day, kept in (("2010-11-06", 1), ("2010-11-07", 1), ("2010-11-08", 0)):
            days = {"first": day, "last": day, "agent": "none", **channel}
            assert said(await ask(desk.admin, **days))["kept"] == kept


async def dying(ctx: Any) -> None:
    """A worker that ends within a turn."""
    await counting.count(ctx)
    raise ZeroDivisionError


async def test_a_count_of_everything_goes_on_page_by_page_from_wherever_it_was_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await desk.case()
    await fold(desk.tenant)
    monkeypatch.setattr(counting, "CASES_COUNTED", 2)
    await desk.admin.do(
        "calendars.create", name="Tokyo", zone="Asia/Tokyo", hours=OFFICE_HOURS, is_default=True
    )
    await run(desk, counting.rezone)
    assert not (await ask(desk.admin)).is_complete
    # The next turn dies before it is over, and nothing of it is left; a case comes meanwhile.
    with pytest.raises(ZeroDivisionError):
        await run(desk, dying)
    await desk.case()
    for _ in range(3):
        await run(desk, counting.watch)
        await run(desk, counting.count)
        assert await wrong(desk.tenant) == []
    figures = await ask(desk.admin)
    assert figures.is_complete
    assert (figures.zone, said(figures)["opened"]) == ("Asia/Tokyo", 6)
    await fold(desk.tenant)
    assert await wrong(desk.tenant) == []


async def test_what_went_astray_is_found_and_put_right(desk: Desk) -> None:
    await desk.case()
    await desk.case()
    await run(desk, counting.fold)
    for harm in (
        "UPDATE case_counts SET opened = opened + 5 WHERE tenant_id = $1 AND dimension = 'all'",
        "DELETE FROM case_counts WHERE tenant_id = $1 AND dimension = 'channel'",
        "UPDATE case_figures SET priority = 1 WHERE tenant_id = $1",
        "DELETE FROM case_figures WHERE tenant_id = $1",
    ):
        await execute(desk.tenant, harm)
        await run(desk, counting.mend)
        await run(desk, counting.fold)
        await run(desk, counting.mend)
        assert await wrong(desk.tenant) == []
        for question in ({}, {"channel": "portal"}, {"priority": 3}):
            told = said(await ask(desk.admin, **question))
            assert (told["opened"], told["backlog"]) == (2, 2), (harm, question)


async def test_an_operator_recounts_and_is_told_what_was_wrong(desk: Desk) -> None:
    await desk.case()
    await fold(desk.tenant)
    services, tenant_id = desk.tenant.world.services, desk.tenant.id
    assert await recount(services, tenant_id, mend=False) == Recount(0, 0, mended=False)
    await execute(desk.tenant, "UPDATE case_counts SET opened = 7 WHERE tenant_id = $1")
    await execute(desk.tenant, "UPDATE case_figures SET priority = 1 WHERE tenant_id = $1")
    told = await recount(services, tenant_id, mend=True)
    assert (told.cases_astray, told.mended) == (1, True)
    assert told.sums_wrong
    assert await recount(services, tenant_id, mend=False) == Recount(0, 0, mended=False)
    assert said(await ask(desk.admin, priority=3))["opened"] == 1


async def test_no_question_reads_the_cases_that_are_counted(desk: Desk, settings: Settings) -> None:
    """One that has a mark is looked up by its key; all others are not looked at."""
    await desk.case()
    await execute(
        desk.tenant,
        """INSERT INTO cases (tenant_id, id, number, state, subject, channel, customer_kind,
                              account_id, opened_at, created_at, updated_at)
           SELECT tenant_id, gen_random_uuid(), 'X' || i, state, subject, channel, customer_kind,
                  account_id, opened_at, created_at, updated_at
             FROM cases, generate_series(1, 4000) i WHERE tenant_id = $1""",
    )
    await fold(desk.tenant)
    owner = await asyncpg.connect(settings.owner_dsn)
    try:
        await owner.execute("ANALYZE cases, case_marks, case_figures, case_counts")
    finally:
        await owner.close()
    of_account = (("account", False),)
    for shape in (
        queries.Shape("all", "none"), queries.Shape("all", "day"), queries.Shape("agent", "agent"),
        queries.Shape("account", "account", of_account),
        queries.Shape("mixed", "channel", (("channel", False), ("priority", False))),
    ):  # fmt: skip
        sql = queries.counted_sql(shape)
        async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
            plan = await ctx.fetch(
                f"EXPLAIN {sql}", desk.tenant.id, [str(desk.account["id"]), "3"], [], [0],
                ["day"], [TODAY], [TODAY], [0], [TODAY], [TODAY], [0], 50, TODAY, 5,
            )  # fmt: skip
        lines = [row[0].strip() for row in plan]
        assert {name for line in lines for name in re.findall(r"\bcases_\w+", line)} == {
            "cases_pkey"
        }, lines
        assert not [line for line in lines if "Seq Scan on cases" in line]
