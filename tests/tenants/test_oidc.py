"""Signing in with a tenant's own OpenID Connect provider, against a real one of its own process."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.tenants.house import Tenant, key_in
from tests.tenants.providers import PROVISION, back, known_to, left, set_up, vouched


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


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_an_unverified_address_brings_nobody_in(
    acme: Tenant, issuer: str, verified: Any
) -> None:
    await set_up(acme, issuer, **PROVISION)
    claims = {"email": "un@example.test"} | (
        {} if verified is None else {"email_verified": verified}
    )
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
    answer = await mine.get("/auth/oidc/corp/callback", params={"code": stolen, "state": state})
    assert answer.status_code == 401, "nonce of another sign-in"
