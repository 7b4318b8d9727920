"""An agent's hour at the desk, in a real browser, by keyboard where there is a key."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.portals.screen import Screen, Server, session_of, window
from tests.portals.workspace.furnishing import Desk, a_desk
from tests.world import World

pytestmark = [pytest.mark.browser]


async def sit_down(screen: Screen, desk: Desk, path: str = "/workspace") -> Page:
    """Jonas before the screen."""
    await screen.act_as(await session_of(desk.jonas, desk.tenant))
    await screen.open(path)
    return screen.page


async def a_new_case(desk: Desk) -> dict[str, Any]:
    """One like that which Priya solved, while Jonas watches."""
    made: dict[str, Any] = await desk.maya.do(
        "cases.create", subject="Router restarts, connection drops at closing time again",
        description="The HG-20 restarts every evening under load.",
        sold_product_id=str(desk.sold["id"]),
    )  # fmt: skip
    return made


async def test_from_live_offer_to_solved_case(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    await desk.jonas.do("cases.cancel", desk.cases["new"]["number"])
    await world.work(desk.tenant)
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, desk)
        await page.get_by_role("main").get_by_role("button", name="Available").click()
        await expect(page.get_by_role("heading", name="You are available")).to_be_visible()

        case = await a_new_case(desk)
        offer = page.locator(".offer")
        await expect(offer).to_contain_text("Router restarts")
        await expect(offer).to_contain_text("Why you:")
        await expect(page).to_have_title(re.compile(r"^\(1\) Inbox"))
        await page.keyboard.press("a")
        await page.wait_for_url(f"**/workspace/cases/{case['number']}")
        await expect(page.locator("#case-head")).to_contain_text("You have it")
        await expect(page.locator("#inbox-rows [aria-current=page]")).to_contain_text("Router")

        await page.keyboard.press("r")
        await page.keyboard.type("Hello Maya, I look at it now.")
        await page.keyboard.press("Control+Enter")
        thread = page.locator("#thread")
        await expect(thread).to_contain_text("Hello Maya, I look at it now.")
        await expect(page.get_by_label("Message")).to_have_value("")

        await desk.maya.do("cases.comment", case["number"], body="Thank you, it is urgent.")
        await expect(thread).to_contain_text("Thank you, it is urgent.")

        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await page.keyboard.type("Same as last time.")
        await page.keyboard.press("Control+Enter")
        await expect(thread.locator(".note")).to_contain_text("Same as last time.")

        article = page.locator(".advice", has_text=desk.articles["rollback"]["title"])
        await expect(article).to_contain_text("Why:")
        await article.get_by_role("button", name="Attach to the case").click()
        await expect(page.get_by_role("status").first).to_contain_text("Done, as advised")
        await expect(thread).to_contain_text("is used here")
        solved = desk.cases["solved"]["number"]
        similar = page.locator(".advice", has_text=solved)
        await similar.get_by_role("button", name="Use this resolution").click()
        await expect(page.get_by_label("Message")).to_have_value(re.compile("^Firmware back"))
        await expect(page.get_by_label("After sending")).to_have_value("resolve")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#case-head")).to_contain_text("Resolved")
        await expect(thread).to_contain_text("What solved it")
    told = await desk.tenant.admin.read("cases", case["number"])
    assert told["state"] == "resolved"
    assert told["resolution"].startswith("Firmware back to 4.1.9")
    (item,) = await desk.tenant.admin.list("work_items", record_id=str(case["id"]))
    await world.work(desk.tenant)
    (item,) = await desk.tenant.admin.list("work_items", record_id=str(case["id"]))
    assert item["state"] == "completed"


async def test_offer_that_runs_out_says_so_and_goes(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    await desk.jonas.do("cases.cancel", desk.cases["new"]["number"])
    (queue,) = await desk.tenant.admin.list("queues", channel="portal")
    await desk.tenant.admin.do("queues.update", queue["id"], offer_seconds=3)
    await desk.jonas.do("agent_presence.set", state="available")
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, desk)
        await a_new_case(desk)
        await expect(page.locator(".offer")).to_contain_text("Router restarts")
        await expect(page.locator(".offer")).to_contain_text("went to the next person")
        await expect(page.locator(".offer[data-gone]")).to_have_count(0)


async def test_chat_is_offered_answered_live_and_made_a_case(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    await desk.jonas.do("cases.cancel", desk.cases["new"]["number"])
    await desk.jonas.do("agent_presence.set", state="available")
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, desk)
        chat = await desk.maya.do("interactions.start_chat", body="Is the line down in Leith?")
        await expect(page.locator(".offer")).to_contain_text("Is the line down")
        await page.keyboard.press("a")
        await page.wait_for_url(f"**/workspace/conversations/{chat['id']}")
        await expect(page.locator("#context")).to_contain_text("Harbour Dental Group")
        await expect(page.locator("#inbox-rows [aria-current=page]")).to_contain_text("Maya")
        await page.keyboard.press("r")
        await page.keyboard.type("Not that we know. I measure it.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#thread")).to_contain_text("I measure it.")
        await desk.maya.do("interactions.say", chat["id"], body="Thank you!")
        await expect(page.locator("#thread")).to_contain_text("Thank you!")
        assert await screen.inspect("desk-chat") == []
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.get_by_role("button", name="Make a case of it").click()
        await page.wait_for_url("**/workspace/cases/CS*")
        await expect(page.locator("#thread")).to_contain_text("Is the line down in Leith?")
    told = await desk.tenant.admin.read("interactions", chat["id"])
    assert told["case_id"]


async def test_palette_finds_records_and_does_what_a_key_does(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, desk, f"/workspace/cases/{desk.number}")
        await page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Search records and commands")
        await box.fill("harbour")
        first = page.locator("#palette-list [role=option]").first
        await expect(first).to_contain_text("Harbour Dental Group")
        await box.press("Enter")
        await page.wait_for_url("**/workspace/customers/accounts/*")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("Search and commands")
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("c")
        await page.wait_for_url("**/workspace/cases")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/workspace/cases/CS*")


async def test_everything_at_the_desk_works_without_a_script(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    async with window(chromium, server, desk.tenant, java_script_enabled=False) as screen:
        page = await sit_down(screen, desk, f"/workspace/cases/{desk.number}")
        await page.get_by_label("Message").fill("Written without a script.")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#thread")).to_contain_text("Written without a script.")
        await page.locator("summary", has_text="Resolve").click()
        await page.get_by_label("What solved it").fill("A new router.")
        await page.locator("form[action$='/do/resolve'] button").click()
        await expect(page.locator("#case-head")).to_contain_text("Resolved")
        beside = page.get_by_role("navigation", name="About this case")
        await beside.get_by_role("link", name="Products").click()
        await expect(page.locator("#products")).to_be_visible()
        await expect(page.locator("#products")).to_contain_text("Business Care, 4 h")
