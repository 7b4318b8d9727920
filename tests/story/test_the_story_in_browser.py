"""The main job as people do it: a shop's page, the agents' desk and the customers' portal, in real
browser windows, against a server and a worker of their own.

With ATRIUM_SCREENSHOTS=FOLDER the pictures stay there; `desk.png` and `portal.png` are those of the
README.
"""

import asyncio
import re
from contextlib import AsyncExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page

from backend.demo.client import signed_in
from backend.demo.seeding import PASSWORD
from backend.demo.story import SUBJECT
from tests.story.town import Town
from tests.story.watching import DESK, PHONE, SECONDS_MAX, Window, a_window, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

FLOOD = 300


async def test_a_consumer_s_case_goes_from_the_shop_to_the_right_agent_and_back(
    town: Town, chromium: Browser, shots: Path
) -> None:
    async with AsyncExitStack() as windows:

        async def open_window(size: dict[str, int]) -> Window:
            return await windows.enter_async_context(a_window(chromium, town.hosts, shots, size))

        await _available_elsewhere(town, "pawel")
        amara, jonas = await open_window(DESK), await open_window(DESK)
        for window, key in ((amara, "amara"), (jonas, "jonas")):
            await window.sign_in(town.telecom, key)
            await _sit_down(window.page)
        await jonas.look("desk-waiting")
        await jonas.page.evaluate("window.neverLeft = true")

        noor = await open_window(PHONE)
        await noor.sign_in(town.telecom, "noor")
        await noor.look("portal-home")
        shopping = await open_window(PHONE)
        number = await _ask_in_the_shop(shopping, town)

        await _is_offered(jonas.page, SUBJECT)
        assert await jonas.page.evaluate("window.neverLeft"), "the page was loaded anew"
        await expect(jonas.page.locator(".offer")).to_contain_text("Noor Haddad")
        await expect(jonas.page.locator(".offer .why")).to_contain_text("Why you:")
        await jonas.look("desk-offer")
        await expect(amara.page.locator(".offer")).to_have_count(0)

        await _follow(noor, town, number)
        await _is_offered(jonas.page, SUBJECT)
        await jonas.page.keyboard.press("a")
        await expect(jonas.page).to_have_url(re.compile(f"/workspace/cases/{number}"))
        await expect(noor.page.locator("#standing")).to_contain_text("Jonas Reuter is working on")
        await _read_what_is_owed(jonas)
        await _another_case_is_offered_over_this_one(jonas, town)
        await _answer_with_advice(jonas)
        await _read_and_rate(noor, number)
        await amara.look("desk-of-a-colleague")
        await expect(amara.page.locator(".offer")).to_have_count(0)


async def _sit_down(page: Page) -> None:
    """Say that one takes work."""
    await page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/workspace")
    await page.locator("main").get_by_role("button", name="Available").click()
    await expect(page.get_by_role("heading", name="You are available")).to_be_visible()


async def _available_elsewhere(town: Town, key: str) -> None:
    """Somebody works in a window that we do not watch."""
    tenant = town.telecom
    base_url = str(tenant.admin.http.base_url)
    person = await signed_in(base_url, tenant.host, tenant.person(key)["email"], PASSWORD)
    await person.post("/api/v1/agent_presence/set", {"state": "available"})
    await person.close()


async def _ask_in_the_shop(window: Window, town: Town) -> str:
    """Find nothing, open a case with the page's device in it; answers the case's number."""
    page = window.page
    await page.goto(town.shop)
    await page.get_by_role("button", name="Sign in").click()
    search, form = page.locator("atrium-knowledge-search"), page.locator("atrium-case-create")
    await expect(form.get_by_text("Sent as Noor Haddad")).to_be_visible()
    await search.get_by_role("searchbox").fill("evening outage modem")
    await expect(search.get_by_text("Nothing on")).to_be_visible()
    await window.look("shop-no-answer")
    await search.get_by_role("button", name="Ask us").click()
    await expect(form.get_by_label("In one line")).to_have_value("evening outage modem")
    await form.get_by_label("In one line").fill(SUBJECT)
    await form.get_by_label("What happened?").fill(
        "Since Thursday it is gone from six to eight every evening."
    )
    chosen = form.get_by_label("What is it about?").locator("option:checked")
    await expect(chosen).to_contain_text("AUR-55-0192")
    await form.get_by_label("What is it about?").scroll_into_view_if_needed()
    await window.look("shop-form")
    await form.get_by_role("button", name="Send").click()
    said = form.get_by_role("status").get_by_text("We have it: CS")
    await expect(said).to_be_visible()
    await window.look("shop-sent")
    found = re.search(r"CS\d+", await said.inner_text())
    assert found
    return found[0]


