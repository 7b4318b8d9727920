"""What agents do at the desk, over HTTP and without any script."""

import re
from datetime import UTC, datetime

import pytest

from portals.workspace.work import day_of
from tests.portals.workspace.furnishing import a_desk, at_desk
from tests.world import World


async def test_offer_is_accepted_and_leads_to_its_case(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get("/workspace")
    assert "You get no new work now" in browser.text
    await browser.follow(await browser.post("/workspace/presence", {"presence": "available"}))
    assert "You are available" in browser.text
    await world.work(desk.tenant)
    await browser.get("/workspace/cases")
    assert "Offered to you" in browser.text
    assert "Outage credit for 12 November" in browser.text
    (accept,) = re.findall(r'action="(/workspace/offers/[^"]+/accept)"', browser.page)
    answer = await browser.post(accept, {})
    number = desk.cases["new"]["number"]
    assert answer.headers["location"] == f"/workspace/cases/{number}"
    await browser.follow(answer)
    assert "You have it" in browser.text
    again = await browser.post(accept, {})
    assert again.headers["location"] == f"/workspace/cases/{number}"
    await browser.get("/workspace")
    assert "of 5 places taken" in browser.text


async def test_offer_that_was_passed_on_is_gone_and_cannot_be_accepted(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get("/workspace")
    await browser.post("/workspace/presence", {"presence": "available"})
    await world.work(desk.tenant)
    await browser.get("/workspace")
    (decline,) = re.findall(r'action="(/workspace/offers/[^"]+/decline)"', browser.page)
    await browser.follow(await browser.post(decline, {"next": "/workspace/cases"}))
    assert browser.text.startswith("Cases")
    assert "Offered to you" not in browser.text
    answer = await browser.post(decline.replace("decline", "accept"), {})
    await browser.follow(answer)
    assert "This offer went to the next person" in browser.text


async def test_inbox_sorts_my_work_by_who_has_the_word(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get("/workspace")
    text = browser.text
    answer, waiting = text.index("Needs your answer"), text.index("Waiting on others")
    assert answer < text.index("Internet drops every evening") < waiting
    assert waiting < text.index("Add a seat at Portobello")
    await browser.get("/workspace?box=team")
    assert "Outage credit" in browser.text
    assert "Internet drops" not in browser.text


async def test_reply_is_sent_with_a_file_and_the_case_waits(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    case = f"/workspace/cases/{desk.number}"
    await browser.get(case)
    answer = await browser.post(
        f"{case}/reply", {"kind": "reply", "body": "Here is the plan.", "then": "wait"},
        files={"files": ("plan.txt", b"tonight", "text/plain")},
    )  # fmt: skip
    await browser.follow(answer)
    assert "Here is the plan." in browser.text
    assert "plan.txt" in browser.text
    assert "Waiting for customer" in browser.text
    seen = await desk.maya.list("activity_entries", record_id=str(desk.cases["drops"]["id"]))
    assert "Here is the plan." in [each["body"] for each in seen]


async def test_note_is_for_colleagues_only(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    case = f"/workspace/cases/{desk.number}"
    await browser.get(case)
    await browser.follow(
        await browser.post(
            f"{case}/reply", {"kind": "note", "body": "Mind the dog.", "then": "wait"}
        )
    )
    assert "Mind the dog." in browser.text
    told = await desk.tenant.admin.read("cases", desk.number)
    assert told["state"] == "in_progress"
    seen = await desk.maya.list("activity_entries", record_id=str(desk.cases["drops"]["id"]))
    assert "Mind the dog." not in [each["body"] for each in seen]


async def test_refused_reply_keeps_what_was_typed_and_says_what_to_do(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    case = f"/workspace/cases/{desk.number}"
    await browser.get(case)
    answer = await browser.post(f"{case}/reply", {"kind": "reply", "body": " "})
    assert answer.status_code == 422
    assert browser.faults == ["Write a message"]
    answer = await browser.post(f"{case}/reply", {"kind": "reply", "body": "b" * 50_001})
    assert answer.status_code == 422
    assert "b" * 50_001 in browser.page
    await desk.jonas.do("cases.cancel", desk.number)
    answer = await browser.post(f"{case}/reply", {"kind": "reply", "body": "Too late"})
    assert answer.status_code == 409
    assert "Open it again" in browser.faults[0]


async def test_case_is_resolved_reopened_and_closed(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    case = f"/workspace/cases/{desk.number}"
    await browser.get(case)
    answer = await browser.post(f"{case}/do/resolve", {"resolution": "  "})
    assert answer.status_code == 422
    await browser.follow(await browser.post(f"{case}/do/resolve", {"resolution": "Firmware back."}))
    assert "What solved it" in browser.text
    assert "Firmware back." in browser.text
    await browser.follow(await browser.post(f"{case}/do/reopen", {"reason": "It drops again."}))
    assert "It drops again." in browser.text
    assert "Firmware back." not in browser.text
    await browser.follow(await browser.post(f"{case}/do/resolve", {"resolution": "New router."}))
    await browser.follow(await browser.post(f"{case}/do/close", {}))
    assert "Closed" in browser.text
    answer = await browser.post(f"{case}/do/wait", {})
    assert answer.status_code == 409
    assert (await browser.post(f"{case}/do/explode", {})).status_code == 404


async def test_case_says_what_is_owed_and_why_this_and_no_other(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get(f"/workspace/cases/{desk.number}")
    for words in (
        "Entitled. Business Care, 4 h", "Gold", "Mon–Sun 00:00–24:00 (Europe/London)",
        "portal, email, phone", "chosen, because it is the most specific that holds",
        "Standard care holds too, but another is more specific", "HG-20-4471", "on this case",
        "Harbour Dental Group", "Add a seat at Portobello",
    ):  # fmt: skip
        assert words in re.sub(r"\s+([.,:])", r"\1", browser.text), words


async def test_list_filters_by_the_address_and_pages(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    for each in range(52):
        await desk.maya.do("cases.create", subject=f"Question {each}", description="?")
    await browser.get("/workspace/cases?sort=number")
    assert "1 to 50 of 56" in browser.text
    (more,) = re.findall(r'href="([^"]+)" rel="next"', browser.page)
    await browser.get(more.replace("&amp;", "&"))
    assert "51 to 56 of 56" in browser.text
    assert "Question 51" in browser.text
    (back,) = re.findall(r'href="([^"]+)" rel="prev"', browser.page)
    await browser.get(back.replace("&amp;", "&"))
    assert "1 to 50 of 56" in browser.text
    await browser.get(f"/workspace/cases?view=all&state=resolved&account_id={desk.account['id']}")
    assert "Connection drops at closing time" in browser.text
    assert "Question 1" not in browser.text
    assert "Harbour Dental Group" in browser.text
    await browser.get("/workspace/cases?q=zebra")
    assert "No cases in this view" in browser.text


async def test_several_cases_are_taken_at_once_and_given_back(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.priya, desk.tenant)
    await browser.get("/workspace/cases")
    ids = [str(desk.cases[key]["id"]) for key in ("new", "drops")]
    answer = await browser.post("/workspace/cases/bulk", {"do": "assign_to_me", "case": ids})  # type: ignore[dict-item]
    await browser.follow(answer)
    assert "2 of 2 cases are yours now" in browser.text
    case = await desk.tenant.admin.read("cases", desk.number)
    assert case["assigned_to_id"] == desk.priya.profile_id
    fields = dict(re.findall(r'name="(was-[^"]+)" value="([^"]*)"', browser.page))
    await browser.follow(await browser.post("/workspace/cases/bulk/undo", fields))
    case = await desk.tenant.admin.read("cases", desk.number)
    assert case["assigned_to_id"] == desk.jonas.profile_id


async def test_article_is_written_previewed_published_and_retired(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.priya, desk.tenant)
    await browser.get("/workspace/knowledge/new")
    base = str(desk.articles["rollback"]["knowledge_base_id"])
    text = {"title": "Reset a router", "body": "# Hold\n\n<img src=x onerror=alert(1)> ten seconds",
            "base_id": base, "audience": "customer"}  # fmt: skip
    await browser.post("/workspace/knowledge/new", text | {"do": "preview"})
    assert "<h1>Hold</h1>" in browser.page
    assert "<img src=x" not in browser.page
    answer = await browser.post("/workspace/knowledge/new", text | {"do": "save", "title": ""})
    assert answer.status_code == 422
    assert "ten seconds" in browser.text
    answer = await browser.post("/workspace/knowledge/new", text | {"do": "save"})
    article = answer.headers["location"]
    await browser.follow(answer)
    assert "Draft" in browser.text
    await browser.follow(await browser.post(f"{article}/do/publish", {}))
    assert "Published" in browser.text
    await browser.get(f"{article}/edit")
    version = re.search(r'name="version" value="(\d+)"', browser.page)
    assert version
    changed = text | {"do": "save", "title": "Reset any router", "version": version[1]}
    await browser.follow(await browser.post(f"{article}/edit", changed))
    assert "A new version waits to be published" in browser.text
    stale = await browser.post(f"{article}/edit", changed)
    assert stale.status_code == 412
    assert "Reset any router" in browser.page
    await browser.get(article)
    await browser.follow(await browser.post(f"{article}/do/publish", {}))
    assert "Reset any router" in browser.text
    await browser.get(f"{article}?edition=1")
    assert "This is an earlier version" in browser.text
    await browser.get(article)
    await browser.follow(await browser.post(f"{article}/do/retire", {}))
    assert "Retired" in browser.text


async def test_chat_is_answered_and_ended_and_then_takes_no_more_words(world: World) -> None:
    desk = await a_desk(world)
    chat = await desk.maya.do("interactions.start_chat", body="Is the line down?")
    browser = await at_desk(desk.jonas, desk.tenant)
    talk = f"/workspace/conversations/{chat['id']}"
    await browser.get(talk)
    assert "Is the line down?" in browser.text
    assert (await browser.post(f"{talk}/say", {"body": " "})).status_code == 422
    await browser.follow(await browser.post(f"{talk}/say", {"body": "It is up."}))
    assert "It is up." in browser.text
    await browser.follow(await browser.post(f"{talk}/end", {}))
    assert "Closed" in browser.text
    assert f'action="{talk}/say"' not in browser.page
    answer = await browser.post(f"{talk}/say", {"body": "One more"})
    assert answer.status_code == 409
    made = await browser.post(f"{talk}/case", {})
    again = await browser.get(talk)
    assert again.status_code == 200
    assert made.headers["location"].startswith("/workspace/cases/CS")
    for path in ("/head", "/thread"):
        assert (await browser.get(talk + path)).status_code == 200


async def test_search_leads_from_what_is_owned_to_its_owner(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    await browser.get("/workspace/search?q=cloud+voice")
    assert f'href="/workspace/customers/accounts/{desk.account["id"]}"' in browser.page


async def test_forms_without_this_sessions_token_are_refused(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(desk.jonas, desk.tenant)
    browser.page = ""
    for path in (
        f"/workspace/cases/{desk.number}/reply", f"/workspace/cases/{desk.number}/do/wait",
        "/workspace/cases/bulk", "/workspace/presence", "/workspace/knowledge/new",
    ):  # fmt: skip
        answer = await browser.post(path, {"body": "x"})
        assert answer.status_code == 403, path
        browser.page = ""
    case = await desk.tenant.admin.read("cases", desk.number)
    assert case["state"] == "in_progress"


@pytest.mark.parametrize(
    ("zone", "start"),
    [("Europe/Berlin", "2026-11-21T23:00"), ("UTC", "2026-11-22T00:00"),
     ("No/Where", "2026-11-22T00:00")],
)  # fmt: skip
def test_day_is_the_readers_own(zone: str, start: str) -> None:
    began, ends = day_of(zone, datetime(2026, 11, 22, 10, tzinfo=UTC))
    assert began.isoformat().startswith(start)
    assert (ends - began).total_seconds() == 86_400
