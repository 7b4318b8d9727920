"""The matrix and the link of a letter as people use them: a real Chromium, the real application."""

import pytest
from playwright.async_api import Browser, expect

from tests.platform.consent import Desk, people
from tests.portals.screen import Server, session_of, window
from tests.world import World

pytestmark = [pytest.mark.browser]


async def test_a_question_is_handed_on_behind_the_link(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = Desk(world, await world.tenant())
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto Other")]
    await desk.rule("all", {"approvers": [people(boss)]})
    request = await desk.asked(agent, await desk.case(agent))
    token = await desk.token_for(boss)
    async with window(chromium, server, desk.tenant, locale="de-DE") as screen:
        page = screen.page
        await screen.open(f"/approve?token={token}")
        await page.get_by_text("Weitergeben").first.click()
        await page.get_by_label("Wer an Ihrer Stelle entscheidet").fill("nobody@example.com")
        await page.get_by_role("button", name="Weitergeben").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert await screen.inspect("approve-link-hand-on-de") == []
        await page.get_by_label("Wer an Ihrer Stelle entscheidet").fill(other.email)
        await page.get_by_role("button", name="Weitergeben").click()
        await expect(page.get_by_text("Sie haben es weitergegeben.")).to_be_visible()
        assert await screen.inspect("approve-link-handed-on-de") == []
    assert len(await desk.waiting(other)) == 1
    assert (await desk.request(request["id"]))["state"] == "pending"


async def test_an_admin_writes_a_rule_that_asks_by_itself_and_looks_ahead(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = Desk(world, await world.tenant())
    agent, lead, chief = [await desk.member(n) for n in ("Agnes Agent", "Lea Lead", "Cora Chief")]
    rule = await desk.rule(
        "dear",
        {"level": 1, "name": "Team", "approvers": [people(lead)], "due_hours": 8},
        {"level": 2, "name": "House", "approvers": [people(chief, lead, need="all")]},
        action="", condition="record.priority <= 4", fyi=[people(agent)],
    )  # fmt: skip
    await desk.rule("urgent", {"approvers": [people(chief)]}, action="", position=200,
                    condition="record.priority == 1")  # fmt: skip
    case = await desk.case(agent)
    async with window(chromium, server, desk.tenant) as screen:
        page = screen.page
        await screen.act_as(await session_of(desk.admin, desk.tenant))
        await screen.open(f"/admin/approval_rules/{rule['id']}/edit")
        await page.get_by_label("When it asks").select_option("on_opening")
        assert await screen.inspect("admin-approval-rule-edit") == []
        await page.get_by_role("button", name="Save").first.click()
        await expect(page.get_by_text("By itself when it is opened")).to_be_visible()
        assert await screen.inspect("admin-approval-rule") == []
        await screen.open(f"/admin/approval_rules/{rule['id']}?tab=foresee")
        assert await screen.inspect("admin-approval-rule-foresee-asked") == []
        await page.get_by_role("combobox", name="Record").first.fill(case["number"])
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_text("Lea Lead").first).to_be_visible()
        assert await screen.inspect("admin-approval-rule-foresee") == []
    assert (await desk.admin.read("approval_rules", rule["id"]))["occasion"] == "on_opening"
    assert await desk.admin.list("approval_requests") == []
