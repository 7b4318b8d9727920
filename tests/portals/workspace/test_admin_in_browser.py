"""The desk and the admin area in a real browser: an agent's walk, an admin's morning, the looks."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.portals.screen import Screen, Server, session_of, window
from tests.portals.workspace.furnishing import Desk, a_desk, starts_as
from tests.world import Actor, World

pytestmark = [pytest.mark.browser]

ACT = {"do": "act", "action": "cases.note", "body": {"body": "{{ record.number }} waits"}}
QUESTIONS = [
    {"name": "seats", "label": "How many seats?", "kind": "integer"},
    {"name": "why", "label": "What for?", "kind": "text", "visible_when": "answers.seats > 10"},
]


async def an_admin(desk: Desk) -> Actor:
    ada = await desk.tenant.member("admin", name="Ada Admin")
    await starts_as(ada, desk.tenant)
    return ada


async def what_representatives_get(admin: Actor) -> dict[str, Any]:
    """What the representatives of a company may do with its cases."""
    rows = await admin.list("access_configurations", resource="cases", expand="responsibility")
    return next(r for r in rows if r["responsibility"]["key"] == "account_representative")


async def sit_down(screen: Screen, actor: Actor, path: str) -> Page:
    await screen.act_as(await session_of(actor, screen.tenant))
    await screen.open(path)
    return screen.page


async def test_agent_walks_from_account_to_contact_to_household_to_product_and_asks_why(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    consumer = desk.owen.caller.attributes["consumer_id"]
    household = await desk.tenant.admin.do("households.create", name="Pryce")
    await desk.tenant.admin.do("households.join", household["id"], consumer_id=str(consumer))
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, desk.jonas, "/workspace/customers/accounts")
        await page.get_by_role("link", name="Harbour Dental Group").first.click()
        await page.get_by_role("link", name="Maya Lindqvist").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Maya Lindqvist")
        await page.get_by_role("link", name="Harbour Dental Group").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Dental Group")
        await screen.open("/workspace/customers/households")
        await page.get_by_role("link", name="Pryce").first.click()
        await page.get_by_role("link", name="Owen Pryce").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Owen Pryce")
        await page.get_by_role("link", name="Products", exact=True).first.click()
        await page.get_by_role("link", name="Fibre 900 Business").first.click()
        await page.get_by_role("link", name="Access", exact=True).click()
        await expect(page.get_by_role("main")).to_contain_text("By the role agent b2b")


async def test_admin_shapes_a_responsibility_and_sees_who_gains_before_saving(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    admin = desk.tenant.admin
    given = await what_representatives_get(admin)
    async with window(chromium, server, desk.tenant) as screen:
        path = f"/admin/access_configurations/{given['id']}/edit"
        page = await sit_down(screen, await an_admin(desk), path)
        row = page.locator(".composed").filter(has_text="Conditions")
        await row.get_by_label("Field").select_option("state")
        await row.get_by_label("Resolved", exact=True).check()
        await page.get_by_role("button", name="See what it would do").click()
        effects = page.get_by_role("region", name="What it would do")
        await expect(effects).to_be_visible()
        kept = await admin.read("access_configurations", given["id"])
        assert kept["conditions"] == {}
        await page.get_by_role("button", name="Save").last.click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        kept = await admin.read("access_configurations", given["id"])
        assert kept["conditions"] == {"state": ["resolved"]}


async def test_admin_imports_a_file_with_a_faulty_row(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, await an_admin(desk), "/admin/imports")
        await page.get_by_role("main").get_by_role("link", name="New").click()
        content = b"name,code\nLeith Dental,L1\n,L2\n"
        await page.get_by_label("File", exact=True).set_input_files(
            {"name": "new.csv", "mimeType": "text/csv", "buffer": content}
        )
        await page.get_by_label("Kind of record").select_option("accounts")
        await page.get_by_label("Format").select_option("csv")
        await page.get_by_role("button", name="Save").last.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
        await world.work(desk.tenant)
        await page.reload()
        rows = page.get_by_role("region", name="Rows that were refused")
        await expect(rows).to_contain_text("L2")
        await expect(page.get_by_role("link", name="Download").first).to_be_visible()


async def test_admin_defines_a_calendar_row_by_row_and_tries_an_automation(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    await world.work(desk.tenant, rounds=60)
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, await an_admin(desk), "/admin/calendars/new")
        await page.get_by_label("Name", exact=True).fill("Branch")
        await page.get_by_label("Time zone").fill("Europe/London")
        hours = page.locator('[id="hours"]')
        await hours.get_by_role("button", name="One more").click()
        await expect(hours.locator("> .line")).to_have_count(2)
        for number, day in enumerate(("monday", "friday")):
            line = hours.locator("> .line").nth(number)
            await line.get_by_label("Weekday").select_option(day)
            await line.get_by_label("From").fill("09:00")
            await line.get_by_label("Until").fill("17:00")
        await page.get_by_role("button", name="Save").last.click()
        await page.get_by_role("link", name="Next deadlines").click()
        deadlines = page.get_by_role("region", name="Deadlines")
        await expect(deadlines.locator("tbody tr")).to_have_count(10)

        made = await desk.tenant.admin.do(
            "automations.create", key="chase", name="Chase", event_types=["cases.*"],
            steps=[ACT], active=False,
        )  # fmt: skip
        await screen.open(f"/admin/automations/{made['id']}?tab=try")
        await page.get_by_role("button", name="Try it").click()
        await expect(page.get_by_role("region", name="Events")).to_contain_text("Cases: ")
        runs = await desk.tenant.admin.list("automation_runs", automation_id=str(made["id"]))
        assert runs == []


async def test_admin_answers_in_the_sample_of_a_form_while_writing_it(
    world: World, server: Server, chromium: Browser
) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    catalog = await admin.do("catalogs.create", name="Services")
    item = await admin.do(
        "catalog_items.create", catalog_id=str(catalog["id"]), name="Seats", form=QUESTIONS
    )
    ada = await tenant.member("admin", name="Ada Admin")
    await starts_as(ada, tenant)
    async with window(chromium, server, tenant) as screen:
        page = await sit_down(screen, ada, f"/admin/catalog_items/{item['id']}/edit")
        sample = page.locator(".sample .sheet")
        await expect(sample).not_to_contain_text("What for?")
        await sample.get_by_label("How many seats?").fill("12")
        await expect(sample).to_contain_text("What for?")
        await page.locator('[id="form.1.label"]').fill("Which team?")
        await expect(sample).to_contain_text("Which team?")
        await expect(sample.get_by_label("How many seats?")).to_have_value("12")
        await page.locator('[id="form.1.visible_when"]').fill("answers.colour > 1")
        fault = page.locator(".sample").get_by_role("link")
        await expect(fault).to_have_attribute("href", "#form.1.visible_when")
    kept = await admin.read("catalog_items", item["id"])
    assert kept["version"] == item["version"]


async def test_every_place_is_in_the_menu_of_a_phone(
    world: World, server: Server, chromium: Browser
) -> None:
    desk = await a_desk(world)
    async with window(chromium, server, desk.tenant) as screen:
        page = await sit_down(screen, await an_admin(desk), "/workspace")
        await page.set_viewport_size({"width": 360, "height": 800})
        places = {"Products": "/workspace/products", "Knowledge": "/workspace/knowledge"}
        for place, address in (places | {"Admin": "/admin"}).items():
            await page.locator(".rail .more > details > summary").click()
            await (
                page.get_by_role("navigation", name="More places")
                .get_by_role("link", name=place, exact=True)
                .click()
            )
            await page.wait_for_url(f"**{address}**")


async def pages_of(desk: Desk) -> dict[str, str]:
    """Pages of every sort in the admin area, by name."""
    admin = desk.tenant.admin
    given = await what_representatives_get(admin)
    role = await admin.do(
        "roles.create", name="clerk", title="Clerk", audience="staff",
        grants=[{"resource": "cases", "verbs": ["read"], "path": "assigned"}],
    )  # fmt: skip
    (calendar, *_) = await admin.list("calendars")
    made = await admin.do(
        "automations.create", key="chase", name="Chase", event_types=["cases.*"], steps=[ACT]
    )
    catalog = await admin.do("catalogs.create", name="Services")
    item = await admin.do(
        "catalog_items.create", catalog_id=str(catalog["id"]), name="Seats", form=QUESTIONS
    )
    return {
        "item": f"/admin/catalog_items/{item['id']}/edit",
        "start": "/admin", "role": f"/admin/roles/{role['id']}",
        "role-edit": f"/admin/roles/{role['id']}/edit",
        "given": f"/admin/access_configurations/{given['id']}/edit",
        "standard": "/admin/standard-roles", "settings": "/admin/settings",
        "calendar": f"/admin/calendars/{calendar['id']}/edit",
        "deadlines": f"/admin/calendars/{calendar['id']}?tab=deadlines",
        "automation": f"/admin/automations/{made['id']}/edit",
        "try": f"/admin/automations/{made['id']}?tab=try", "import": "/admin/imports/new",
        "type": "/admin/case_types/new", "field": "/admin/custom_fields/new",
        "users": "/admin/users", "automations": "/admin/automations",
        "work": f"/workspace/cases/{desk.number}/people?tab=work",
    }  # fmt: skip


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(4))
async def test_pages_of_the_admin_area_are_sound_at_every_width_and_in_both_looks(
    world: World, server: Server, chromium: Browser, part: int
) -> None:
    desk = await a_desk(world)
    wrong: list[str] = []
    async with window(chromium, server, desk.tenant) as screen:
        await screen.act_as(await session_of(await an_admin(desk), desk.tenant))
        for name, path in list((await pages_of(desk)).items())[part::4]:
            await screen.open(path)
            wrong += await screen.inspect(f"admin-{name}")
    assert wrong == [], "\n".join(wrong)
