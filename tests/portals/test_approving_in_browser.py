"""Asking, approving and following a request as people do: a real Chromium, the real application."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.platform.consent import Desk, people
from tests.portals.screen import Server, session_of, window
from tests.service.test_fulfilling_requests import Shop
from tests.world import World

pytestmark = [pytest.mark.browser]


async def test_a_question_follows_an_answer_and_the_company_decides(
    world: World, server: Server, chromium: Browser
) -> None:
    shop = await Shop(world, await world.tenant()).open()
    item = await shop.item(approval="purchase", description="Licences for the whole team.")
    boss = await shop.approver()
    async with window(chromium, server, shop.tenant) as screen:
        page = screen.page
        await screen.act_as(await session_of(shop.maya, shop.tenant))
        await screen.open(f"/requests/{item['number']}")
        await expect(page.get_by_label("Why?")).to_have_count(0)
        await page.get_by_label("Seats").fill("20")
        await page.get_by_label("Seats").blur()
        await page.get_by_label("Why?").fill("Growth")
        assert await screen.inspect("portal-request") == []
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("My requests")
        await expect(page.get_by_text("Waits for approval")).to_be_visible()
        assert await screen.inspect("portal-my-requests") == []
    async with window(chromium, server, shop.tenant) as screen:
        page = screen.page
        await screen.act_as(await session_of(boss, shop.tenant))
        await screen.open("/approvals")
        await page.get_by_text("Name a deputy").first.click()
        await expect(page.get_by_label("Who decides for you")).to_contain_text("Maya")
        assert await screen.inspect("portal-approvals") == []
        await page.get_by_role("link", name=re.compile("Licences")).click()
        await expect(page.get_by_text("Growth")).to_be_visible()
        await page.get_by_text("Hand it on").first.click()
        await expect(page.get_by_label("Who decides in your place")).to_contain_text("Maya")
        assert await screen.inspect("portal-approval") == []
        await page.get_by_role("button", name="Approve").click()
        await expect(page.get_by_text("Nothing waits for your approval.")).to_be_visible()
    (request,) = await shop.admin.list("approval_requests")
    assert request["state"] == "approved"


async def test_the_desk_decides_and_a_link_shows_one_thing(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = Desk(world, await world.tenant())
    agent, other = await desk.member("Agnes Agent"), await desk.member("Otto Other")
    (user,) = await desk.admin.list("users", id=str(desk.admin.caller.user_id))
    boss = {"who": "people", "emails": [user["email"], other.email], "need": "all"}
    await desk.rule("urgent", {"approvers": [boss], "name": "Team lead", "due_hours": 8},
                    {"level": 2, "approvers": [people(other)]},
                    condition="record.priority <= 4")  # fmt: skip
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    rows = await desk.sql(
        "SELECT text_body FROM outbound_mails WHERE tenant_id = $1 AND recipient = $2 "
        "AND kind = 'approvals'",
        other.email,
    )
    link = re.search(r"/approve\?token=\S+", rows[0]["text_body"])
    assert link
    async with window(chromium, server, desk.tenant) as screen:
        page = screen.page
        await screen.open(link[0])
        await expect(page.get_by_text("Replaced the router")).to_be_visible()
        assert await screen.inspect("approve-link") == []
        await screen.act_as(await session_of(desk.admin, desk.tenant))
        await screen.open("/approvals")
        await page.get_by_text("Name a deputy").first.click()
        assert await screen.inspect("desk-approvals") == []
        await page.get_by_role("link", name=re.compile("The line is dead")).click()
        assert await screen.inspect("desk-approval") == []
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await page.get_by_label("Say why").fill("Not yet")
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_text("Nothing waits for your approval.")).to_be_visible()
        await screen.open(f"/workspace/cases/{case['number']}")
        await page.get_by_role("tab", name="Activity").click()
        await page.locator("#approvals").get_by_text("What happened").click()
        await expect(page.get_by_text("Not yet")).to_be_visible()
        assert await screen.inspect("desk-case-approvals") == []
    assert (await desk.request(request["id"]))["state"] == "rejected"
