"""What can be asked for, made on the pages: questions row by row, seen before they are saved."""

from typing import Any

from tests.portals.browsing import browser_of
from tests.portals.workspace.furnishing import at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.world import World

NEW = "/admin/catalog_items/new"
SCRIPT = {"X-Atrium-Fetch": "1"}
WHY: dict[str, Any] = {
    "form.0.name": "seats", "form.0.label": "How many?", "form.0.kind": "integer",
    "form.1.name": "why", "form.1.label": "What for?", "form.1.kind": "text",
    "form.1.visible_when": "answers.seats > 10",
    "form.1.translations.0._key": "de", "form.1.translations.0.label": "Wofür?",
    "tasks.0.key": "check", "tasks.0.subject": "Check with the team lead",
    "tasks.0.when": "answers.seats > 10",
}  # fmt: skip


async def test_an_admin_sees_the_questions_of_an_item_as_customers_will_before_saving(
    world: World,
) -> None:
    tenant = await world.tenant()
    catalog = await tenant.admin.do("catalogs.create", name="Services")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(NEW)
    form = shown(browser) | {"name": "Seats", "catalog_id": str(catalog["id"])} | WHY
    page = browser.page
    await browser.post(NEW, form | {"do": "sample"}, headers=SCRIPT)
    assert "How many?" in browser.text
    assert "What for?" not in browser.text
    browser.page = page
    answered = {"do": "sample", "sample.seats": "12", "sample.locale-": "de"}
    await browser.post(NEW, form | answered, headers=SCRIPT)
    assert "Wofür?" in browser.text
    assert "Check with the team lead" in browser.text
    assert 'value="12"' in browser.page
    assert await tenant.admin.list("catalog_items") == []

    browser.page = page
    broken = form | {"form.1.visible_when": "answers.colour > 1", "tasks.0.when": "answers."}
    await browser.post(NEW, broken | {"do": "sample"}, headers=SCRIPT)
    assert 'href="#form.1.visible_when"' in browser.page
    assert 'href="#tasks.0.when"' in browser.page
    browser.page = page
    refused = await browser.post(NEW, broken)
    assert refused.status_code == 422
    assert 'id="form.1.visible_when-wrong"' in browser.page
    assert 'id="tasks.0.when-wrong"' in browser.page
    assert await tenant.admin.list("catalog_items") == []

    answer = await browser.post(NEW, form)
    assert answer.status_code == 303, browser.faults
    (item,) = await tenant.admin.list("catalog_items")
    assert [each["name"] for each in item["form"]] == ["seats", "why"]
    await browser.get(f"/admin/catalog_items/{item['id']}/edit")
    untouched = shown(browser)
    await browser.follow(await browser.post(f"/admin/catalog_items/{item['id']}/edit", untouched))
    (same,) = await tenant.admin.list("catalog_items")
    assert same["version"] == item["version"]


async def test_a_question_offers_what_fits_its_kind_and_the_questions_before_it(
    world: World,
) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(NEW)
    form = shown(browser) | {
        "form.0.name": "size", "form.0.label": "Size", "form.0.kind": "choice",
        "form.0.choices": "small\nlarge", "form.1.name": "room", "form.1.kind": "integer",
        "form.1.shown_when.field": "size",
    }  # fmt: skip
    await browser.post(NEW, form | {"do": "redraw"})
    assert 'name="form.0.minimum"' not in browser.page
    assert 'name="form.0.pattern"' not in browser.page
    assert 'name="form.1.minimum"' in browser.page
    assert 'name="form.1.choices"' not in browser.page
    assert 'name="form.1.shown_when.one_of" value="large"' in browser.page


async def test_a_customer_is_asked_in_the_language_of_the_page(world: World) -> None:
    tenant = await world.tenant()
    catalog = await tenant.admin.do("catalogs.create", name="Services")
    item = await tenant.admin.do(
        "catalog_items.create", catalog_id=str(catalog["id"]), name="Box", form=[
            {"name": "size", "label": "Size", "kind": "choice", "choices": ["small", "large"],
             "translations": {"de": {"label": "Größe", "choices": ["klein", "groß"]}}}
        ],
    )  # fmt: skip
    await tenant.admin.do("catalog_items.publish", item["id"])
    browser = await browser_of(await tenant.contact(), tenant)
    browser.http.cookies.set("locale", "de")
    await browser.get(f"/requests/{item['number']}")
    assert "Größe" in browser.text
    assert '<option value="large">groß</option>' in browser.page
