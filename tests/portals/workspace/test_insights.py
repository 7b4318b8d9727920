"""The managers' page over HTTP: who sees it, what it shows, where its numbers lead."""

import re
from html import unescape
from typing import Any

import pytest_asyncio

from portals import charts
from tests.portals.workspace.furnishing import Desk, a_desk, at_desk
from tests.world import World


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return await a_desk(world)


async def a_manager(desk: Desk) -> Any:
    return await at_desk(await desk.tenant.member("service_manager", name="Mara"), desk.tenant)


async def test_a_manager_sees_figures_and_goes_into_them(desk: Desk) -> None:
    browser = await a_manager(desk)
    answer = await browser.get("/workspace/insights?by=agent")
    assert answer.status_code == 200
    assert "Opened and resolved" in browser.text
    assert "Jonas Reuter" in browser.text
    opened = re.search(r'>Opened</span>\s*<strong><a href="([^"]+)">(\d+)</a>', browser.page)
    assert opened
    assert (await browser.get(unescape(opened[1]))).status_code == 200
    assert f"<small>{opened[2]}</small>" in browser.page


async def test_every_division_and_span_opens(desk: Desk) -> None:
    browser = await a_manager(desk)
    for by in ("group", "agent", "case_type", "channel", "product_model", "account", "priority"):
        for span in ("7d", "365d"):
            answer = await browser.get(f"/workspace/insights?by={by}&span={span}")
            assert answer.status_code == 200, (by, browser.text[:500])
            into = re.search(r'<th scope="row"><a href="([^"]+)"', browser.page)
            if into:
                assert (await browser.get(unescape(into[1]))).status_code == 200


async def test_what_is_shown_is_taken_along(desk: Desk) -> None:
    browser = await a_manager(desk)
    for query in ("", "?by=agent&span=365d", "?priority=2&channel=portal&group=none"):
        await browser.get(f"/workspace/insights{query}")
        links = re.findall(r'href="(/api/v1/insights/figures/export[^"]*)"', browser.page)
        assert len(links) == 2
        for link in links:
            answer = await browser.get(unescape(link))
            assert answer.status_code == 200, (link, answer.text)


async def test_a_bad_question_is_said_and_the_usual_one_shown(desk: Desk) -> None:
    browser = await a_manager(desk)
    for query in ("first=2026-09-01&last=2026-01-01", "first=yesterday", "by=moon", "agent=x"):
        answer = await browser.get(f"/workspace/insights?{query}")
        assert answer.status_code == 200, query
        assert browser.faults, query


async def test_a_view_is_kept_and_found_again(desk: Desk) -> None:
    browser = await a_manager(desk)
    await browser.get("/workspace/insights?priority=2&span=7d")
    answer = await browser.post(
        "/workspace/insights/keep", {"query": "priority=2&span=7d", "name": "Urgent"}
    )
    await browser.follow(answer)
    assert "Kept views Urgent" in browser.text
    (view,) = await desk.tenant.admin.list("insights")
    assert view["question"] == {"priority": 2, "span": "7d", "by": "group"}
    assert view["shared"] is False


async def test_whoever_keeps_a_view_says_when_it_is_mailed_to_whom(desk: Desk) -> None:
    mara = await desk.tenant.member("service_manager", name="Mara")
    browser = await at_desk(mara, desk.tenant)
    await browser.get("/workspace/insights")
    await browser.post("/workspace/insights/keep", {"query": "span=7d", "name": "Urgent"})
    (view,) = await mara.list("insights")
    page = f"/workspace/insights/views/{view['id']}"
    await browser.get("/workspace/insights")
    assert page in browser.page
    form = {"name": "Urgent", "shared": "on", "cadence": "weekly", "hour": "0", "day": "5",
            "month_day": "31", "format": "letter"}  # fmt: skip
    assert (await browser.post(page, form)).status_code == 422
    assert browser.faults
    answer = await browser.post(page, form | {"recipient": str(mara.profile_id)})
    await browser.follow(answer)
    assert "Next letter:" in browser.text
    kept = await mara.read("insights", view["id"])
    assert (kept["cadence"], kept["send_hour"], kept["send_day"]) == ("weekly", 0, 5)
    assert (kept["format"], kept["recipient_ids"]) == ("letter", [mara.profile_id])
    await browser.post(page, form | {"cadence": "monthly", "recipient": str(mara.profile_id)})
    assert (await mara.read("insights", view["id"]))["send_day"] == 31
    other = await a_manager(desk)
    await other.get("/workspace/insights")
    assert "Urgent" in other.text
    assert page not in other.page
    assert (await other.get(page)).status_code == 404
    await browser.get(page)
    await browser.post(f"{page}/delete", {})
    assert await mara.list("insights") == []


async def test_a_row_leads_further_in_beside_what_is_asked_already(desk: Desk) -> None:
    browser = await a_manager(desk)
    await browser.get("/workspace/insights?channel=portal&by=agent")
    into = re.search(r'<th scope="row"><a href="([^"]+)"', browser.page)
    assert into
    address = unescape(into[1])
    assert "channel=portal" in address
    assert "agent=" in address
    assert (await browser.get(address)).status_code == 200
    assert browser.page.count('aria-label="Remove filter:') == 2


async def test_the_page_speaks_german(desk: Desk) -> None:
    browser = await a_manager(desk)
    browser.http.cookies.set("locale", "de")
    await browser.get("/workspace/insights?span=90d")
    assert "Geöffnet und gelöst" in browser.text
    assert "Opened" not in browser.text


async def test_agents_are_not_led_there_and_turned_away(desk: Desk) -> None:
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get("/workspace")
    assert "/workspace/insights" not in browser.page
    assert (await browser.get("/workspace/insights")).status_code == 403


def test_a_scale_is_round_and_reaches_the_highest() -> None:
    assert charts.nice(0) == [0, 1]
    assert charts.nice(7) == [0, 2, 4, 6, 8]
    assert charts.nice(430) == [0, 200, 400, 600]
    assert charts.nice(4_000) == [0, 1_000, 2_000, 3_000, 4_000]


def test_bars_stand_upon_each_other() -> None:
    chart = charts.stacked([("good", "Kept", [2, 0]), ("bad", "Broken", [1, 0])], ["a", "b"])
    first, second = chart["bars"]
    assert first["y"] + first["height"] == chart["floor"]
    assert round(second["y"] + second["height"], 1) == first["y"]


def test_a_chart_of_nothing_can_be_drawn() -> None:
    assert charts.line([("first", "x", [])], [])["lines"][0]["last"] is None
    assert charts.shares([0, 0]) == [0.0, 0.0]
    assert charts.spark([1]) == ""
