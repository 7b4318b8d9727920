"""Forms of the admin area whose fields are made of fields: every row is a row, no text of JSON."""

import html
import re
from typing import Any

from tests.portals.browsing import Browser
from tests.portals.workspace.furnishing import at_desk
from tests.world import World


def shown(browser: Browser) -> dict[str, Any]:
    """What the form on the page would send as it stands."""
    form = re.search(r'<form[^>]*id="record-form".*?</form>', browser.page, re.DOTALL)
    assert form, browser.text[:400]
    found: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        found.setdefault(html.unescape(name), []).append(html.unescape(value))

    for tag in re.findall(r"<input[^>]*>", form[0]):
        name = re.search(r'\sname="([^"]*)"', tag)
        value = re.search(r'\svalue="([^"]*)"', tag)
        if not name or 'type="file"' in tag or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        put(name[1], value[1] if value else "on")
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form[0], re.DOTALL
    ):
        put(name, text)
    for name, inner in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[0], re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        put(name, chosen[1] if chosen else "")
    found.pop("csrf_token", None)
    return found


async def test_grants_of_a_role_are_rows_and_each_offers_what_its_records_have(
    world: World,
) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get("/admin/roles/new")
    assert "JSON" not in browser.text
    typed = shown(browser) | {
        "name": "claims_clerk", "title": "Claims clerk", "audience": "staff",
        "grants.0.resource": "cases",
    }  # fmt: skip
    await browser.post("/admin/roles/new", typed | {"do": "redraw"})
    assert re.search(r'name="grants.0.verbs" value="resolve"', browser.page)
    assert re.search(r'<option value="assigned"', browser.page)
    assert await tenant.admin.list("roles") == []
    typed = shown(browser) | {
        "grants.0.verbs": ["read", "resolve"], "grants.0.path": "assigned",
        "grants.0.columns": ["id", "number"],
    }  # fmt: skip
    await browser.post("/admin/roles/new", typed | {"do": "more:grants"})
    typed = shown(browser) | {"grants.1.resource": "accounts", "grants.1.verbs": ["fly"]}
    refused = await browser.post("/admin/roles/new", typed)
    assert refused.status_code == 422
    assert 'href="#grants.1.verbs"' in browser.page
    assert await tenant.admin.list("roles") == []
    typed = shown(browser) | {"grants.1.verbs": ["read"]}
    answer = await browser.post("/admin/roles/new", typed)
    assert answer.status_code == 303, browser.faults
    (role,) = await tenant.admin.list("roles")
    assert role["grants"] == [
        {"resource": "cases", "verbs": ["read", "resolve"], "path": "assigned",
         "columns": ["id", "number"]},
        {"resource": "accounts", "verbs": ["read"], "path": "all"},
    ]  # fmt: skip

    path = f"/admin/roles/{role['id']}/edit"
    await browser.get(path)
    untouched = shown(browser)
    await browser.follow(await browser.post(path, untouched))
    (same,) = await tenant.admin.list("roles")
    assert same["version"] == role["version"]
    await browser.get(path)
    await browser.post(path, shown(browser) | {"do": "drop:grants.0"})
    await browser.follow(await browser.post(path, shown(browser)))
    (changed,) = await tenant.admin.list("roles")
    assert [each["resource"] for each in changed["grants"]] == ["accounts"]


