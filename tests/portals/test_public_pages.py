"""Coming in: sign in and out, a forgotten password, an invitation, another profile, a program."""

import re

import httpx2

from portals.brand import Brands
from tenants.people.invitations import make_invitation
from tenants.people.resources import users
from tests.portals.browsing import Browser, browser_of
from tests.world import PASSWORD, Tenant, World

FRESH = "a sentence nobody else would say"


async def a_member(tenant: Tenant, email: str = "jo@staff.example.com") -> None:
    user = await tenant.admin.do("users.create", email=email, name="Jo", password=PASSWORD)
    await tenant.admin.do(
        "profiles.create", user_id=str(user["id"]), kind="staff", roles=["agent_b2b"]
    )


async def test_person_signs_in_goes_on_and_signs_out(world: World) -> None:
    tenant = await world.tenant()
    await a_member(tenant)
    browser = Browser(world, tenant.slug)
    await browser.get("/signin?next=/portal")
    answer = await browser.post(
        "/signin", {"email": " JO@staff.example.com", "password": PASSWORD, "next": "/portal"}
    )
    assert answer.headers["location"] == "/portal"
    await browser.follow(answer)
    assert "jo@staff.example.com" in browser.text
    assert (await browser.get("/signin")).headers["location"] == "/"
    await browser.get("/portal")
    old = dict(browser.http.cookies)
    await browser.follow(await browser.post("/signout", {}))
    assert "Sign in" in browser.text
    browser.http.cookies.update(old)
    await browser.get("/portal")
    assert "jo@staff.example.com" not in browser.text


async def test_wrong_password_and_unknown_address_read_the_same(world: World) -> None:
    tenant = await world.tenant()
    await a_member(tenant)
    browser = Browser(world, tenant.slug)
    seen = set()
    for email in ("jo@staff.example.com", "no@staff.example.com"):
        await browser.get("/signin")
        answer = await browser.post("/signin", {"email": email, "password": "wrong wrong"})
        assert answer.status_code == 401
        assert f'value="{email}"' in browser.page
        seen.add(tuple(browser.faults))
    assert seen == {("The address or the password is wrong.",)}
    await browser.get("/signin")
    assert (await browser.post("/signin", {"email": "", "password": ""})).status_code == 422
    assert browser.faults == [
        "Write your email address like name@example.com",
        "Enter your password",
    ]


async def test_sign_in_form_of_no_browser_of_ours_is_refused(world: World) -> None:
    tenant = await world.tenant()
    browser = Browser(world, tenant.slug)
    await browser.get("/signin")
    answer = await browser.post(
        "/signin", {"csrf_token": "guess", "email": "a@example.com", "password": "x"}
    )
    assert answer.status_code == 403
    assert browser.faults == ["The form was open for a long time. Send it again."]


async def test_forgotten_password_is_set_anew_by_letter(world: World) -> None:
    tenant = await world.tenant()
    await a_member(tenant)
    browser = Browser(world, tenant.slug)
    for email in ("jo@staff.example.com", "no@staff.example.com"):
        await browser.get("/forgot")
        assert (await browser.post("/forgot", {"email": email})).status_code == 200
        assert f"If {email} has an account here" in browser.text
    await world.work(tenant)
    async with world.services.system(tenant.id, reason="test") as ctx:
        (text,) = [
            row["text_body"]
            for row in await ctx.fetch(
                "SELECT text_body FROM outbound_mails WHERE tenant_id = $1 AND recipient = $2",
                tenant.id,
                "jo@staff.example.com",
            )
        ]
    link = re.search(r"http://[^/]+(/auth/reset\?token=\S+)", text)
    assert link is not None
    await browser.follow(await browser.get(link[1]))
    token = re.search(r'name="token" value="([^"]+)"', browser.page)
    assert token is not None
    answer = await browser.post("/reset", {"token": token[1], "password": "short"})
    assert (answer.status_code, browser.faults) == (422, ["Choose a longer password"])
    await browser.follow(await browser.post("/reset", {"token": token[1], "password": FRESH}))
    assert "The password is set. Sign in with it." in browser.text
    answer = await browser.post("/signin", {"email": "jo@staff.example.com", "password": FRESH})
    assert answer.status_code == 303
    browser = Browser(world, tenant.slug)
    await browser.get("/reset?token=x")
    answer = await browser.post("/reset", {"token": token[1], "password": FRESH})
    assert answer.status_code == 422
    assert browser.faults == ["This link was used already or is too old. Ask for a new one."]


