"""What customers see and do in the portal, over HTTP and without any script."""

import re

from ai.indexing import Part, Source, refresh
from ai.providers import providers_of
from tests.portals.browsing import Browser, a_product, an_article, browser_of
from tests.world import Actor, Tenant, World


async def opened(browser: Browser, subject: str = "Internet drops every evening") -> str:
    """A case opened through the form; its number."""
    await browser.get("/cases/new")
    answer = await browser.post(
        "/cases/new", {"subject": subject, "description": "Since Thursday, around seven."}
    )
    assert answer.status_code == 303, browser.text
    return str(answer.headers["location"].rpartition("/")[2])


async def a_customer(world: World) -> tuple[Tenant, Actor, Browser]:
    tenant = await world.tenant()
    maya = await tenant.contact()
    return tenant, maya, await browser_of(maya, tenant)


async def test_visitor_searches_what_is_public_and_is_asked_to_sign_in_for_more(
    world: World,
) -> None:
    tenant = await world.tenant()
    await an_article(tenant, "Router restarts", "# Try this\nMove the **router** off the floor.")
    await an_article(tenant, "Router prices for customers", "The router costs 3.", "customer")
    browser = Browser(world, tenant.slug)
    assert (await browser.get("/")).status_code == 200
    assert "What can we help with?" in browser.text
    await browser.get("/search?q=router")
    assert "Router restarts" in browser.text
    assert "prices" not in browser.text
    assert (await browser.get("/search/results?q=router")).status_code == 200
    assert "<html" not in browser.page
    answer = await browser.get("/cases?state=all")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin?next=%2Fcases%3Fstate%3Dall"


