"""Signing in with a tenant's own OpenID Connect provider, against a real one of its own process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from tests.tenants.house import Tenant, key_in

PORTS = (18711, 18712)
PROVISION = {"provision_kind": "staff", "provision_roles": ["case_viewer"]}


@pytest.fixture(scope="module", params=[PORTS[0]])
def issuer(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from provider(request.param)


@pytest.fixture(scope="module")
def second_issuer() -> Iterator[str]:
    yield from provider(PORTS[1])


def provider(port: int) -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                httpx2.get(f"{address}/.well-known/openid-configuration")
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


async def set_up(acme: Tenant, issuer: str, **more: Any) -> dict[str, Any]:
    body = {
        "name": "corp",
        "title": "Corp",
        "issuer": issuer,
        "client_id": "atrium",
        "client_secret": "very-secret",
    } | more
    answer = await acme.admin.post("/api/v1/identity_providers", json=body)
    assert answer.status_code == 201, answer.text
    assert "client_secret" not in answer.json()
    return dict(answer.json())


async def known_to(issuer: str, subject: str, **claims: Any) -> None:
    async with httpx2.AsyncClient() as http:
        answer = await http.put(f"{issuer}/users/{subject}", json=claims)
        assert answer.status_code < 300, answer.text


async def left(browser: httpx2.AsyncClient, path: str = "/auth/oidc/corp/start") -> str:
    answer = await browser.get(path)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def vouched(url: str, subject: str) -> str:
    """Sign in at the provider as this subject; where it sends the browser back to."""
    async with httpx2.AsyncClient() as http:
        answer = await http.post(url, data={"sub": subject})
        assert answer.status_code in {302, 303}, answer.text
        return str(answer.headers["location"])


async def back(browser: httpx2.AsyncClient, location: str) -> httpx2.Response:
    parts = urlsplit(location)
    return await browser.get(f"{parts.path}?{parts.query}")


async def test_a_provider_brings_a_new_person_in(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer, **PROVISION)
    await known_to(issuer, "s1", email="s1@example.test", email_verified=True, name="Eve One")
    for _ in range(2):
        browser = acme.browser()
        url = await left(browser, "/auth/oidc/corp/start?next=/cases")
        query = parse_qs(urlsplit(url).query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [f"http://{acme.host}/auth/oidc/corp/callback"]
        answer = await back(browser, await vouched(url, "s1"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/cases"), answer.text
        me = (await browser.get("/api/v1/me")).json()
        assert (me["user"]["email"], me["roles"]) == ("s1@example.test", ["case_viewer"])
    people = (await acme.admin.get("/api/v1/users", params={"email": "s1@example.test"})).json()
    assert len(people["data"]) == 1
    shown = (await acme.browser().get("/auth/oidc")).json()
    assert shown == {"data": [{"name": "corp", "title": "Corp"}]}


async def test_an_address_never_joins_an_identity_to_somebody(acme: Tenant, issuer: str) -> None:
    victim = await acme.user("victim@example.test", roles=["admin"])
    await set_up(acme, issuer, **PROVISION)
    await known_to(issuer, "evil", email="VICTIM@example.test", email_verified=True)
    browser = acme.browser()
    answer = await back(browser, await vouched(await left(browser), "evil"))
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    rows = (await acme.admin.get("/api/v1/external_identities")).json()["data"]
    assert [row for row in rows if row["user_id"] == victim["id"]] == []


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_an_unverified_address_brings_nobody_in(
    acme: Tenant, issuer: str, verified: Any
) -> None:
    await set_up(acme, issuer, **PROVISION)
    claims = {"email": "un@example.test"} | ({} if verified is None else {"email_verified": verified})
    await known_to(issuer, "unverified", **claims)
    browser = acme.browser()
    answer = await back(browser, await vouched(await left(browser), "unverified"))
    assert answer.status_code == 403


async def test_without_the_rule_only_an_invitation_binds(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer)
    body = {"email": "guest@example.test", "name": "Guest", "roles": ["agent_b2c"]}
    user = (await acme.admin.post("/api/v1/users", json=body)).json()
    key = key_in((await acme.mails("guest@example.test"))[-1]["text_body"])
    await known_to(issuer, "g7", email="other@example.test", email_verified=True)
    browser = acme.browser()
    assert (await back(browser, await vouched(await left(browser), "g7"))).status_code == 403
    start = f"/auth/oidc/corp/start?{urlencode({'invitation': key})}"
    answer = await back(browser, await vouched(await left(browser, start), "g7"))
    assert answer.status_code == 303, answer.text
    assert (await browser.get("/api/v1/me")).json()["user"]["id"] == user["id"]
    again = acme.browser()
    assert (await again.get(start)).status_code == 401
    assert (await back(again, await vouched(await left(again), "g7"))).status_code == 303


async def test_the_answer_counts_once_and_only_in_its_browser(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer, **PROVISION)
    await known_to(issuer, "s2", email="s2@example.test", email_verified=True)
    browser, other = acme.browser(), acme.browser()
    await other.get("/auth/csrf")
    location = await vouched(await left(browser), "s2")
    assert (await back(other, location)).status_code == 401
    assert (await back(browser, location)).status_code == 401, "the state was used up"
    location = await vouched(await left(browser), "s2")
    assert (await back(browser, location)).status_code == 303
    assert (await back(browser, location)).status_code == 401


async def test_a_state_that_is_missing_altered_or_anothers_is_refused(
    acme: Tenant, other: Tenant, issuer: str
) -> None:
    for tenant in (acme, other):
        await set_up(tenant, issuer, **PROVISION)
    browser = acme.browser()
    location = await vouched(await left(browser), "s1")
    code = parse_qs(urlsplit(location).query)["code"][0]
    state = parse_qs(urlsplit(location).query)["state"][0]
    path = "/auth/oidc/corp/callback"
    for wrong in ("", "x", state[:-1], state + "x", "0" * 32 + ".x"):
        answer = await browser.get(path, params={"code": code, "state": wrong})
        assert answer.status_code == 401
    foreign = other.browser()
    foreign.cookies.set("atrium_browser", browser.cookies["atrium_browser"])
    answer = await foreign.get(path, params={"code": code, "state": state})
    assert answer.status_code == 401


async def test_a_code_of_another_sign_in_is_refused(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer, **PROVISION)
    mine, theirs = acme.browser(), acme.browser()
    my_location = await vouched(await left(mine), "s1")
    stolen = parse_qs(urlsplit(await vouched(await left(theirs), "s1")).query)["code"][0]
    state = parse_qs(urlsplit(my_location).query)["state"][0]
    answer = await mine.get(
        "/auth/oidc/corp/callback", params={"code": stolen, "state": state}
    )
    assert answer.status_code == 401, "nonce of another sign-in"


async def test_one_provider_cannot_speak_for_another(
    acme: Tenant, issuer: str, second_issuer: str
) -> None:
    await set_up(acme, issuer, **PROVISION)
    await set_up(acme, second_issuer, name="evil", **PROVISION)
    await known_to(issuer, "boss", email="cfo@example.test", email_verified=True)
    browser = acme.browser()
    assert (await back(browser, await vouched(await left(browser), "boss"))).status_code == 303
    boss = (await browser.get("/api/v1/me")).json()["user"]["id"]
    await known_to(second_issuer, "boss", email="cfo@example.test", email_verified=True)
    evil = acme.browser()
    location = await vouched(await left(evil, "/auth/oidc/evil/start"), "boss")
    assert (await back(evil, location)).status_code == 403
    evil = acme.browser()
    location = await vouched(await left(evil, "/auth/oidc/evil/start"), "boss")
    mixed = location.replace("/auth/oidc/evil/", "/auth/oidc/corp/")
    assert (await back(evil, mixed)).status_code == 401
    assert (await evil.get("/api/v1/me")).status_code == 401
    assert boss


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:5432",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://user@localhost:18711",
        "gopher://x",
        "http://[::1]:80",
        "http://0x7f.1",
    ],
)
async def test_a_provider_inside_our_network_is_refused(acme: Tenant, address: str) -> None:
    body = {"name": "in", "title": "In", "issuer": address, "client_id": "x"}
    answer = await acme.admin.post("/api/v1/identity_providers", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/issuer"


async def test_the_clients_secret_is_stored_sealed_and_never_shown(
    acme: Tenant, issuer: str
) -> None:
    made = await set_up(acme, issuer)
    shown = (await acme.admin.get(f"/api/v1/identity_providers/{made['id']}")).text
    assert "very-secret" not in shown
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        stored = await ctx.fetchval(
            "SELECT client_secret FROM identity_providers WHERE tenant_id = $1", acme.id
        )
        audit = await ctx.fetch(
            "SELECT changes::text AS text FROM audit_entries WHERE tenant_id = $1", acme.id
        )
    assert stored.startswith("v1:")
    assert "very-secret" not in stored
    assert not any("very-secret" in row["text"] or stored in row["text"] for row in audit)