async def test_invited_person_comes_in_once_under_the_name_they_choose(world: World) -> None:
    tenant = await world.tenant()
    user = await tenant.admin.do("users.create", email="new@example.com", name="N.")
    await tenant.admin.do(
        "profiles.create", user_id=str(user["id"]), kind="staff", roles=["agent_b2b"]
    )
    async with world.services.system(tenant.id, reason="test") as ctx:
        _, key = await make_invitation(ctx, await ctx.find(users, user["id"]))
    browser = Browser(world, tenant.slug)
    await browser.follow(await browser.get(f"/auth/accept-invitation?token={key}"))
    assert "new@example.com" in browser.text
    answer = await browser.post("/invite", {"token": key, "name": "Nia Okafor", "password": "x"})
    assert (answer.status_code, browser.faults) == (422, [
        "Choose a longer password", "Choose a password that fewer people use",
    ])  # fmt: skip
    assert 'value="Nia Okafor"' in browser.page
    fields = {"token": key, "name": "Nia Okafor", "password": FRESH}
    answer = await browser.post("/invite", fields)
    assert answer.headers["location"] == "/"
    await browser.get("/portal")
    assert "Nia Okafor" in browser.text
    other = Browser(world, tenant.slug)
    assert (await other.get(f"/invite?token={key}")).status_code == 404
    assert "This invitation is no longer good" in other.text


async def test_person_acts_for_another_of_their_profiles(world: World) -> None:
    tenant = await world.tenant()
    maya = await tenant.contact(await tenant.account("Harbour Dental"))
    contact = await tenant.admin.read("contacts", maya.caller.attributes["contact_id"])
    await tenant.admin.do("consumers.create", name="Maya at home", email=contact["email"])
    (made,) = await tenant.admin.list("profiles", kind="consumer")
    await tenant.admin.do("profiles.update", made["id"], title="Maya at home")
    browser = await browser_of(maya, tenant)
    await maya.do("cases.create", subject="For the company", description="x")
    await browser.get("/cases")
    assert "For the company" in browser.text
    assert "Act for Maya at home" in browser.text
    await browser.follow(await browser.post("/profile", {"profile_id": str(made["id"])}))
    await browser.get("/cases")
    assert "For the company" not in browser.text
    assert "Act for Harbour Dental" in browser.text
    foreign = await tenant.consumer()
    answer = await browser.post("/profile", {"profile_id": str(foreign.profile_id)})
    assert answer.status_code == 404


