"""Opening a case on the desk and changing one: its type's fields, the tenant's own, each fault at
its field in the reader's language."""

import re
from typing import Any

from tests.customization.shop import COLORS, a_field
from tests.customization.test_lists import a_choice, a_tree
from tests.portals.workspace.furnishing import at_desk
from tests.service.desk import Desk, a_desk, same
from tests.world import World

MARGIN = {"en": "Margin in percent", "de": "Spanne in Prozent"}


async def a_repair(desk: Desk, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = await desk.admin.do(
        "case_types.create", key="repair", name="Repair", portal_visible=True, **values
    )
    return made


def label_of(page: str, field: str) -> str:
    """The words before a field."""
    found = re.search(rf'<label for="{re.escape(field)}">(.*?)</label>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def value_of(page: str, field: str) -> str:
    found = re.search(rf'<input[^>]*name="{re.escape(field)}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return value[1] if value else ""


async def test_agent_changes_the_fields_of_a_type_and_of_the_tenants_own(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await a_field(desk.admin, "margin", "integer", label=MARGIN, constraints={"max": 90})
    await a_field(desk.admin, "color", "choice", choices=COLORS)
    kind = await a_repair(desk, required_fields=["category", "custom.margin"])
    case = await desk.agent.do("cases.create", subject="No light")
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get(f"/workspace/cases/{case['number']}")
    assert f'href="/workspace/cases/{case["number"]}/edit"' in browser.page
    await browser.get(f"/workspace/cases/{case['number']}/edit")
    assert label_of(browser.page, "subject") == "Subject"
    assert label_of(browser.page, "category") == "Category (optional)"
    form = {"version": value_of(browser.page, "version"), "subject": "No light",
            "was:subject": "No light", "case_type_id": str(kind["id"])}  # fmt: skip
    await browser.post(f"/workspace/cases/{case['number']}/edit", form | {"do": "redraw"})
    assert label_of(browser.page, "category") == "Category"
    assert label_of(browser.page, "custom.margin") == "Margin in percent"
    wrong = form | {"category": "", "custom.margin": "97", "custom.color": "red"}
    refused = await browser.post(f"/workspace/cases/{case['number']}/edit", wrong)
    assert refused.status_code == 422
    assert value_of(browser.page, "custom.margin") == "97"
    assert re.search(r'id="custom.margin-wrong">Must be at most 90', browser.page)
    stored = await desk.stored(case)
    assert (stored["case_type_id"], stored["custom"]) == (None, {})
    empty = form | {"custom.margin": "40"}
    refused = await browser.post(f"/workspace/cases/{case['number']}/edit", empty)
    assert refused.status_code == 422
    assert browser.faults == ["Fill this in"]
    good = wrong | {"category": "Light", "custom.margin": "40"}
    answer = await browser.post(f"/workspace/cases/{case['number']}/edit", good)
    await browser.follow(answer)
    assert "Margin in percent 40" in browser.text
    assert "Type Repair" in browser.text
    assert "/admin/case_types/" not in browser.page  # which agents may not open
    stored = await desk.stored(case)
    assert same(stored["case_type_id"], kind["id"])
    assert (stored["category"], stored["custom"]) == ("Light", {"margin": 40, "color": "red"})


async def test_what_is_wrong_in_a_field_of_ours_is_said_in_german(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await a_field(desk.admin, "margin", "integer", label=MARGIN, constraints={"min": 5, "max": 90})
    await a_field(desk.admin, "code", "text", constraints={"pattern": "[A-Z]+", "max_length": 4})
    await a_field(desk.admin, "since", "date")
    case = await desk.agent.do("cases.create", subject="No light")
    browser = await at_desk(desk.agent, desk.tenant)
    browser.http.cookies.set("locale", "de")
    path = f"/workspace/cases/{case['number']}/edit"
    await browser.get(path)
    for given, words in (
        ({"custom.margin": "97"}, ["Höchstens 90"]),
        ({"custom.margin": "2"}, ["Mindestens 5"]),
        ({"custom.margin": "viel"}, ["Schreiben Sie eine ganze Zahl"]),
        ({"custom.code": "ABCDE"}, ["Schreiben Sie höchstens 4 Zeichen"]),
        ({"custom.code": "abc"}, ["Das hat nicht die Form, die gefragt ist"]),
        ({"custom.since": "gestern"}, ["Schreiben Sie einen Tag wie 2026-11-24"]),
    ):
        refused = await browser.post(path, {"subject": "No light", **given})
        assert refused.status_code == 422
        assert browser.faults == words
    assert (await desk.stored(case))["custom"] == {}


async def test_agent_opens_a_case_for_a_customer_and_keeps_another_as_a_draft(
    world: World,
) -> None:
    desk = await a_desk(await world.tenant())
    kind = await a_repair(desk, required_fields=["category"])
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get("/workspace/cases")
    assert 'href="/workspace/cases/new"' in browser.page
    await browser.get(f"/workspace/cases/new?contact_id={desk.contact_id}")
    assert "Maya Lindqvist" in value_of(browser.page, "contact_id")
    assert '<option value="phone" selected>' in browser.page
    form = {
        "contact_id": "Maya Lindqvist", "subject": "No light", "channel": "phone",
        "impact": "1", "urgency": "1", "case_type_id": str(kind["id"]),
    }  # fmt: skip
    refused = await browser.post("/workspace/cases/new", form)
    assert refused.status_code == 422
    assert browser.faults == ["Fill this in"]
    assert await desk.admin.list("cases") == []
    strange = form | {"do": "draft", "sold_product_id": "zebra"}
    refused = await browser.post("/workspace/cases/new", strange)
    assert (refused.status_code, browser.faults) == (
        422,
        ["Choose one of the products in the list"],
    )
    assert value_of(browser.page, "sold_product_id") == "zebra"
    assert await desk.admin.list("cases") == []
    answer = await browser.post("/workspace/cases/new", form | {"do": "draft"})
    await browser.follow(answer)
    assert "Draft" in browser.text
    (draft,) = await desk.admin.list("cases")
    assert (draft["state"], draft["channel"], draft["priority"]) == ("draft", "phone", 1)
    assert same(draft["contact_id"], desk.contact_id)
    sent = await browser.post(f"/workspace/cases/{draft['number']}/do/submit", {})
    assert sent.status_code == 422
    await desk.agent.do("cases.update", draft["id"], category="Light")
    await browser.follow(await browser.post(f"/workspace/cases/{draft['number']}/do/submit", {}))
    assert (await desk.stored(draft))["state"] == "new"
    answer = await browser.post("/workspace/cases/new", form | {"category": "Light"})
    await browser.follow(answer)
    assert len(await desk.admin.list("cases", state="new")) == 2


async def test_categories_are_chosen_from_the_tenants_lists_one_below_the_other(
    world: World,
) -> None:
    desk = await a_desk(await world.tenant())
    _, below = await a_tree(desk)
    await a_choice(desk, below, "anything")
    browser = await at_desk(desk.agent, desk.tenant)
    await browser.get("/workspace/cases/new")
    assert '<option value="network">network</option>' in browser.page
    assert '<option value="anything">' in browser.page
    assert '<option value="refund">' not in browser.page
    form = {"subject": "x", "category": "billing", "do": "redraw"}
    await browser.post("/workspace/cases/new", form)
    assert '<option value="refund">refund</option>' in browser.page
    assert '<option value="slow">' not in browser.page
