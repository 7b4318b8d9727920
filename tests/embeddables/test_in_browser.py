"""The components on somebody else's page: another origin, a strict policy, a narrow column."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from embeddables.demo_site import Shop, create_shop
from tests.embeddables.shop import an_article
from tests.portals.screen import SHOTS, Server, chromium, server
from tests.world import Actor, Tenant, World

pytestmark = [pytest.mark.browser]
__all__ = ["chromium", "server"]


@dataclass
class Street:
    """A shop that serves, its tenant, and a customer of both."""

    url: str
    tenant: Tenant
    noor: Actor
    module: Any


@contextlib.asynccontextmanager
async def serving(shop_of: Any, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(create_shop(shop_of), log_config=None, timeout_graceful_shutdown=1)
    serving = uvicorn.Server(config)
    serving.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(serving.serve(sockets=[listening]))
    while not serving.started:  # noqa: ASYNC110 - the server tells nobody else
        await asyncio.sleep(0.01)
    yield
    serving.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest_asyncio.fixture
async def street(world: World, server: Server) -> AsyncIterator[Street]:
    tenant = await world.tenant("Northlight")
    noor = await tenant.consumer()
    admin = tenant.admin
    consumer = await admin.read("consumers", noor.caller.attributes["consumer_id"])
    model = await admin.do("product_models.create", name="Aurora", code="AUR", kind="hardware")
    await admin.do(
        "sold_products.create",
        name="Aurora Fibre Router",
        product_model_id=str(model["id"]),
        consumer_id=str(consumer["id"]),
        serial_number="AUR-55-0192",
    )
    await an_article(
        tenant,
        "Restart the router",
        "Hold the button for **ten seconds**.\n\n1. Wait\n2. Look at the light\n\n"
        "| Light | Means |\n|---|---|\n| green | well |\n",
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://shop.localhost:{listening.getsockname()[1]}"
        module = await admin.do(
            "modules.create",
            name="Web shop",
            origins=[url],
            theme={"accent": "#0c6b62", "radius": "8px"},
            components={
                "case_create": {"anonymous": True},
                "chat": {"anonymous": True},
                "survey": {},
            },
        )
        shop = Shop(
            server.url(tenant, ""), module.key, module.secret, consumer["email"], "Noor Haddad"
        )
        async with serving(lambda: shop, listening):
            yield Street(url, tenant, noor, module)


@contextlib.asynccontextmanager
async def looking(chromium: Browser, street: Street, **options: Any) -> AsyncIterator[Page]:
    """A window on the shop; ends with a look at what the console and the policy said."""
    context = await chromium.new_context(**({"locale": "en-GB"} | options))
    page = await context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    await page.goto(street.url)
    await expect(page.locator("atrium-case-create").get_by_role("button").first).to_be_visible()
    try:
        yield page
    finally:
        cookies = await context.cookies()
        await context.close()
    assert complaints == []
    assert {cookie["name"] for cookie in cookies} <= {"shop_reader"}


async def inspect(page: Page, name: str) -> list[str]:
    """What is wrong with the page at three widths, light and dark."""
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for width in (280, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            place = f"{name}-{scheme}-{width}"
            found = await Axe().run(page)
            wrong += [f"{place}: {v['id']} {v['nodes'][0]['html'][:200]}"
                      for v in found.response["violations"]]  # fmt: skip
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{place}: scrolls sideways")
            if folder := os.environ.get(SHOTS):
                await page.screenshot(path=Path(folder) / f"{place}.png", full_page=True)
    return wrong


async def test_a_known_customer_finds_no_answer_and_asks_with_the_page_s_device(
    street: Street, chromium: Browser
) -> None:
    async with looking(chromium, street) as page:
        await page.get_by_role("button", name="Sign in").click()
        search = page.locator("atrium-knowledge-search")
        form = page.locator("atrium-case-create")
        await expect(form.get_by_text("Sent as Noor Haddad")).to_be_visible()
        await expect(form.get_by_label("What is it about?")).to_have_value(
            str((await street.noor.list("sold_products"))[0]["id"])
        )
        await search.get_by_role("searchbox").fill("evening outage")
        await expect(search.get_by_text("Nothing on")).to_be_visible()
        assert await inspect(page, "known") == []
        await search.get_by_role("button", name="Ask us").click()
        await expect(form.get_by_label("In one line")).to_have_value("evening outage")
        await form.get_by_label("What happened?").fill("From six to eight it is gone.")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_text("We have it: CS")).to_be_visible()
        assert await inspect(page, "sent") == []
    (case,) = await street.noor.list("cases")
    assert (case["subject"], case["channel"]) == ("evening outage", "widget")
    assert case["product_context"]["serial_number"] == "AUR-55-0192"
    assert case["product_context"]["page_url"] == f"{street.url}/"
    assert case["sold_product_id"] is not None


async def test_a_customer_whose_case_was_solved_is_asked_on_the_page_and_answers(
    street: Street, chromium: Browser
) -> None:
    admin = street.tenant.admin
    await admin.do(
        "surveys.create",
        name="After every case",
        title="How did we do?",
        questions=[
            {"key": "fast", "text": "Was it fast?", "kind": "yes_no", "required": True},
            {"key": "place", "text": "Where did you ask?", "kind": "choice", "choices": ["Shop"]},
        ],
    )
    case = await street.noor.do("cases.create", subject="No light")
    await admin.do("cases.start", case["id"])
    await admin.do("cases.resolve", case["id"], resolution="Changed the fuse")
    await street.tenant.world.work(street.tenant)
    async with looking(chromium, street) as page:
        survey = page.locator("atrium-survey")
        assert await survey.evaluate("(each) => each.offsetHeight") == 0
        await page.get_by_role("button", name="Sign in").click()
        await expect(survey.get_by_text(f"About {case['number']}, No light")).to_be_visible()
        await survey.get_by_role("button", name="Send").click()
        await expect(survey.get_by_text("Choose one")).to_have_count(2)
        assert await inspect(page, "survey") == []
        await survey.get_by_text("5", exact=True).click()
        await survey.get_by_label("Was it fast?").select_option("Yes")
        await survey.get_by_label("What should we know?").fill("Kind people")
        await survey.get_by_role("button", name="Send").click()
        await expect(survey.get_by_text("Thank you. We read it.")).to_be_focused()
    (said,) = await admin.list("survey_answers")
    assert (said["score"], said["answers"], said["door"]) == (5, {"fast": True}, "widget")


async def test_a_stranger_reads_an_answer_in_place_and_says_it_helped(
    street: Street, chromium: Browser
) -> None:
    async with looking(chromium, street) as page:
        search = page.locator("atrium-knowledge-search")
        await search.get_by_role("searchbox").fill("restart")
        await search.get_by_role("button", name="Restart the router").click()
        await expect(search.get_by_role("heading", name="Restart the router")).to_be_focused()
        assert await inspect(page, "article") == []
        await search.get_by_role("button", name="Yes").click()
        await expect(search.get_by_text("Thank you, noted.")).to_be_visible()
    (said,) = await street.tenant.admin.list("article_feedback")
    assert (said["helpful"], said["profile_id"]) == (True, None)


async def test_a_stranger_who_forgets_something_loses_nothing(
    street: Street, chromium: Browser
) -> None:
    async with looking(chromium, street) as page:
        form = page.locator("atrium-case-create")
        await form.get_by_label("In one line").fill("No light")
        await form.get_by_label("Email").fill("kim")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_text("Write it like name@example.com")).to_be_visible()
        await expect(form.get_by_label("Your name")).to_be_focused()
        assert await inspect(page, "faults") == []
        await form.get_by_label("Your name").fill("Kim Ode")
        await form.get_by_label("Email").fill("kim@example.com")
        await form.get_by_label("What happened?").fill("Dark since Thursday.")
        await form.get_by_label("What happened?").press("Tab")
        await page.keyboard.press("Enter")
        await expect(form.get_by_text("We have it: CS")).to_be_visible()
    (case,) = await street.tenant.admin.list("cases")
    assert (case["subject"], case["product_context"]["identity"]) == ("No light", "unverified")


async def test_a_site_that_takes_no_strangers_says_so_and_leaves_a_way_on(
    street: Street, chromium: Browser
) -> None:
    await street.tenant.admin.do(
        "modules.update", street.module.id, components={}, locale="de", theme={"mode": "dark"}
    )
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(street.url)
    form = page.locator("atrium-case-create")
    await expect(form.get_by_text("Melden Sie sich auf dieser Seite an")).to_be_visible()
    await expect(form.get_by_role("link", name="Write to our help desk")).to_be_visible()
    assert await inspect(page, "closed") == []
    await context.close()


async def test_a_page_that_is_not_the_module_s_gets_nothing(
    street: Street, chromium: Browser
) -> None:
    await street.tenant.admin.do(
        "modules.update", street.module.id, origins=["https://shop.example.com"]
    )
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(street.url)
    for tag in ("atrium-knowledge-search", "atrium-case-create"):
        link = page.locator(tag).get_by_role("link", name="Write to our help desk")
        await expect(link).to_be_visible()
        assert await page.locator(tag).get_by_role("textbox").count() == 0
    await context.close()
