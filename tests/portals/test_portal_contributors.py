"""Staff outside the desk come in at the portal: they find a customer, open a case, follow it."""

import re

import pytest
import pytest_asyncio

from tests.portals.browsing import Browser, a_clerk, a_product, browser_of
from tests.service.desk import Desk, a_desk
from tests.world import Actor, World

WORDS = {"subject": "No light", "description": "They called about the router."}


@pytest_asyncio.fixture
async def desk(world: World) -> Desk:
    return await a_desk(await world.tenant())


async def come_in(desk: Desk, *roles: str) -> tuple[Browser, Actor]:
    clerk = await a_clerk(desk.tenant, *roles)
    return await browser_of(clerk, desk.tenant), clerk


async def opened(browser: Browser, customer: str, **words: str) -> str:
    """Open a case for the customer; answers its address."""
    await browser.get(f"/cases/new?customer={customer}")
    answer = await browser.post("/cases/new", WORDS | words | {"customer": customer})
    assert answer.status_code == 303, browser.faults
    await browser.follow(answer)
    return str(answer.headers["location"])


async def test_an_account_contributor_opens_a_case_for_a_contact_whom_they_found(
    desk: Desk,
) -> None:
    browser, clerk = await come_in(desk, "account_contributor")
    home = await browser.get("/")
    assert home.status_code == 200
    assert "Find a customer" in browser.text
    assert "Chat" not in browser.text
    away = await browser.get("/cases/new")
    assert (await browser.follow(away)).status_code == 200
    assert "Harbour Dental" not in browser.text  # too many to be listed unasked
    await browser.get("/customers?q=lindqvist")
    assert "Maya Lindqvist" in browser.text
    assert "Contact, Harbour Dental" in browser.text
    (link,) = re.findall(r'href="(/cases/new\?customer=contacts[^"]+)"', browser.page)
    await browser.get(link)
    assert "Router in the surgery" in browser.text
    address = await opened(
        browser, f"contacts:{desk.contact_id}", sold_product_id=str(desk.router["id"])
    )
    assert "Maya Lindqvist, Harbour Dental" in browser.text
    (case,) = await desk.admin.list("cases")
    assert (str(case["contact_id"]), str(case["account_id"]), case["channel"]) == (
        desk.contact_id, str(desk.account["id"]), "portal",
    )  # fmt: skip
    assert (case["opened_by_id"], case["entitlement_status"]) == (clerk.profile_id, "verified")
    (mine,) = await desk.contact.list("cases")
    assert mine["id"] == case["id"]
    assert address == f"/cases/{case['number']}"


async def test_they_follow_it_and_write_and_read_no_notes(desk: Desk) -> None:
    browser, _ = await come_in(desk, "account_contributor")
    address = await opened(browser, f"accounts:{desk.account['id']}")
    (case,) = await desk.admin.list("cases")
    said = await browser.post(f"{address}/comments", {"body": "They called again"})
    await browser.follow(said)
    assert "They called again You" in browser.text
    assert "Karl Clerk looks after it" not in browser.text
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do("cases.comment", case["id"], body="We look at it")
    await desk.agent.do("cases.note", case["id"], body="Careful with them")
    await browser.get(address)
    assert "We look at it" in browser.text
    assert "Careful with them" not in browser.text
    assert "Agnes Agent looks after it" in browser.text
    await browser.get("/cases")
    assert case["number"] in browser.page
    assert "Agnes Agent" in browser.text


async def test_files_come_along(desk: Desk) -> None:
    browser, _ = await come_in(desk, "account_contributor")
    customer = f"accounts:{desk.account['id']}"
    await browser.get(f"/cases/new?customer={customer}")
    answer = await browser.post(
        "/cases/new", WORDS | {"customer": customer},
        files={"files": ("light.txt", b"red", "text/plain")},
    )  # fmt: skip
    await browser.follow(answer)
    assert "light.txt" in browser.text


async def test_nobody_elses_case_is_there_for_them(desk: Desk) -> None:
    case = await desk.case()
    browser, _ = await come_in(desk, "account_contributor")
    assert (await browser.get(f"/cases/{case['number']}")).status_code == 404
    await browser.get("/cases?state=all")
    assert case["number"] not in browser.page
    await browser.get(f"/customers/accounts/{desk.account['id']}")
    assert "Maya Lindqvist" in browser.text
    assert case["number"] not in browser.page