async def _is_offered(page: Page, subject: str, seconds: int = SECONDS_MAX) -> None:
    # The first offer lies open, the others are folded beneath it.
    offer = page.locator(".offer h2", has_text=subject)
    await expect(offer).to_be_attached(timeout=seconds * 1000)


async def _follow(window: Window, town: Town, number: str) -> None:
    """The customer opens her case in the portal."""
    page = window.page
    await page.goto(town.telecom.url)
    await page.get_by_role("link", name=SUBJECT).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    await expect(page.locator("main")).to_contain_text(number)
    await expect(page.locator("#standing")).to_contain_text("We are finding the right person")
    await window.look("portal-case-new")


async def _read_what_is_owed(window: Window) -> None:
    """Product, entitlement, clock, and advice with its reasons, beside the case."""
    page = window.page
    await expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    await expect(page.locator("#case-head at-countdown")).to_be_visible()
    await expect(page.locator("#case-head at-countdown")).to_contain_text(re.compile(r"\d"))
    await expect(page.locator("#case-head")).to_contain_text("You have it")
    await page.get_by_role("tab", name="Products").click()
    products = page.locator("#products")
    await expect(products).to_contain_text("Entitled. Home Care Plus")
    await expect(products).to_contain_text("Aurora Fibre Router at home")
    await expect(products).to_contain_text("on this case")
    await window.look("desk-products")
    await page.get_by_role("tab", name="Advice").click()
    await expect(_card(page, "Connection drops every evening")).to_contain_text("Why: Shares")
    await expect(_card(page, "Internet drops every evening around eight")).to_contain_text("Why:")


def _card(page: Page, title: str) -> Any:
    return page.locator("article.advice").filter(has=page.get_by_role("heading", name=title))


async def _another_case_is_offered_over_this_one(window: Window, town: Town) -> None:
    """A new offer floats over the open case and moves nothing."""
    page = window.page
    title = page.get_by_role("heading", level=1)
    before = await title.bounding_box()
    await town.telecom.admin.create(
        "cases",
        subject="Router restarts by itself",
        description="Twice since noon, with the red light on.",
        consumer_id=town.telecom.ids["tomas"],
        product_model_id=town.telecom.ids["model"],
        channel="portal",
    )
    await _is_offered(page, "Router restarts by itself")
    assert await title.bounding_box() == before
    await window.look("desk")
    await page.get_by_role("button", name="Pass").click()
    await expect(page.locator(".offer")).to_have_count(0)


async def _answer_with_advice(window: Window) -> None:
    """Take the article and the similar case's resolution, and resolve."""
    page = window.page
    article = _card(page, "Connection drops every evening")
    await article.get_by_role("button", name="Attach to the case").click()
    await expect(page.get_by_text("Done, as advised")).to_be_visible()
    similar = _card(page, "Internet drops every evening around eight")
    await similar.get_by_role("button", name="Use this resolution").click()
    message = page.get_by_label("Message", exact=True)
    await expect(message).to_have_value(re.compile("firmware 2.4.1"))
    await expect(page.get_by_label("After sending")).to_have_value("resolve")
    await message.press("Control+Enter")
    await expect(page.locator("#case-head")).to_contain_text("Resolved")
    await expect(page.get_by_role("link", name="Mine")).to_have_text("Mine 0")
    await window.look("desk-resolved")


async def _read_and_rate(window: Window, number: str) -> None:
    """The answer came to the open page by itself; opened again, it asks how we did."""
    page = window.page
    await expect(page.locator("#standing")).to_contain_text("Check whether it works")
    await expect(page.locator("#thread")).to_contain_text("firmware 2.4.1")
    await page.reload()
    await expect(page.get_by_role("heading", name="What solved it")).to_be_visible()
    await window.look("portal-answer")
    await page.get_by_text("Very well").click()
    await page.get_by_label("What should we keep or change?").fill("Quick, and it holds.")
    await page.get_by_role("button", name="Send rating").click()
    await expect(page.get_by_text("You rated us 5 of 5")).to_be_visible()
    await window.look("portal-rated")
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]
    await page.goto(page.url.split("#", maxsplit=1)[0])
    await window.look("portal")
    assert number in await page.locator("main").inner_text()


