"""The case in the portal: asked by its type, kept until it is sent, taken up again or followed, and
rated where its customer looks anyway."""

import re
from typing import Any

from tests.customization.shop import COLORS, a_field
from tests.customization.test_lists import a_tree
from tests.portals.browsing import browser_of
from tests.portals.workspace.furnishing import at_desk
from tests.service.desk import Desk, a_desk, same
from tests.world import World


async def a_complaint(desk: Desk, **values: Any) -> dict[str, Any]:
    given = {"key": "complaint", "name": "Complaint", "portal_visible": True}
    made: dict[str, Any] = await desk.admin.do("case_types.create", **(given | values))
    return made


async def test_the_form_asks_what_the_chosen_type_asks(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await a_tree(desk)
    await a_field(desk.admin, "color", "choice", choices=COLORS, customers="write",
                  label={"en": "Colour of the lamp"})  # fmt: skip
    await a_field(desk.admin, "size", "integer", customers="write", label={"en": "Size"})
    kind = await a_complaint(
        desk, required_fields=["category", "urgency", "custom.color"],
        hidden_fields=["custom.size", "asset_id"],
    )  # fmt: skip
    await a_complaint(desk, key="audit", name="Audit", portal_visible=False)
    await a_complaint(desk, key="old", name="Of old", active=False)
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get("/cases/new")
    assert "What kind of matter is it? Something else Complaint" in browser.text
    assert "Audit" not in browser.text
    assert "Of old" not in browser.text
    assert "How urgent is it?" not in browser.text
    assert "Size (optional)" in browser.text
    form = {"subject": "No light", "description": "Since today.", "case_type_id": str(kind["id"])}
    await browser.post("/cases/new", form | {"do": "look"})
    assert 'value="No light"' in browser.page
    assert "How urgent is it?" in browser.text
    assert "Size" not in browser.text
    assert "Colour of the lamp –" in browser.text
    piece = await browser.post("/cases/new", form | {"do": "look"}, headers={"X-Atrium-Fetch": "1"})
    assert "<html" not in piece.text
    await browser.get("/cases/new")
    refused = await browser.post("/cases/new", form)
    assert refused.status_code == 422
    assert {"category", "urgency", "custom.color"} == set(
        re.findall(r'id="([\w.]+)-wrong"', browser.page)
    )
    assert await desk.admin.list("cases") == []
    good = form | {"category": "network", "urgency": "1", "custom.color": "red"}
    await browser.follow(await browser.post("/cases/new", good))
    (case,) = await desk.admin.list("cases")
    assert same(case["case_type_id"], kind["id"])
    assert (case["category"], case["urgency"], case["custom"]) == ("network", 1, {"color": "red"})


async def test_a_case_is_kept_changed_and_then_sent(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await a_field(desk.admin, "size", "integer", customers="write", constraints={"max": 9})
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get("/cases/new")
    kept = {"subject": "No light", "custom.size": "3", "do": "draft"}
    await browser.follow(await browser.post("/cases/new", kept))
    assert "It is kept. Nothing is sent yet." in browser.text
    (case,) = await desk.admin.list("cases")
    assert (case["state"], case["custom"]) == ("draft", {"size": 3})
    path = f"/cases/{case['number']}/edit"
    assert f'href="{path}"' in browser.page
    stands = browser.text.partition("Where it stands")[2]
    assert stands.index("Not sent yet") < stands.index("We have it")
    await browser.get(path)
    assert 'value="3"' in browser.page
    words = {"subject": "No light at all", "description": "Since today.", "custom.size": "12"}
    refused = await browser.post(path, words | {"do": "send"})
    assert (refused.status_code, browser.faults) == (422, ["Must be at most 9"])
    assert (await desk.stored(case))["subject"] == "No light"
    await browser.follow(await browser.post(path, words | {"custom.size": "", "do": "send"}))
    stored = await desk.stored(case)
    assert (stored["state"], stored["subject"], stored["custom"]) == ("new", "No light at all", {})
    assert (await browser.get(path)).status_code == 404
    other = await browser_of(await desk.tenant.contact(), desk.tenant)
    assert (await other.get(path)).status_code == 404


async def test_a_draft_is_taken_back(world: World) -> None:
    desk = await a_desk(await world.tenant())
    case = await desk.case(draft=True)
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    await browser.follow(await browser.post(f"/cases/{case['number']}/do/cancel", {}))
    assert "You have taken it back." in browser.text
    assert (await desk.stored(case))["state"] == "cancelled"
    assert "open it again" not in browser.text.lower()
    assert (await browser.post(f"/cases/{case['number']}/do/escalate", {})).status_code == 404


async def test_whoever_reopens_too_late_is_led_to_the_case_that_follows(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await desk.admin.http().patch("/api/v1/settings", json={"case_reopen_days": 0})
    case = await desk.case()
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    assert "It is too long ago to open this case again." in browser.text
    assert "It does not work" not in browser.text
    answer = await browser.post(f"/cases/{case['number']}/reopen", {"reason": "Dark again"})
    (after,) = await desk.admin.list("cases", follows_id=str(case["id"]))
    assert answer.headers["location"] == f"/cases/{after['number']}"
    await browser.follow(answer)
    assert f"{case['number']} was too long ago" in browser.text
    assert f"It follows {case['number']}" in browser.text
    assert "Dark again" in browser.text
    await browser.get(f"/cases/{case['number']}")
    assert f"We go on with it in {after['number']}" in browser.text
    assert "Open a case that follows" not in browser.text
    staff = await at_desk(desk.agent, desk.tenant)
    await staff.get(f"/workspace/cases/{case['number']}")
    assert f"It goes on in {after['number']}" in staff.text
    await staff.get(f"/workspace/cases/{after['number']}")
    assert f"It follows {case['number']}" in staff.text


async def test_a_verb_that_the_type_forbids_has_no_button(world: World) -> None:
    desk = await a_desk(await world.tenant())
    kind = await a_complaint(desk, verbs={"close": [], "reopen": []})
    case = await desk.case(case_type_id=str(kind["id"]))
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    assert "It works" not in browser.text
    assert "It does not work" not in browser.text
    ordinary = await desk.case()
    await desk.agent.do("cases.resolve", ordinary["id"], resolution="Done")
    await browser.get(f"/cases/{ordinary['number']}")
    assert "It works" in browser.text
    assert "It does not work" in browser.text


async def test_a_survey_is_answered_on_the_page_of_the_case(world: World) -> None:
    desk = await a_desk(await world.tenant())
    await desk.admin.do(
        "surveys.create", name="After a case", title="How was it?", moment="resolved",
        questions=[{"key": "fast", "text": "Was it fast?", "kind": "yes_no", "required": True}],
    )  # fmt: skip
    case = await desk.case()
    browser = await browser_of(desk.contact, desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    assert "How was it?" not in browser.text
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    await desk.tenant.world.work(desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    assert "How was it?" in browser.text
    assert browser.text.count("How did we do?") == 1
    path = f"/cases/{case['number']}/survey"
    refused = await browser.post(path, {"score": "2", "comment": "Slow", "q-fast": ""})
    assert refused.status_code == 422
    assert 'id="q-fast-wrong"' in browser.page
    assert "Slow" in browser.page
    assert await desk.admin.list("survey_answers") == []
    said = {"score": "4", "comment": "Friendly", "q-fast": "yes"}
    await browser.follow(await browser.post(path, said))
    assert "You rated us 4 of 5" in browser.text
    assert "How did we do?" not in browser.text
    (answer,) = await desk.admin.list("survey_answers")
    assert (answer["score"], answer["comment"], answer["answers"], answer["door"]) == (
        4, "Friendly", {"fast": True}, "portal",
    )  # fmt: skip
    again = await browser.post(path, said)
    assert again.status_code == 404
    assert await desk.admin.list("survey_answers") == [answer]


async def test_whoever_looks_after_a_companys_cases_watches_one(world: World) -> None:
    desk = await a_desk(await world.tenant())
    manager = await desk.tenant.contact(desk.account, "customer_case_manager", name="Case Manager")
    case = await desk.case()
    browser = await browser_of(manager, desk.tenant)
    await browser.get(f"/cases/{case['number']}")
    assert "Write to me when something happens here" in browser.text
    await browser.follow(await browser.post(f"/cases/{case['number']}/do/watch", {}))
    (watcher,) = await desk.admin.list("case_watchers", case_id=str(case["id"]))
    assert same(watcher["profile_id"], manager.profile_id)
    assert "No more mails about this case" in browser.text
    await browser.follow(await browser.post(f"/cases/{case['number']}/do/unwatch", {}))
    assert await desk.admin.list("case_watchers", case_id=str(case["id"])) == []
    own = await browser_of(desk.contact, desk.tenant)
    await own.get(f"/cases/{case['number']}")
    assert "Write to me when" not in own.text
