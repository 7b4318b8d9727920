"""Figures of cases: what is counted, by what, and the list behind each number."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.service.desk import Desk
from tests.service.insights.counting import ask, count_behind, execute, fold, rows, said


async def a_solved_case(desk: Desk, **values: Any) -> dict[str, Any]:
    case = await desk.case(**values)
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do("cases.resolve", case["id"], resolution="Changed the fuse")
    return case


async def test_a_case_is_counted_from_the_moment_it_is_opened(desk: Desk) -> None:
    before = said(await ask(desk.admin))
    assert (before["opened"], before["backlog"], before["resolved"]) == (0, 0, 0)
    await desk.case()
    now = said(await ask(desk.admin))
    assert (now["opened"], now["backlog"], now["resolved"]) == (1, 1, 0)


async def test_what_is_counted_stays_the_same_once_it_has_been_added_up(desk: Desk) -> None:
    solved = await a_solved_case(desk)
    await desk.case()
    await desk.contact.do("cases.rate", solved["id"], rating=4)
    live = await ask(desk.admin, by="agent")
    await fold(desk.tenant)
    assert await ask(desk.admin, by="agent") == live
    told = said(live)
    assert (told["opened"], told["resolved"], told["backlog"], told["rated"]) == (2, 1, 1, 1)
    assert (told["rating"], told["satisfied_percent"]) == (4.0, 100.0)
    assert (told["kept"], told["broken"], told["kept_percent"]) == (2, 0, 100.0)
    assert rows(live)[str(desk.agent.profile_id)]["resolved"] == 1
    assert rows(live)[None]["opened"] == 1


async def test_reopening_takes_the_resolution_back_and_is_counted_itself(desk: Desk) -> None:
    case = await a_solved_case(desk)
    await fold(desk.tenant)
    await desk.contact.do("cases.reopen", case["id"], reason="It is dark again")
    for _ in range(2):
        told = said(await ask(desk.admin))
        assert (told["resolved"], told["reopened"], told["backlog"]) == (0, 1, 1)
        await fold(desk.tenant)


async def test_every_number_opens_the_list_that_it_counts(desk: Desk) -> None:
    first = await a_solved_case(desk)
    await a_solved_case(desk)
    await desk.case()
    await desk.contact.do("cases.rate", first["id"], rating=5)
    await desk.agent.do("cases.reopen", first["id"], reason="No")
    draft = await desk.agent.do(
        "cases.create", subject="Later", draft=True, contact_id=desk.contact_id
    )
    assert draft["state"] == "draft"
    for by in ("group", "agent", "case_type", "channel", "product_model", "account", "priority"):
        figures = await ask(desk.admin, by=by)
        counted = {"opened", "resolved", "reopened", "backlog", "kept", "broken", "rated"}
        measures = [*figures.measures, *(m for row in figures.rows for m in row.measures)]
        checked = [m for m in measures if m.name in counted and m.link]
        assert len(checked) >= 14
        for measure in checked:
            assert await count_behind(desk.admin, measure.link) == measure.value, measure
        for age in figures.ages:
            assert await count_behind(desk.admin, age.link) == age.open


async def test_a_share_of_promises_opens_those_kept_and_those_broken(desk: Desk) -> None:
    kept, broken = await a_solved_case(desk), await desk.case()
    await execute(
        desk.tenant,
        """UPDATE task_slas SET state = 'breached', breached_at = now()
            WHERE tenant_id = $1 AND record_id = $2 AND target = 'resolution'""",
        broken["id"],
    )
    figures = await ask(desk.admin, by="channel")
    assert said(figures)["kept_percent"] == 66.7
    for measures in (figures.measures, figures.rows[0].measures):
        (share,) = (each for each in measures if each.name == "kept_percent")
        assert await count_behind(desk.admin, share.link) == 3
        query = dict(parse_qsl(urlsplit(share.link).query))
        first = await desk.admin.do("insights.behind", **query, limit=2)
        rest = await desk.admin.do("insights.behind", **query, limit=2, after=str(first.next))
        found = [(each.case_number, each.outcome) for each in (*first.data, *rest.data)]
        assert sorted(found) == sorted(
            [(kept["number"], "kept"), (kept["number"], "kept"), (broken["number"], "broken")]
        )


async def test_figures_are_told_beside_those_of_as_many_days_before(desk: Desk) -> None:
    case = await desk.case()
    stored = await desk.stored(case)
    await desk.case()
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            "UPDATE cases SET opened_at = opened_at - interval '8 days' "
            "WHERE tenant_id = $1 AND id = $2",
            desk.tenant.id,
            case["id"],
        )
    for _ in range(2):
        figures = await ask(desk.admin, span="7d")
        (opened,) = [m for m in figures.measures if m.name == "opened"]
        (backlog,) = [m for m in figures.measures if m.name == "backlog"]
        assert (opened.value, opened.before) == (1, 1)
        assert (backlog.value, backlog.before) == (2, 1)
        assert [(age.from_days, age.open) for age in figures.ages] == [
            (0, 1), (2, 0), (7, 1), (30, 0), (90, 0),
        ]  # fmt: skip
        assert len(figures.line) == 7
        assert [point.backlog for point in figures.line] == [1] * 6 + [2]
        assert figures.before_last == figures.first - timedelta(days=1)
        await fold(desk.tenant)
    assert stored["state"] == "new"