async def test_a_contact_s_mails_and_her_words_in_the_portal_are_one_case(
    town: Town, chromium: Browser, shots: Path
) -> None:
    first = _mail(town, "Card terminal declines every second payment")
    first.set_content("Since this morning every second payment is declined.\n")
    await town.receive(first.as_bytes())
    async with a_window(chromium, town.hosts, shots, PHONE) as maya:
        page = maya.page
        await maya.sign_in(town.bank, "maya")
        await page.goto(f"{town.bank.url.rstrip('/')}/cases")
        await page.get_by_role("link", name="Card terminal declines").click()
        thread = page.locator("#thread")
        await page.get_by_label("Your message").fill("It is the terminal at the counter, T-4471.")
        await page.locator("#write").get_by_role("button", name="Send").click()
        await expect(thread).to_contain_text("T-4471")

        reply = _mail(town, f"Re: {first['Subject']}")
        reply["In-Reply-To"] = reply["References"] = first["Message-ID"]
        reply.set_content("It says error 51.\n\n> Since this morning every second payment\n")
        await town.receive(reply.as_bytes())
        await expect(thread).to_contain_text("It says error 51.")
        await expect(page.locator("main")).to_contain_text("every second payment is declined")
        await maya.look("portal-mail-and-words")
        await page.goto(f"{town.bank.url.rstrip('/')}/cases")
        await expect(page.locator("main").get_by_role("link", name="Card terminal")).to_have_count(
            1
        )
        await maya.look("portal-one-case")


def _mail(town: Town, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Maya Lindqvist <{town.bank.person('maya')['email']}>"
    message["To"] = f"business@{town.bank.slug}.example"
    message["Subject"] = subject
    message["Message-ID"] = f"<{uuid4().hex}@quayside.example>"
    return message


async def test_one_tenant_s_flood_does_not_delay_the_other_s_offer(
    town: Town, chromium: Browser, shots: Path
) -> None:
    async with a_window(chromium, town.hosts, shots, DESK) as dev:
        await dev.sign_in(town.bank, "dev")
        await _sit_down(dev.page)
        flood = asyncio.create_task(town.flood(FLOOD))
        await asyncio.sleep(0.3)
        await town.bank.admin.create(
            "cases",
            subject="Overdraft limit for December",
            account_id=town.bank.ids["account"],
            channel="portal",
        )
        await _is_offered(dev.page, "Overdraft limit for December", seconds=10)
        assert await flood == FLOOD
        await dev.look("desk-in-the-flood")
        folded = dev.page.locator(".more-offers:not([open]) > summary")
        if await folded.count():
            await folded.click()
        offer = dev.page.locator(".offer").filter(has_text="Overdraft limit for December")
        await offer.get_by_role("button", name="Accept").click()
        await expect(dev.page.get_by_role("heading", level=1)).to_contain_text("Overdraft limit")


async def test_the_neighbour_s_admin_finds_nothing_at_the_telecom_s_addresses(
    town: Town, chromium: Browser, shots: Path
) -> None:
    page_of_cases = await town.telecom.admin.get("/api/v1/cases", limit="1")
    case = page_of_cases["data"][0]
    async with a_window(chromium, town.hosts, shots, DESK, refusals=(404, 401, 422)) as rosa:
        page = rosa.page
        await rosa.sign_in(town.bank, "admin")
        noor = town.telecom.ids["noor"]
        for place in (f"/cases/{case['id']}", f"/customers/consumers/{noor}"):
            answer = await page.goto(f"{town.bank.url.rstrip('/')}/workspace{place}")
            assert answer is not None
            assert answer.status == 404
            await expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
            assert case["subject"] not in await page.content()
        await rosa.look("nothing-here")

        await page.goto(f"{town.telecom.url.rstrip('/')}/workspace/cases/{case['number']}")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        await page.get_by_label("Email").fill(town.bank.person("admin")["email"])
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.get_by_label("Password")).to_be_visible()
        await rosa.look("not-let-in")
