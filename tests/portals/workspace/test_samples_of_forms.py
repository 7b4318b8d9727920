"""What admins write is seen as it will be before it is saved, and read in rows once it is."""

from tests.portals.workspace.furnishing import at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.service.test_playbooks import PLAN
from tests.world import World

SCRIPT = {"X-Atrium-Fetch": "1"}


async def test_the_form_of_a_type_shows_the_tasks_that_a_sample_case_would_get(
    world: World,
) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/case_types/new"
    await browser.get(new)
    form = shown(browser) | {
        "key": "complaint", "name": "Complaint",
        "tasks.0.key": "ask", "tasks.0.subject": "Ask", "tasks.0.due_hours": "4",
        "tasks.1.key": "press", "tasks.1.subject": "Tell the press",
        "tasks.1.when": "case.priority == 1", "tasks.1.after": "ask",
    }  # fmt: skip
    page = browser.page
    await browser.post(new, form | {"do": "sample"}, headers=SCRIPT)
    assert "Ask due within 4 h 0 min" in browser.text
    assert "Not for this case: Tell the press" in browser.text
    browser.page = page
    await browser.post(new, form | {"do": "sample", "sample.priority": "1"}, headers=SCRIPT)
    assert "Tell the press after Ask" in browser.text
    browser.page = page
    broken = form | {"tasks.1.when": "case.colour == 1", "tasks.1.after": "nothing"}
    await browser.post(new, broken | {"do": "sample"}, headers=SCRIPT)
    assert 'href="#tasks.1.when"' in browser.page
    assert 'href="#tasks.1.after"' in browser.page
    assert await tenant.admin.list("case_types") == []


async def test_a_survey_shows_its_letter_and_its_page_in_each_language(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/surveys/new"
    await browser.get(new)
    form = shown(browser) | {
        "name": "After", "title": "How was it?", "translations.0._key": "de",
        "translations.0.title": "Wie war es?", "questions.0.key": "fast",
        "questions.0.text": "Fast?", "questions.0.kind": "yes_no",
        "questions.0.translations.0._key": "de", "questions.0.translations.0.text": "Schnell?",
    }  # fmt: skip
    page = browser.page
    await browser.post(new, form | {"do": "sample"}, headers=SCRIPT)
    assert "How was it? (CS1042) Hello Ada Admin," in browser.text
    assert "Fast?" in browser.text
    browser.page = page
    await browser.post(new, form | {"do": "sample", "sample.locale-": "de"}, headers=SCRIPT)
    assert "Wie war es? (CS1042) Guten Tag Ada Admin," in browser.text
    assert "Schnell?" in browser.text
    assert await tenant.admin.list("surveys") == []
    browser.page = page
    answer = await browser.post(new, form)
    assert answer.status_code == 303, browser.faults
    await browser.follow(answer)
    assert "Questions Words Key Kind In other languages Fast? fast" in browser.text


async def test_a_text_reads_for_a_record_while_it_is_changed(world: World) -> None:
    tenant = await world.tenant()
    case = await tenant.admin.do("cases.create", subject="No light")
    (text,) = await tenant.admin.list("message_templates", key="ask_for_more")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/admin/message_templates/{text['id']}/edit"
    await browser.get(path)
    form = shown(browser) | {"do": "sample", "sample.record": case["number"]}
    await browser.post(path, form, headers=SCRIPT)
    assert f"to help you with {case['number']} we need a little more" in browser.text
    (kept,) = await tenant.admin.list("message_templates", key="ask_for_more")
    assert kept["version"] == text["version"]


async def test_the_tasks_of_a_type_stand_in_rows_on_its_page(world: World) -> None:
    tenant = await world.tenant()
    made = await tenant.admin.do("case_types.create", key="k", name="K", tasks=PLAN)
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(f"/admin/case_types/{made['id']}")
    assert "Tell the press office press 1" in browser.text
    assert "<code" in browser.page
    assert "case.priority == 1" in browser.text
