"""Asking for others as people do it: a contributor, a partner's administrator, a list narrowed."""

import pytest
from playwright.async_api import Browser, expect

from tests.foundation.kin import kin
from tests.foundation.test_partner_administrators import Partnership
from tests.portals.browsing import a_clerk, a_product, session_as
from tests.portals.screen import Server, window
from tests.service.desk import a_desk
from tests.world import World

pytestmark = [pytest.mark.browser]


async def test_a_contributor_opens_a_case_for_a_customer(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(await world.tenant())
    karl = await a_clerk(desk.tenant, "account_contributor")
    async with window(chromium, server, desk.tenant) as screen:
        page = screen.page
        await screen.act_as(await session_as(karl, desk.tenant))
        await screen.open("/workspace")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Karl")
        assert await screen.inspect("asker-home") == []
        await page.get_by_role("link", name="Find a customer").click()
        assert await screen.inspect("customers-none") == []
        await page.get_by_role("searchbox").fill("Lindqvist")
        await page.get_by_role("searchbox").press("Enter")
        await expect(page.get_by_text("Contact, Harbour Dental")).to_be_visible()
        assert await screen.inspect("customers-found") == []
        await page.get_by_role("link", name="Maya Lindqvist", exact=True).click()
        await page.get_by_role("link", name="Harbour Dental").click()
        assert await screen.inspect("account") == []
        await page.get_by_role("link", name="New case for Maya Lindqvist").click()
        await page.get_by_label("Router in the surgery").check()
        await page.get_by_label("In one line").fill("No light on the router")
        await page.get_by_label("What happened?").fill("They called.")
        assert await screen.inspect("case-for-them") == []
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("We have it and write to you.")
        await expect(page.get_by_text("Maya Lindqvist, Harbour Dental")).to_be_visible()
        assert await screen.inspect("case-of-theirs") == []
    (case,) = await desk.contact.list("cases")
    assert case["subject"] == "No light on the router"


async def test_a_partner_administrator_edits_a_customers_contact(
    world: World, server: Server, chromium: Browser
) -> None:
    of = await kin(world)
    company = await of.partner_of(of.desk.account)
    at = Partnership(of, company, await of.desk.tenant.contact(company, name="Pia Partner"))
    boss = await at.as_partner()
    async with window(chromium, server, of.desk.tenant) as screen:
        page = screen.page
        await screen.act_as(await session_as(boss, of.desk.tenant))
        await screen.open("/customers")
        await page.get_by_role("link", name="Harbour Dental", exact=True).click()
        await page.get_by_text("Change", exact=True).click()
        await page.get_by_label("Website").fill("harbour.example")
        assert await screen.inspect("account-changing") == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved.")
        await page.get_by_role("link", name="Maya Lindqvist").click()
        await page.get_by_label("Mobile").fill("+47 900 00 000")
        assert await screen.inspect("contact") == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved.")
        await page.get_by_role("link", name="Add a contact").click()
        await page.get_by_label("Name").fill("Nils New")
        assert await screen.inspect("contact-new") == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("link", name="Nils New")).to_be_visible()
    assert (await at.stored())["mobile"] == "+47 900 00 000"


async def test_a_list_is_narrowed_to_one_account_on_a_small_phone(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(await world.tenant())
    branch = await desk.tenant.account("Branch", parent_id=str(desk.account["id"]))
    await a_product(desk.tenant, "Branch line", account_id=branch["id"])
    boss = await desk.tenant.contact(desk.account, "customer_admin", name="Boss")
    phone = {"viewport": {"width": 360, "height": 740}, "locale": "de-DE"}
    async with window(chromium, server, desk.tenant, **phone) as screen:
        page = screen.page
        await screen.act_as(await session_as(boss, desk.tenant))
        await screen.context.add_cookies(
            [{"name": "locale", "value": "de", "url": server.url(desk.tenant)}]
        )
        await screen.open("/products")
        await expect(page.get_by_text("Router in the surgery")).to_be_visible()
        await page.get_by_label("Für wen").select_option("Branch")
        await page.get_by_role("button", name="Zeigen").click()
        await expect(page.get_by_text("Branch line")).to_be_visible()
        await expect(page.get_by_text("Router in the surgery")).to_have_count(0)
        assert "customer=accounts" in page.url
        assert await screen.inspect("narrowed") == []
        await screen.open("/contracts")
        await expect(page.get_by_text("Gold support")).to_be_visible()
        assert await screen.inspect("contracts") == []