async def test_what_a_responsibility_gives_has_a_condition_row_and_a_preview(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    account = await tenant.account("Harbour Dental Group")
    maya = await tenant.contact(account)
    await maya.do("cases.create", subject="No light")
    own = await admin.do(
        "responsibilities.create", key="observer", name="Observer", kind="contact"
    )  # fmt: skip
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/access_configurations/new"
    await browser.get(f"{new}?responsibility_id={own['id']}&resource=cases")
    assert '<option value="account">' in browser.page
    typed = shown(browser) | {
        "key": "observer_cases", "via": "account", "verbs": ["read"], "conditions.0._key": "state"
    }  # fmt: skip
    await browser.post(new, typed | {"do": "redraw"})
    assert re.search(r'name="conditions.0._value" value="resolved"', browser.page)
    typed = shown(browser) | {"conditions.0._value": ["resolved", "closed"]}
    await browser.post(new, typed | {"do": "preview"})
    assert "What it would do" in browser.text
    assert await admin.list("access_configurations", key="observer_cases") == []
    answer = await browser.post(new, shown(browser))
    assert answer.status_code == 303, browser.faults
    (given,) = await admin.list("access_configurations", key="observer_cases")
    assert given["conditions"] == {"state": ["resolved", "closed"]}
    assert given["verbs"] == ["read"]
    assert given["columns"] is None
    path = f"/admin/access_configurations/{given['id']}/edit"
    await browser.get(path)
    broken = shown(browser) | {"conditions.0._key": "state", "conditions.0._value": ["melted"]}
    refused = await browser.post(path, broken)
    assert refused.status_code == 422
    assert 'href="#conditions.0._value"' in browser.page
    await browser.get(path)
    await browser.post(path, shown(browser) | {"do": "drop:conditions.0"})
    await browser.follow(await browser.post(path, shown(browser)))
    (given,) = await admin.list("access_configurations", key="observer_cases")
    assert given["conditions"] == {}


async def test_roles_of_a_profile_are_chosen_among_those_of_its_kind(world: World) -> None:
    tenant = await world.tenant()
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/admin/profiles/{agent.profile_id}"
    await browser.get(path)
    assert '<option value="knowledge_manager"' in browser.page
    assert '<option value="customer_admin"' not in browser.page
    answer = await browser.post(f"{path}/do/grant_role", {"role": "knowledge_manager"})
    assert answer.status_code == 303, browser.faults
    (profile,) = [p for p in await tenant.admin.list("profiles") if p["id"] == agent.profile_id]
    assert set(profile["roles"]) == {"agent_b2b", "knowledge_manager"}
    await browser.get(path)
    refused = await browser.post(f"{path}/do/revoke_role", {"role": "agent_b2c"})
    assert refused.status_code == 409
    assert "agent_b2b" in browser.text


async def test_calendar_is_entered_by_rows_and_shows_its_next_deadlines(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/calendars/new"
    await browser.get(new)
    await browser.post(new, shown(browser) | {"do": "more:hours"})
    typed = shown(browser) | {
        "name": "Desk", "zone": "Europe/Berlin",
        "hours.0.weekday": "monday", "hours.0.opens": "09:00", "hours.0.closes": "08:00",
    }  # fmt: skip
    refused = await browser.post(new, typed)
    assert refused.status_code == 422
    assert 'href="#hours.0.closes"' in browser.page
    await browser.follow(await browser.post(new, typed | {"hours.0.closes": "17:00"}))
    (calendar,) = await tenant.admin.list("calendars", name="Desk")
    assert calendar["hours"] == [{"weekday": "monday", "opens": "09:00", "closes": "17:00"}]
    path = f"/admin/calendars/{calendar['id']}"
    await browser.get(f"{path}?tab=deadlines&minutes=480")
    assert len(re.findall(r"Mon \d+ \w+ \d{4}, 1[67]:00", browser.text)) >= 10, browser.text
    await browser.get(f"{path}?tab=deadlines&minutes=0")
    assert browser.faults or "minutes-wrong" in browser.page
    await browser.get(f"{path}/edit")
    await browser.post(f"{path}/edit", shown(browser) | {"do": "more:hours"})
    typed = shown(browser) | {
        "hours.1.weekday": "tuesday", "hours.1.opens": "09:00", "hours.1.closes": "12:00"
    }  # fmt: skip
    await browser.follow(await browser.post(f"{path}/edit", typed))
    (calendar,) = await tenant.admin.list("calendars", name="Desk")
    assert [each["weekday"] for each in calendar["hours"]] == ["monday", "tuesday"]


async def test_automation_is_written_step_by_step_and_tried_without_doing_anything(
    world: World,
) -> None:
    tenant = await world.tenant()
    case = await tenant.admin.do("cases.create", subject="No light", impact=1, urgency=1)
    await world.work(tenant, rounds=60)
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/automations/new"
    await browser.get(new)
    typed = shown(browser) | {
        "key": "chase", "name": "Chase", "event_types": "cases.*", "steps.0.do": "act",
        "condition": "record.priority == 1", "active": "true",
    }  # fmt: skip
    await browser.post(new, typed | {"do": "redraw"})
    assert 'name="steps.0.action"' in browser.page
    assert 'name="steps.0.template"' not in browser.page
    typed = shown(browser) | {"steps.0.action": "cases.note", "steps.0.body.0": ""}
    await browser.post(new, typed | {"do": "redraw"})
    typed = shown(browser) | {
        "steps.0.body.0._key": "body", "steps.0.body.0._value": "{{ record.number }} waits",
    }  # fmt: skip
    answer = await browser.post(new, typed)
    assert answer.status_code == 303, browser.faults
    (made,) = await tenant.admin.list("automations", key="chase")
    assert made["steps"][0]["action"] == "cases.note"
    assert made["steps"][0]["body"] == {"body": "{{ record.number }} waits"}
    path = f"/admin/automations/{made['id']}"
    await browser.get(f"{path}?tab=try")
    assert "The answer" not in browser.text
    answer = await browser.post(f"{path}/previews/try", {"events": "20"})
    assert answer.status_code == 200, browser.faults
    assert "The answer" in browser.text
    assert re.search(r"Matches [1-9]", browser.text)
    said = await tenant.admin.list("activity_entries", record_id=str(case["id"]))
    assert "waits" not in str(said)


async def test_agent_cannot_ask_a_preview_of_the_admin_area(world: World) -> None:
    tenant = await world.tenant()
    calendar = await tenant.admin.do(
        "calendars.create", name="Desk", zone="Europe/Berlin",
        hours=[{"weekday": "monday", "opens": "09:00", "closes": "17:00"}],
    )  # fmt: skip
    browser = await at_desk(await tenant.member("agent_b2b", name="Jonas"), tenant)
    answer = await browser.get(f"/admin/calendars/{calendar['id']}?tab=deadlines")
    assert answer.status_code == 403
