"""A number says no more than the list behind it: who reads figures, of which cases, by what."""

from typing import Any

import pytest

from infra.kernel.errors import BadRequest, Forbidden
from tests.service.desk import Desk
from tests.service.insights.counting import ask, count_behind, fold, rows, said
from tests.world import World


async def test_managers_read_figures_and_agents_and_customers_do_not(desk: Desk) -> None:
    await desk.case()
    manager = await desk.tenant.member("service_manager")
    assert said(await ask(manager))["opened"] == 1
    viewer = await desk.tenant.member("case_viewer")
    for nobody in (desk.agent, viewer, desk.contact):
        with pytest.raises(Forbidden):
            await ask(nobody)


async def test_a_leader_reads_the_figures_of_the_own_groups_alone(desk: Desk) -> None:
    lead = await desk.tenant.member("team_lead")
    mine = await desk.admin.do("groups.create", name="Second line")
    other = await desk.admin.do("groups.create", name="Third line")
    with pytest.raises(Forbidden):
        await ask(lead)
    await desk.admin.do(
        "group_members.create", group_id=str(mine["id"]), user_id=str(lead.caller.user_id)
    )
    lead = await desk.tenant.world.actor(desk.tenant, lead.profile_id)
    for group in (mine, other, other):
        case = await desk.case()
        await desk.agent.do("cases.assign", case["id"], assignment_group_id=str(group["id"]))
    await desk.case()
    for _ in range(2):
        figures = await ask(lead)
        assert said(figures)["opened"] == 1
        assert list(rows(figures)) == [str(mine["id"])]
        assert "answered" not in said(figures)
        for measure in (*figures.measures, *figures.rows[0].measures):
            if measure.unit == "cases" and measure.link:
                assert await count_behind(lead, measure.link) == measure.value
        with pytest.raises(BadRequest) as refused:
            await ask(lead, group=str(other["id"]))
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("group", "not_found")]
        assert said(await ask(desk.admin, group=str(other["id"])))["opened"] == 2
        assert rows(await ask(desk.admin))[None]["opened"] == 1
        await fold(desk.tenant)


async def test_figures_are_of_the_own_tenant_alone(desk: Desk, world: World) -> None:
    stranger = await world.tenant("Elsewhere")
    await desk.case()
    await fold(desk.tenant)
    assert said(await ask(stranger.admin))["opened"] == 0
    assert said(await ask(desk.admin))["opened"] == 1


async def test_a_question_is_refused_with_all_its_faults_named(desk: Desk) -> None:
    with pytest.raises(BadRequest) as refused:
        await ask(
            desk.admin, first="2026-05-01", last="2026-04-01", span="7d", channel="email",
            priority=1, by="account",
        )  # fmt: skip
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("last", "before-first"), ("span", "one-only"),
    }  # fmt: skip
    for question in (
        {"first": "0001-01-01"}, {"last": "9999-12-31"}, {"span": "7d", "first": "2026-01-01"},
        {"first": "2020-01-01", "last": "2026-01-01"},
    ):  # fmt: skip
        with pytest.raises(BadRequest):
            await ask(desk.admin, **question)


async def test_figures_are_narrowed_by_as_many_things_at_once_as_one_likes(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.start", case["id"])
    await desk.case()
    agent, account = str(desk.agent.profile_id), str(desk.account["id"])
    product = str(desk.model["id"])
    questions: tuple[tuple[dict[str, Any], int], ...] = (
        ({"agent": agent}, 1), ({"agent": "none"}, 1),
        ({"channel": "portal"}, 2), ({"channel": "email"}, 0), ({"priority": 3}, 2),
        ({"case_type": "none"}, 2), ({"product_model": product}, 2),
        ({"account": account}, 2), ({"account": "none"}, 0),
        ({"channel": "portal", "priority": 3}, 2), ({"channel": "portal", "priority": 1}, 0),
        ({"product_model": product, "case_type": "none", "channel": "portal", "priority": 3}, 2),
        ({"agent": agent, "channel": "portal"}, 1), ({"agent": agent, "priority": 1}, 0),
        ({"agent": "none", "account": account, "product_model": product}, 1),
        ({"agent": agent, "account": account, "product_model": product, "case_type": "none",
          "channel": "portal", "priority": 3}, 1),
    )  # fmt: skip
    for _ in range(2):
        for question, opened in questions:
            for by in ("group", "agent", "channel"):
                figures = await ask(desk.admin, **question, by=by)
                (measure,) = [m for m in figures.measures if m.name == "opened"]
                assert measure.value == opened, question
                assert measure.link
                assert await count_behind(desk.admin, measure.link) == opened
                assert sum(row["opened"] for row in rows(figures).values()) == opened
        await fold(desk.tenant)
