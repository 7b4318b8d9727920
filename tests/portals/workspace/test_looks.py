"""The desk as it stands on a screen: sound at every width, in both looks and both languages."""

import pytest
from playwright.async_api import Browser, expect

from tests.portals.screen import Server, session_of, window
from tests.portals.workspace.furnishing import Desk, a_desk, starts_as
from tests.world import World

pytestmark = [pytest.mark.browser]

TURNS = 3
"""Tests that the pages are shared out among, each well inside the time that a test may take."""


def pages_of(desk: Desk) -> dict[str, str]:
    """Every page of the desk, by name."""
    account, contact = desk.account["id"], desk.maya.caller.attributes["contact_id"]
    draft, article = desk.articles["draft"]["number"], desk.articles["rollback"]["number"]
    return {
        "inbox": "/workspace",
        "inbox-team": "/workspace?box=team",
        "cases": "/workspace/cases",
        "cases-filtered": f"/workspace/cases?view=all&state=resolved&account_id={account}",
        "cases-none": "/workspace/cases?q=zebra",
        "case": f"/workspace/cases/{desk.number}",
        "case-solved": f"/workspace/cases/{desk.cases['solved']['number']}",
        "customers": "/workspace/customers",
        "accounts": "/workspace/customers/accounts",
        "account-people": f"/workspace/customers/accounts/{account}?tab=people",
        "account-things": f"/workspace/customers/accounts/{account}?tab=things",
        "account-access": f"/workspace/customers/accounts/{account}?tab=access",
        "products": "/workspace/products/sold_products",
        "product": f"/workspace/products/sold_products/{desk.sold['id']}",
        "case-people": f"/workspace/cases/{desk.number}/people",
        "account": f"/workspace/customers/accounts/{account}",
        "contact": f"/workspace/customers/contacts/{contact}",
        "knowledge": "/workspace/knowledge",
        "article": f"/workspace/knowledge/{article}",
        "article-draft": f"/workspace/knowledge/{draft}",
        "article-new": "/workspace/knowledge/new",
        "article-edit": f"/workspace/knowledge/{draft}/edit",
        "search": "/workspace/search?q=drops",
        "search-none": "/workspace/search?q=zebra",
        "insights": "/workspace/insights?by=agent",
        "insights-activity": "/workspace/insights/activity?span=90d",
    }


@pytest.mark.parametrize("turn", range(TURNS))
async def test_every_page_of_the_desk_is_sound_at_every_width_and_in_both_looks(
    world: World, server: Server, chromium: Browser, turn: int
) -> None:
    desk = await a_desk(world)
    mara = await desk.tenant.member("service_manager", name="Mara Vogt")
    await starts_as(mara, desk.tenant)
    view = await mara.do("insights.create", name="By phone", question={"channel": "phone"})
    pages = pages_of(desk) | {"insights-view": f"/workspace/insights/views/{view['id']}"}
    wrong: list[str] = []
    async with window(chromium, server, desk.tenant) as screen:
        for name, path in list(pages.items())[turn::TURNS]:
            who = mara if name.startswith("insights") else desk.jonas
            who = desk.priya if name.startswith("article-") else who
            await screen.act_as(await session_of(who, desk.tenant))
            await screen.open(path)
            wrong += await screen.inspect(f"desk-{name}")
    assert wrong == [], "\n".join(wrong)


async def test_a_case_is_sound_in_all_its_tabs_with_an_offer_and_in_german(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    wrong: list[str] = []
    async with window(chromium, server, desk.tenant) as screen:
        await screen.act_as(await session_of(desk.jonas, desk.tenant))
        await screen.open(f"/workspace/cases/{desk.number}")
        await expect(screen.page.locator("#advice-cards")).to_contain_text("Summary")
        for tab in ("Customer", "Products", "Activity"):
            await screen.page.set_viewport_size({"width": 1280, "height": 800})
            await screen.page.get_by_role("tab", name=tab).click()
            wrong += await screen.inspect(f"desk-case-{tab.lower()}")
        await desk.jonas.do("agent_presence.set", state="available")
        await screen.open("/workspace")
        await expect(screen.page.locator(".offer")).to_be_visible()
        wrong += await screen.inspect("desk-offer")
    async with window(chromium, server, desk.tenant, locale="de-DE") as screen:
        await screen.act_as(await session_of(desk.jonas, desk.tenant))
        await screen.context.add_cookies(
            [{"name": "locale", "value": "de", "url": server.url(desk.tenant)}]
        )
        await screen.open(f"/workspace/cases/{desk.number}")
        await expect(screen.page.locator("html")).to_have_attribute("lang", "de")
        wrong += await screen.inspect("desk-case-de")
    assert wrong == [], "\n".join(wrong)
