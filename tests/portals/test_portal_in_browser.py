"""The portal as people use it: a real Chromium, the real application, its live updates."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tenants.people.invitations import make_invitation
from tenants.people.resources import users
from tests.portals.browsing import a_product, an_article
from tests.portals.screen import Screen, Server, session_of, window
from tests.world import PASSWORD, Actor, Tenant, World

pytestmark = [pytest.mark.browser]


async def furnished(world: World) -> tuple[Tenant, Actor]:
    """A tenant with answers, and a contact who owns a product."""
    tenant = await world.tenant()
    maya = await tenant.contact(await tenant.account("Harbour Dental Group"))
    await a_product(tenant, account_id=maya.caller.attributes["account_id"])
    await an_article(
        tenant,
        "Why is it slow in the evening?",
        "Between six and nine many people share the line.\n\n## Try this\n\n"
        "1. Move the router off the floor.\n2. Measure with a `cable`.\n\n"
        "| Time | Speed |\n|---|---|\n| 8:00 | 900 |\n| 19:00 | 310 |\n",
    )
    await an_article(tenant, "Measure your line", "Use a cable and measure three times.")
    return tenant, maya


async def signed_in(screen: Screen, actor: Actor, tenant: Tenant) -> None:
    await screen.act_as(await session_of(actor, tenant))


async def choose_password(tenant: Tenant, actor: Actor) -> str:
    """An invitation for the person; answers its key."""
    async with tenant.world.services.system(tenant.id, reason="test") as ctx:
        user = await ctx.find(users, actor.caller.user_id)
        user.state = "invited"
        await ctx.save(user)
        return (await make_invitation(ctx, user))[1]


async def test_from_invitation_to_rating(
    world: World, server: Server, chromium: Browser, tmp_path: Path
) -> None:
    tenant, maya = await furnished(world)
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    key = await choose_password(tenant, maya)
    picture = tmp_path / "router.png"
    picture.write_bytes(b"\x89PNG not really")
    async with window(chromium, server, tenant) as screen:
        page = screen.page
        await screen.open(f"/invite?token={key}")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Accept the invitation").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Maya")
        await page.get_by_text("Your account").first.evaluate("e => e.closest('summary').click()")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("link", name="Sign in").click()
        email = (await tenant.admin.read("contacts", maya.caller.attributes["contact_id"]))["email"]
        await page.get_by_label("Email").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()

        await page.get_by_role("searchbox").press_sequentially("slow evening", delay=20)
        await expect(page.locator("#found")).to_contain_text("Why is it slow in the evening?")
        await page.get_by_role("link", name="Why is it slow in the evening?").click()
        await page.get_by_role("button", name="No", exact=True).click()
        await expect(page.get_by_text("Thank you, that helps us to improve it")).to_be_visible()
        await page.get_by_role("link", name="Ask us").click()

        await page.get_by_label("Fibre 900 Business").check()
        await page.get_by_label("What happened?").fill("It drops around seven.")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("We have it and write to you.")
        number = page.url.rpartition("/")[2].partition("?")[0]
        assert re.fullmatch(r"CS\d+", number)
        await expect(page.locator("#standing")).to_contain_text("You have a solution by")

        await page.get_by_label("Your message").fill("A picture of the light.")
        await page.set_input_files("#files", picture)
        await expect(page.locator("[data-files]")).to_contain_text("router.png")
        await page.locator("#write").get_by_role("button", name="Send").click()
        thread = page.locator("#thread")
        await expect(thread).to_contain_text("A picture of the light.")
        await expect(thread).to_contain_text("router.png")
        await expect(page.get_by_label("Your message")).to_have_value("")
        async with page.expect_download() as download:
            await thread.get_by_role("link", name="router.png").click()
        assert (await (await download.value).path()).read_bytes() == picture.read_bytes()

        await agent.do("cases.start", number)
        await agent.do("cases.comment", number, body="We see it. One moment.")
        await expect(thread).to_contain_text("We see it. One moment.")
        await expect(page.locator("#standing")).to_contain_text("Jonas Reuter is working on it")
        await agent.do("cases.resolve", number, resolution="We put the software back.")
        await expect(page.locator("#standing")).to_contain_text("Check whether it works")

        await page.reload()
        await page.get_by_text("Very well").click()
        await page.get_by_label("What should we keep or change?").fill("Quick")
        await page.get_by_role("button", name="Send rating").click()
        await expect(page.get_by_text("You rated us 5 of 5")).to_be_visible()
        (case,) = await tenant.admin.list("cases")
        assert (case["rating"], case["rating_comment"]) == (5, "Quick")


async def test_what_was_typed_outlives_a_session_that_ended(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant, maya = await furnished(world)
    case = await maya.do("cases.create", subject="Slow", description="Very")
    async with window(chromium, server, tenant) as screen:
        await signed_in(screen, maya, tenant)
        await screen.open(f"/cases/{case['number']}")
        await screen.page.get_by_label("Your message").fill("Not to be lost")
        await tenant.admin.do("users.sign_out_everywhere", maya.caller.user_id)
        await screen.page.locator("#write").get_by_role("button", name="Send").click()
        await expect(screen.page.get_by_role("alert")).to_contain_text("You are signed out")
        await expect(screen.page.get_by_label("Your message")).to_have_value("Not to be lost")


async def test_chat_answers_appear_while_one_waits(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant, maya = await furnished(world)
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    async with window(chromium, server, tenant) as screen:
        page = screen.page
        await signed_in(screen, maya, tenant)
        await screen.open("/chat")
        await page.get_by_label("Your message").fill("Is the line down?")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#thread")).to_contain_text("Someone joins you soon.")
        (talk,) = await tenant.admin.list("interactions")
        await agent.do("interactions.say", talk["id"], body="It is up again.")
        await expect(page.locator("#thread")).to_contain_text("It is up again.")
        await expect(page.locator("#thread")).to_contain_text("You are talking with Jonas Reuter.")
        await page.get_by_label("Your message").fill("Thanks!")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.locator("#thread")).to_contain_text("Thanks!")
        await page.get_by_role("button", name="End the chat").click()
        await expect(page.locator("#thread")).to_contain_text("This chat is over.")


async def test_pages_load_nothing_from_elsewhere_and_do_not_jump(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant, maya = await furnished(world)
    number = (await maya.do("cases.create", subject="Slow", description="x"))["number"]
    asked: list[str] = []
    async with window(chromium, server, tenant) as screen:
        screen.page.on("request", lambda request: asked.append(request.url))
        await signed_in(screen, maya, tenant)
        for path in ("/", "/cases", f"/cases/{number}", "/products", "/search?q=slow"):
            await screen.open(path)
            await screen.page.wait_for_timeout(500)
            shift = await screen.page.evaluate(_SHIFT)
            assert shift <= 0.05, (path, shift)
    assert {url.split("/")[2] for url in asked} == {f"{tenant.slug}.localhost:{server.port}"}


_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""


async def test_everything_works_without_a_script(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant, maya = await furnished(world)
    async with window(chromium, server, tenant, java_script_enabled=False) as screen:
        page = screen.page
        await signed_in(screen, maya, tenant)
        await screen.open("/")
        await page.get_by_role("searchbox").fill("slow")
        await page.get_by_role("button", name="Find answers").click()
        await expect(page.locator("#found")).to_contain_text("Why is it slow in the evening?")
        await page.get_by_role("link", name="Ask us").click()
        await page.get_by_label("What happened?").fill("It drops.")
        await page.get_by_role("button", name="Send", exact=True).click()
        await page.get_by_label("Your message").fill("One more thing.")
        await page.locator("#write").get_by_role("button", name="Send").click()
        await expect(page.locator("#thread")).to_contain_text("One more thing.")
        await page.get_by_role("button", name="Deutsch").click()
        await expect(page.locator("html")).to_have_attribute("lang", "de")


async def test_every_page_is_sound_at_every_width_and_in_both_looks(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant, maya = await furnished(world)
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    key = await choose_password(tenant, await tenant.contact(name="Nia Okafor"))
    number = (await maya.do("cases.create", subject="Internet drops every evening at the practice",
                            description="Since last Thursday."))["number"]  # fmt: skip
    await agent.do("cases.start", number)
    await agent.do("cases.comment", number, body="Your line tests clean.\n\nWhat time suits you?")
    await agent.do("cases.wait", number)
    solved = (await maya.do("cases.create", subject="Add a seat", description="x"))["number"]
    await agent.do("cases.resolve", solved, resolution="We put the previous software back.")
    await maya.do("interactions.start_chat", body="Is the line down?")
    (article, *_) = await tenant.admin.list("articles", sort="number")
    public = {
        "visitor": "/", "signin": "/signin", "forgot": "/forgot", "reset": "/reset?token=x",
        "invite": f"/invite?token={key}", "missing": "/no/such/page",
    }  # fmt: skip
    own = {
        "home": "/", "search": "/search?q=slow+evening", "search-none": "/search?q=zebra",
        "article": f"/knowledge/{article['number']}", "cases": "/cases",
        "cases-none": "/cases?q=zebra", "case-new": "/cases/new?subject=slow+evening",
        "chat": "/chat", "case": f"/cases/{number}", "case-solved": f"/cases/{solved}",
        "products": "/products",
    }  # fmt: skip
    wrong: list[str] = []
    async with window(chromium, server, tenant) as screen:
        for name, path in public.items():
            await screen.open(path)
            wrong += await screen.inspect(name)
        await screen.open("/signin")
        await screen.page.locator("form[action='/signin']").evaluate(
            "form => { form.noValidate = true; form.requestSubmit() }"
        )
        await screen.page.wait_for_selector(".error-summary")
        wrong += await screen.inspect("signin-faults")
        await signed_in(screen, maya, tenant)
        for name, path in own.items():
            await screen.open(path)
            wrong += await screen.inspect(name)
    async with window(chromium, server, tenant, locale="de-DE") as screen:
        for name in ("visitor", "signin"):
            await screen.open(public[name])
            await expect(screen.page.locator("html")).to_have_attribute("lang", "de")
            wrong += await screen.inspect(f"{name}-de")
        await signed_in(screen, maya, tenant)
        await screen.open("/")
        await screen.page.get_by_role("button", name="Deutsch").click()
        for name in ("home", "case", "case-solved", "products", "chat"):
            await screen.open(own[name])
            wrong += await screen.inspect(f"{name}-de")
    assert wrong == []