async def test_article_is_read_and_rated_once_or_again(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    article = await an_article(tenant, "Why is it slow?", "Many people <script>x</script> share.")
    await browser.get(f"/knowledge/{article['number']}")
    assert "Many people" in browser.text
    assert "<script>x" not in browser.page
    said = await browser.post(f"/knowledge/{article['number']}/feedback", {"helpful": "no"})
    await browser.follow(said)
    assert "Thank you, that helps us to improve it" in browser.text
    (told,) = await tenant.admin.list("article_feedback")
    assert told["helpful"] is False


async def test_home_shows_what_is_open_and_what_i_own(world: World) -> None:
    tenant, maya, browser = await a_customer(world)
    await a_product(tenant, account_id=maya.caller.attributes["account_id"])
    number = await opened(browser)
    await browser.get("/")
    assert "Maya" in browser.text
    assert "Internet drops every evening" in browser.text
    assert f'href="/cases/{number}"' in browser.page
    assert "Fibre 900 Business" in browser.text
    assert "Report a problem" in browser.text


async def test_contact_opens_a_case_on_an_owned_product_with_a_file(world: World) -> None:
    tenant, maya, browser = await a_customer(world)
    sold = await a_product(tenant, account_id=maya.caller.attributes["account_id"])
    await browser.get(f"/cases/new?sold_product_id={sold['id']}&subject=No%20dial%20tone")
    assert re.search(rf'value="{sold["id"]}" checked', browser.page)
    assert 'value="No dial tone"' in browser.page
    answer = await browser.post(
        "/cases/new",
        {
            "subject": "No dial tone",
            "description": "Since today.",
            "sold_product_id": str(sold["id"]),
        },
        files=[("files", ("light.txt", b"red", "text/plain"))],
    )
    await browser.follow(answer)
    assert "We have it and write to you." in browser.text
    assert "Fibre 900 Business" in browser.text
    assert "You have a solution by" in browser.text
    assert "light.txt" in browser.text
    place = re.search(r'href="(/api/v1/attachments/[^"]+)"', browser.page)
    assert place is not None
    assert (await browser.http.get(place[1])).content == b"red"
    (case,) = await tenant.admin.list("cases")
    assert (case["channel"], case["entitlement_status"]) == ("portal", "verified")


async def test_every_fault_of_a_new_case_is_named_and_nothing_typed_is_lost(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    answer = await browser.post("/cases/new", {"subject": " ", "description": ""})
    assert answer.status_code == 422
    assert browser.faults == ["Say in one line what it is about", "Describe what happened"]
    long = "x" * 301
    answer = await browser.post("/cases/new", {"subject": long, "description": "It <b>drops</b>"})
    assert browser.faults == ["Write this shorter"]
    assert f'value="{long}"' in browser.page
    assert "It &lt;b&gt;drops&lt;/b&gt;" in browser.page
    answer = await browser.post(
        "/cases/new", {"subject": "Good", "description": "Words", "sold_product_id": "nonsense"}
    )
    assert answer.status_code == 422
    assert 'value="Good"' in browser.page
    assert await tenant.admin.list("cases") == []


async def test_files_of_a_refused_form_need_not_be_sent_again(world: World) -> None:
    _, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    files = [("files", ("light.txt", b"red", "text/plain"))]
    answer = await browser.post("/cases/new", {"subject": "x", "description": ""}, files=files)
    assert answer.status_code == 422
    kept = re.search(r'name="kept" value="([^"]+)" checked', browser.page)
    assert kept is not None
    fields = {"subject": "x", "description": "Now with words", "kept": kept[1]}
    await browser.follow(await browser.post("/cases/new", fields))
    assert "light.txt" in browser.text


async def test_form_sent_twice_opens_one_case(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    attempt = re.search(r'name="attempt" value="([^"]+)"', browser.page)
    assert attempt is not None
    fields = {"subject": "Once", "description": "Really", "attempt": attempt[1]}
    page, places = browser.page, set()
    for _ in range(2):
        browser.page = page
        places.add((await browser.post("/cases/new", fields)).headers["location"])
    assert len(places) == len(await tenant.admin.list("cases")) == 1


async def test_file_that_is_too_large_is_said_on_the_form(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    huge = b"x" * (world.services.settings.attachment_bytes_max + 1)
    answer = await browser.post(
        "/cases/new", {"subject": "Big", "description": "Picture"},
        files=[("files", ("big.bin", huge, "application/octet-stream"))],
    )  # fmt: skip
    assert answer.status_code == 413
    assert browser.faults == ["A file is too large. Leave it out or make it smaller."]
    assert 'value="Big"' in browser.page
    assert await tenant.admin.list("cases") == []


async def test_form_of_an_older_session_keeps_what_was_written(world: World) -> None:
    _, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    answer = await browser.post(
        "/cases/new", {"csrf_token": "old", "subject": "Kept", "description": "Also kept"}
    )
    assert answer.status_code == 403
    assert browser.faults == ["The form was open for a long time. Send it again."]
    assert 'value="Kept"' in browser.page
    assert "Also kept" in browser.page


async def test_another_sites_form_is_refused(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    await browser.get("/cases/new")
    answer = await browser.post(
        "/cases/new",
        {"subject": "Evil", "description": "Evil"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert await tenant.admin.list("cases") == []


async def test_customer_and_agent_talk_until_it_is_solved_and_rated(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    agent = await tenant.member("agent_b2b", name="Jonas Reuter")
    number = await opened(browser)
    await agent.do("cases.start", number)
    await agent.do("cases.comment", number, body="What do you see?")
    await agent.do("cases.note", number, body="secret of the house")
    await browser.get(f"/cases/{number}")
    assert "What do you see?" in browser.text
    assert "Jonas Reuter is working on it" in browser.text
    assert "secret of the house" not in browser.page
    said = await browser.post(
        f"/cases/{number}/comments",
        {"body": "A red light."},
        files=[("files", ("light.png", b"png", "image/png"))],
    )
    await browser.follow(said)
    assert "A red light." in browser.text
    assert "light.png" in browser.text
    await browser.get(f"/cases/{number}/thread")
    assert "A red light." in browser.text
    assert "<html" not in browser.page
    await agent.do("cases.resolve", number, resolution="We put the software back.")
    await browser.get(f"/cases/{number}")
    assert "Solved, to check" in browser.text
    assert "We put the software back." in browser.text
    answer = await browser.post(f"/cases/{number}/rating", {"comment": "Quick"})
    assert answer.status_code == 422
    assert browser.faults == ["Choose a score from 1 to 5"]
    await browser.follow(
        await browser.post(f"/cases/{number}/rating", {"score": "4", "comment": "Quick"})
    )
    assert "You rated us 4 of 5" in browser.text
    await browser.follow(await browser.post(f"/cases/{number}/reopen", {}))
    assert "The case is open again." in browser.text
    assert "We are on it" in browser.text
    await agent.do("cases.resolve", number, resolution="Again.")
    await browser.get(f"/cases/{number}")
    await browser.follow(await browser.post(f"/cases/{number}/close", {}))
    assert "This is closed." in browser.text
    answer = await browser.post(f"/cases/{number}/comments", {"body": "One more thing"})
    assert answer.status_code == 409
    assert browser.faults == ["This case is closed. Open it again to write more."]


async def test_script_is_told_in_the_readers_words(world: World) -> None:
    _, _, browser = await a_customer(world)
    number = await opened(browser)
    await browser.get(f"/cases/{number}", headers={"Accept-Language": "de"})
    answer = await browser.post(
        f"/cases/{number}/comments", {"body": ""}, headers={"X-Atrium-Fetch": "1"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"pointer": "/body", "message": "Write a message"}]


async def test_same_message_sent_twice_is_written_once(world: World) -> None:
    _, _, browser = await a_customer(world)
    number = await opened(browser)
    await browser.get(f"/cases/{number}")
    page = browser.page
    for _ in range(2):
        browser.page = page
        headers = {"Idempotency-Key": "one-attempt", "X-Atrium-Fetch": "1"}
        answer = await browser.post(
            f"/cases/{number}/comments", {"body": "Once"}, headers=headers,
            files=[("files", ("a.txt", b"a", "text/plain"))],
        )  # fmt: skip
        assert answer.status_code == 303
    await browser.get(f"/cases/{number}")
    assert browser.text.count("Once") == 1
    assert browser.text.count("a.txt") == 1


async def test_customer_cannot_tell_another_customers_case_from_none(world: World) -> None:
    tenant, _, browser = await a_customer(world)
    noor = await browser_of(await tenant.consumer(), tenant)
    number = await opened(browser)
    (case,) = await tenant.admin.list("cases")
    random_id = "0192f0c1-7d5e-7000-8000-000000000000"
    for path in ("", "/thread", "/standing"):
        answers = [
            await noor.get(f"/cases/{key}{path}") for key in (number, case["id"], random_id, "CS1")
        ]
        assert [each.status_code for each in answers] == [404] * 4
        bodies = {re.sub(r'value="[^"]*"', "", each.text) for each in answers}
        assert len(bodies) == 1, path
    await noor.get("/")
    for verb in ("comments", "close", "reopen", "rating"):
        token_page = noor.page
        answer = await noor.post(f"/cases/{number}/{verb}", {"body": "x", "score": "1"})
        assert answer.status_code == 404, verb
        noor.page = token_page
    elsewhere = await world.tenant()
    stranger = await browser_of(await elsewhere.contact(), elsewhere, at=tenant)
    assert (await stranger.get(f"/cases/{number}")).status_code == 303


async def test_case_list_is_filtered_and_paged_by_its_address(world: World) -> None:
    _, maya, browser = await a_customer(world)
    for n in range(23):
        await maya.do("cases.create", subject=f"Question {n:02d}", description="About the bill")
    await maya.do("cases.cancel", (await maya.list("cases", limit="1"))[0]["id"])
    await browser.get("/cases")
    assert "Open 22 Closed 1 All 23" in browser.text
    assert "1 to 20 of 22" in browser.text
    forward = re.search(r'href="([^"]+)" rel="next"', browser.page)
    assert forward is not None
    await browser.get(forward[1].replace("&amp;", "&"))
    assert "21 to 22 of 22" in browser.text
    back = re.search(r'href="([^"]+)" rel="prev"', browser.page)
    assert back is not None
    assert back[1] == "/cases?state=open"
    await browser.get("/cases?state=all&q=Question%2007")
    assert "Question 07" in browser.text
    assert "1 to 1 of 1" in browser.text
    await browser.get("/cases?state=closed&q=zebra")
    assert "Nothing of yours says “zebra”." in browser.text
    assert (await browser.get("/cases?after=nonsense")).status_code == 400


async def test_products_show_what_their_owner_is_entitled_to(world: World) -> None:
    tenant, maya, browser = await a_customer(world)
    sold = await a_product(tenant, account_id=maya.caller.attributes["account_id"])
    await maya.do("cases.create", subject="Down", description="x", sold_product_id=str(sold["id"]))
    await browser.get("/products")
    assert "HG-20-4471" in browser.text
    assert "Business Care" in browser.text
    assert "One open case" in browser.text
    await browser.get(f"/cases?product={sold['id']}")
    assert "Down" in browser.text
    noor = await browser_of(await tenant.consumer(), tenant)
    await noor.get("/products")
    assert "HG-20-4471" not in noor.page


async def test_staff_come_to_the_workspace_and_may_look_at_the_portal(world: World) -> None:
    tenant = await world.tenant()
    browser = await browser_of(await tenant.member("agent_b2b"), tenant)
    assert (await browser.get("/")).headers["location"] == "/workspace"
    assert (await browser.get("/portal")).status_code == 200
    assert "What can we help with?" in browser.text
    assert (await browser.get("/cases")).status_code == 403
    assert "This page is not for your account" in browser.text


async def test_pages_speak_german_to_whoever_asks_for_it(world: World) -> None:
    tenant = await world.tenant()
    browser = Browser(world, tenant.slug)
    await browser.get("/signin", headers={"Accept-Language": "fr, de-AT;q=0.9, en;q=0.4"})
    assert "Anmelden" in browser.text
    await browser.get("/signin")
    assert "Sign in" in browser.text
    await browser.follow(await browser.post("/language", {"locale": "de", "next": "/signin"}))
    assert "Anmelden" in browser.text
    await browser.get("/no/such/page")
    assert "Hier ist nichts" in browser.text


async def test_browser_may_choose_its_look_but_not_where_it_is_sent(world: World) -> None:
    tenant = await world.tenant()
    browser = Browser(world, tenant.slug)
    await browser.get("/signin")
    answer = await browser.post("/theme", {"theme": "dark", "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    await browser.get("/signin")
    assert 'data-theme="dark"' in browser.page


async def test_search_finds_by_meaning_and_what_is_not_indexed_yet(world: World) -> None:
    tenant = await world.tenant()
    floor = "Move the router off the floor, away from heat, when it restarts."
    indexed = await an_article(tenant, "Router restarts", floor)
    hidden = await an_article(tenant, "Router secrets", floor, "internal")
    for article in (indexed, hidden):
        source = Source("articles", article["id"], 1, (Part(floor, ("staff", "public")),))
        await refresh(
            lambda: world.services.system(tenant.id, reason="test"),
            providers_of(world.services).built_in,
            source,
            tenant_id=tenant.id,
        )
    await an_article(tenant, "Router colours", "The router comes in white.")
    browser = Browser(world, tenant.slug)
    await browser.get("/search?q=why+does+my+box+restart+again+and+again")
    assert "Router restarts" in browser.text
    assert "Router secrets" not in browser.text
    await browser.get("/search?q=router+white")
    assert "Router colours" in browser.text
    await browser.get("/search?q=%00%27+OR+1%3D1")
    assert "Try fewer or other words" in browser.text


async def test_my_assets_and_the_choice_on_a_new_case_are_those_i_look_after(world: World) -> None:
    tenant, maya, browser = await a_customer(world)
    model = await tenant.admin.do("product_models.create", name="R7", code="R7", kind="hardware")
    mine, other = [
        await tenant.admin.do(
            "assets.create",
            name=name,
            account_id=str(maya.caller.attributes["account_id"]),
            product_model_id=str(model["id"]),
            asset_tag=f"T-{name}",
        )
        for name in ("Counter", "Office")
    ]
    await browser.get("/products")
    assert "My assets" in browser.text
    await browser.get("/assets")
    assert "Counter" in browser.text
    assert "Office" in browser.text
    await tenant.admin.do(
        "asset_contacts.create",
        asset_id=str(mine["id"]),
        contact_id=str(maya.caller.attributes["contact_id"]),
    )
    await tenant.admin.http().patch("/api/v1/settings", json={"assets_by_contact_only": True})
    for place in ("/assets", "/cases/new"):
        await browser.get(place)
        assert "Counter" in browser.text
        assert "Office" not in browser.text
    words = {"subject": "No light", "description": "Since Thursday."}
    refused = await browser.post("/cases/new", words | {"asset_id": str(other["id"])})
    assert refused.status_code == 422
    assert "Choose one of the assets in the list" in browser.text
    answer = await browser.post("/cases/new", words | {"asset_id": str(mine["id"])})
    assert answer.status_code == 303
    (case,) = await tenant.admin.list("cases")
    assert case["asset_id"] == mine["id"]