async def test_program_is_let_in_by_the_person_and_told_at_its_own_address(world: World) -> None:
    tenant = await world.tenant()
    client = await tenant.admin.do(
        "oauth_clients.create", name="Ledger", kind="public", scopes=["cases:read"],
        redirect_uris=["https://ledger.example/back"],
        grant_types=["authorization_code"],
    )  # fmt: skip
    query = {
        "client_id": client.client_id,
        "redirect_uri": "https://ledger.example/back",
        "response_type": "code",
        "scope": "cases:read",
        "state": "s1",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    stranger = Browser(world, tenant.slug)
    answer = await stranger.get("/oauth/authorize", params=query)
    answer = await stranger.get(answer.headers["location"])
    assert answer.headers["location"].startswith("/signin?next=%2Fconsent%3F")
    browser = await browser_of(await tenant.member("agent_b2b"), tenant)
    answer = await browser.get("/consent", params=query)
    assert "Allow Ledger?" in browser.text
    assert "Read: Cases" in browser.text
    assert "form-action 'self' https://ledger.example;" in answer.headers["content-security-policy"]
    page = browser.page
    refused = await browser.post("/consent", query | {"decision": "deny"})
    assert refused.headers["location"] == (
        "https://ledger.example/back?error=access_denied&state=s1"
    )
    browser.page = page
    allowed = await browser.post("/consent", query | {"decision": "allow"})
    assert re.match(r"https://ledger\.example/back\?code=[^&]+&state=s1", told(allowed))
    elsewhere = query | {"redirect_uri": "https://evil.example"}
    assert (await browser.get("/consent", params=elsewhere)).status_code == 400


def told(answer: httpx2.Response) -> str:
    return str(answer.headers["location"])


async def test_installations_own_host_says_what_it_is(world: World) -> None:
    browser = Browser(world, "")
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert 'href="/api/docs"' in browser.page
    assert (await browser.get("/signin")).status_code == 404
    nobody = Browser(world, "no-such-tenant")
    assert (await nobody.get("/")).status_code == 404


async def test_static_files_are_kept_for_ever_under_their_own_address(world: World) -> None:
    tenant = await world.tenant()
    browser = Browser(world, tenant.slug)
    await browser.get("/")
    sheets = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.page)
    for address in sheets:
        answer = await browser.http.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
        again = await browser.http.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    for path in ("/brand.css", "/static/js/live.js"):
        answer = await browser.http.get(path)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["cache-control"]
    assert (await browser.http.get("/static/../pages.py")).status_code == 404
    assert (await browser.http.get("/favicon.ico")).status_code == 301


async def test_tenants_colour_is_a_colour_or_nothing(world: World) -> None:
    tenant = await world.tenant()
    for color, shown in [("#aa3300", "--brand:#aa3300"), ("red;}*{x", "the house's own")]:
        async with world.services.database.transaction(tenant.id) as connection:
            await connection.execute(
                """UPDATE tenant_state SET settings =
                     jsonb_build_object('brand', jsonb_build_object('color', $2::text))
                   WHERE tenant_id = $1""",
                tenant.id,
                color,
            )
        world.services.get(Brands).forget()
        browser = Browser(world, tenant.slug)
        assert shown in (await browser.http.get("/brand.css")).text


async def test_pages_carry_the_strict_policy_and_are_never_kept(world: World) -> None:
    tenant = await world.tenant()
    browser = Browser(world, tenant.slug)
    for path in ("/", "/signin", "/search?q=x", "/no/such"):
        answer = await browser.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.content) < 100_000


async def test_broken_requests_get_their_page_and_are_never_a_fault_of_ours(world: World) -> None:
    tenant = await world.tenant()
    browser = await browser_of(await tenant.contact(), tenant)
    number = "CS0001001"
    odd = ("%00", "..%2f..", "a" * 300, "%F0%9F%98%80", "-1", "CS0001001'--")
    for path in ("/cases/{}", "/knowledge/{}", "/cases/{}/thread", "/auth/{}", "/static/{}"):
        for text in odd:
            answer = await browser.get(path.format(text))
            assert answer.status_code in {303, 404}, (path, text, answer.status_code)
    for query in ("state=%00", "q=" + "x" * 2000, "after=~~~", "product=1", "after=%F0"):
        for path in ("/cases", "/products", "/search", "/chat", "/cases/new"):
            answer = await browser.get(f"{path}?{query}")
            assert answer.status_code in {200, 400}, (path, query, answer.status_code)
    stranger = Browser(world, tenant.slug)
    for cookie in ("notice", "session", "browser"):
        stranger.http.cookies.set(f"atrium_{cookie}", "%%%.broken")
        assert (await stranger.get("/signin")).status_code == 200
    for content, kind in (
        (b"{}", "application/json"),
        (b"a", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"%", "application/x-www-form-urlencoded"),
    ):
        for path in ("/signin", "/language", f"/cases/{number}/comments", "/cases/new", "/consent"):
            answer = await browser.http.post(path, content=content, headers={"Content-Type": kind})
            assert answer.status_code in {303, 400, 403, 404, 422}, (path, kind, answer.status_code)
            assert answer.headers.get("content-type", "text/html").startswith("text/html")
    assert (await browser.http.put("/signin")).status_code == 405