@pytest.mark.parametrize("role", ["account_contributor", "consumer_contributor"])
async def test_they_have_no_desk(desk: Desk, role: str) -> None:
    browser, _ = await come_in(desk, role)
    for path in ("/workspace", "/workspace/cases", "/workspace/customers"):
        away = await browser.get(path)
        assert (away.status_code, away.headers["location"]) == (303, "/")
    script = await browser.get("/workspace/inbox/rows", headers={"x-atrium-fetch": "1"})
    assert script.status_code == 403
    await browser.get("/")
    assert "Workspace" not in browser.text
    posted = await browser.post("/workspace/presence", {"presence": "available"})
    assert posted.status_code == 403


async def test_agents_have_no_portal_of_their_own_and_whoever_is_both_has_both(desk: Desk) -> None:
    agent = await browser_of(desk.agent, desk.tenant)
    assert (await agent.get("/cases")).status_code == 403
    both, _ = await come_in(desk, "account_contributor", "agent_b2b")
    assert (await both.get("/workspace")).status_code == 200
    assert (await both.get("/cases")).status_code == 200
    assert "Workspace" in both.text


async def test_a_case_without_a_customer_is_asked_back_with_all_that_was_written(
    desk: Desk,
) -> None:
    browser, _ = await come_in(desk, "account_contributor")
    await browser.get(f"/cases/new?customer=accounts:{desk.account['id']}")
    answer = await browser.post("/cases/new", WORDS)
    assert answer.status_code == 422
    assert browser.faults == ["Choose for whom this is"]
    assert WORDS["description"] in browser.text
    assert await desk.admin.list("cases") == []


async def test_an_account_contributor_opens_none_for_a_consumer(desk: Desk) -> None:
    noor = await desk.admin.do("consumers.create", name="Noor Haddad")
    browser, _ = await come_in(desk, "account_contributor")
    await browser.get("/customers?q=noor")
    assert "Noor Haddad" not in browser.text
    assert (await browser.get(f"/customers/consumers/{noor['id']}")).status_code in {403, 404}
    await browser.get(f"/cases/new?customer=consumers:{noor['id']}")
    assert "Noor Haddad" not in browser.text
    answer = await browser.post("/cases/new", WORDS | {"customer": f"consumers:{noor['id']}"})
    assert answer.status_code in {403, 422}
    assert await desk.admin.list("cases") == []


async def test_a_consumer_contributor_finds_the_household_and_asks_for_a_member(
    desk: Desk,
) -> None:
    noor = await desk.admin.do("consumers.create", name="Noor Haddad", email="noor@example.com")
    home = await desk.admin.do("households.create", name="The Haddads")
    await desk.admin.do("households.join", home["id"], consumer_id=str(noor["id"]))
    await a_product(desk.tenant, "Home Fibre", consumer_id=noor["id"])
    browser, _ = await come_in(desk, "consumer_contributor")
    await browser.get("/customers?q=haddads")
    (link,) = re.findall(r'href="(/customers/households/[^"]+)"', browser.page)
    await browser.get(link)
    assert "Noor Haddad" in browser.text
    await browser.get(f"/customers/consumers/{noor['id']}")
    assert "The Haddads" in browser.text
    await browser.get(f"/products?customer=consumers:{noor['id']}")
    assert "Home Fibre" in browser.text
    assert "Router in the surgery" not in browser.text
    await opened(browser, f"consumers:{noor['id']}")
    (case,) = await desk.admin.list("cases")
    assert (case["consumer_id"], case["customer_kind"]) == (noor["id"], "consumer")
    await browser.get("/customers?q=Harbour")
    assert "Harbour Dental" not in browser.text


async def test_what_somebody_has_is_shown_for_a_customer_and_never_for_all(desk: Desk) -> None:
    browser, _ = await come_in(desk, "account_contributor")
    for path in ("/products", "/assets"):
        assert (await browser.get(path)).status_code == 404
        shown = await browser.get(f"{path}?customer=accounts:{desk.account['id']}")
        assert shown.status_code == 200
    assert (await browser.get("/chat")).status_code == 403


async def test_a_self_contributor_asks_for_themselves_and_finds_nobody(desk: Desk) -> None:
    browser, clerk = await come_in(desk, "self_contributor")
    await browser.get("/cases/new")
    assert "For me" in browser.text
    await browser.follow(await browser.post("/cases/new", WORDS))
    (case,) = await desk.admin.list("cases")
    assert (case["employee_id"], case["account_id"]) == (clerk.profile_id, None)
    assert (await browser.get("/customers")).status_code == 403
