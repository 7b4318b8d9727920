"""The chat on somebody else's page: both sides live, several tabs, a reload, a narrow window."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.embeddables.test_in_browser import Street, inspect, looking, street
from tests.portals.screen import chromium, server
from tests.world import Actor

pytestmark = [pytest.mark.browser]
__all__ = ["chromium", "server", "street"]


def chat_of(page: Page) -> Locator:
    return page.locator("atrium-chat")


async def an_agent(street: Street) -> Actor:
    return await street.tenant.member("agent_b2c", name="Jonas Reuter")


async def the_talk(street: Street) -> dict[str, Any]:
    (talk,) = await street.tenant.admin.list("interactions", state="open")
    return talk


async def kept_by(page: Page) -> dict[str, str]:
    found: dict[str, str] = await page.evaluate("({ ...localStorage })")
    return found


async def test_a_stranger_talks_to_an_agent_over_reloads_and_tabs(
    street: Street, chromium: Browser
) -> None:
    agent = await an_agent(street)
    async with looking(chromium, street) as page:
        chat = chat_of(page)
        other = await page.context.new_page()
        await other.goto(street.url)
        await expect(chat_of(other).get_by_role("button", name="Chat with us")).to_be_visible()
        await chat.get_by_role("button", name="Chat with us").focus()
        await page.keyboard.press("Enter")
        assert await kept_by(page) == {}
        await expect(chat.get_by_label("Your name")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.type("The light is red")
        await page.keyboard.press("Enter")
        await expect(chat.get_by_text("Tell us your name first")).to_be_visible()
        assert await inspect(page, "chat-asked") == []
        await expect(chat.get_by_label("Your name")).to_be_focused()
        await page.keyboard.type("Kim Ode")
        await page.keyboard.press("Enter")
        log = chat.get_by_role("log", name="Messages")
        await expect(log).to_contain_text("The light is red")
        await expect(chat.get_by_text("Someone joins you soon.")).to_be_visible()
        await expect(chat.get_by_label("Your name")).to_be_hidden()
        await expect(chat.get_by_label("Your message")).to_have_value("")

        talk = await the_talk(street)
        assert (talk["customer_name"], talk["channel"]) == ("Kim Ode", "widget")
        await agent.do("interactions.say", talk["id"], body="Since when?\nAnd which light?")
        await expect(log).to_contain_text("And which light?")
        await expect(chat.get_by_text("You are talking with Jonas Reuter.")).to_be_visible()
        await chat.get_by_label("Your message").fill("Since noon.\nThe left one.")
        await chat.get_by_role("button", name="Send").click()
        await expect(log).to_contain_text("Since noon.")
        assert await inspect(page, "chat-talking") == []

        # The other tab was there before; it knows of the chat and of what is said in it.
        await expect(chat_of(other).get_by_role("button", name="Chat with us")).to_be_visible()
        await agent.do("interactions.say", talk["id"], body="Hold the button.")
        await expect(chat_of(other).get_by_role("button", name="1 new")).to_be_visible()
        await chat_of(other).get_by_role("button", name="1 new").click()
        await expect(chat_of(other).get_by_role("log")).to_contain_text("The light is red")
        await expect(chat_of(other).get_by_role("log")).to_contain_text("Hold the button.")

        await page.reload()
        await expect(log).to_contain_text("The light is red")
        await expect(log).to_contain_text("Hold the button.")
        assert await log.locator(".said").count() == 4
        await expect(chat.get_by_label("Your name")).to_be_hidden()
        await agent.do("interactions.say", talk["id"], body="Better?")
        await expect(log).to_contain_text("Better?")
        # A page that opens with the chat leaves the focus to its reader.
        for visible in (False, True):
            await chat.get_by_role("button", name="Chat with us").click()
            await expect(log).to_be_visible(visible=visible)
        await expect(chat.get_by_label("Your message")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(log).to_be_hidden()
        await expect(chat.get_by_role("button", name="Chat with us")).to_be_focused()
        await agent.do("interactions.say", talk["id"], body="Are you there?")
        await expect(chat.get_by_role("button", name="1 new")).to_be_visible()
        assert await inspect(page, "chat-news") == []

        await chat.get_by_role("button", name="1 new").click()
        await chat.get_by_role("button", name="End the chat").click()
        await expect(chat.get_by_text("This chat is over.")).to_be_visible()
        await expect(chat_of(other).get_by_text("This chat is over.")).to_be_visible()
        assert await kept_by(page) == {}
        await page.reload()
        await expect(chat.get_by_text("Write your question")).to_be_visible()
        await expect(chat.get_by_role("log")).not_to_contain_text("The light is red")
        await other.close()


async def test_a_known_customer_is_not_asked_who_they_are(
    street: Street, chromium: Browser
) -> None:
    agent = await an_agent(street)
    async with looking(chromium, street) as page:
        await page.get_by_role("button", name="Sign in").click()
        chat = chat_of(page)
        await chat.get_by_role("button", name="Chat with us").click()
        await expect(chat.get_by_text("Write your question")).to_be_visible()
        await expect(chat.get_by_label("Your name")).to_be_hidden()
        await chat.get_by_label("Your message").fill("No internet")
        await chat.get_by_label("Your message").press("Enter")
        await expect(chat.get_by_role("log")).to_contain_text("No internet")
        talk = await the_talk(street)
        assert talk["consumer_id"] == street.noor.caller.attributes["consumer_id"]
        assert "atrium.visitor" not in str(await kept_by(page))
        await page.reload()
        await expect(chat.get_by_role("log")).to_contain_text("No internet")
        await agent.do("interactions.say", talk["id"], body="I look.")
        await expect(chat.get_by_role("log")).to_contain_text("I look.")
        await agent.do("interactions.close", talk["id"])
        await expect(chat.get_by_text("This chat is over.")).to_be_visible()
        # What is written now begins another one, and the one before is no longer on show.
        await chat.get_by_label("Your message").fill("Gone again")
        await chat.get_by_label("Your message").press("Enter")
        await expect(chat.get_by_role("log")).not_to_contain_text("I look.")
        await expect(chat.get_by_role("log")).to_contain_text("Gone again")
        # Signed out, the page is a stranger's and shows nothing of it.
        await page.get_by_role("button", name="Sign out").click()
        await expect(chat.get_by_label("Your name")).to_be_visible()
        await expect(chat.get_by_role("log")).not_to_contain_text("Gone again")


async def test_the_chat_stands_in_the_page_where_the_site_wants_it_and_in_its_language(
    street: Street, chromium: Browser
) -> None:
    await street.tenant.admin.do("modules.update", street.module.id, locale="de")
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(street.url)
    await expect(chat_of(page).get_by_role("button", name="Mit uns chatten")).to_be_visible()
    await page.evaluate(
        """() => { const made = document.createElement("atrium-chat");
        made.setAttribute("module", document.querySelector("atrium-chat").getAttribute("module"));
        made.setAttribute("inline", ""); document.querySelector("atrium-chat").remove();
        document.querySelector("main").prepend(made); }"""
    )
    chat = chat_of(page)
    await expect(chat.get_by_text("Schreiben Sie Ihre Frage")).to_be_visible()
    await chat.get_by_label("Ihr Name").fill("Kim")
    await chat.get_by_label("Ihre Nachricht").fill("Das Licht ist rot")
    await chat.get_by_role("button", name="Senden").click()
    await expect(chat.get_by_role("log")).to_contain_text("Das Licht ist rot")
    assert await inspect(page, "chat-inline") == []
    await context.close()


async def test_a_site_whose_chat_is_for_its_customers_says_so(
    street: Street, chromium: Browser
) -> None:
    await street.tenant.admin.do("modules.update", street.module.id, components={"chat": {}})
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(street.url)
    chat = chat_of(page)
    await chat.get_by_role("button", name="Chat with us").click()
    await expect(chat.get_by_text("Sign in on this site to write to us.")).to_be_visible()
    assert await chat.get_by_role("textbox").count() == 0
    await context.close()
