"""What another site makes a signed-in browser send is refused."""

from typing import Any

import pytest

from tests.tenants.house import PASSWORD, Tenant, sign_in

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_request_from_another_site_is_refused(
    acme: Tenant, headers: dict[str, str]
) -> None:
    user, browser = await acme.someone()
    for path, body in (
        ("/auth/sign-in", {"email": user["email"], "password": PASSWORD}),
        ("/auth/forgot", {"email": user["email"]}),
        ("/auth/sign-out", {}),
        ("/api/v1/me/profile", {"profile_id": user["id"]}),
        ("/api/v1/users", {"email": "x@example.test", "name": "X"}),
    ):
        answer = await browser.post(path, json=body, headers=headers)
        assert answer.status_code == 403, path
    assert (await browser.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("token", [None, "", "x", "AAAA" * 16, b"\xc3\xa9"])
async def test_a_cookie_alone_changes_nothing(acme: Tenant, token: str | bytes | None) -> None:
    _, browser = await acme.someone()
    del browser.headers["x-csrf-token"]
    headers: Any = {} if token is None else {"x-csrf-token": token}
    answer = await browser.post("/auth/sign-out", json={}, headers=headers)
    assert answer.status_code == 403
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_anothers_token_is_no_good(acme: Tenant) -> None:
    _, mine = await acme.someone()
    _, theirs = await acme.someone()
    headers = {"x-csrf-token": theirs.headers["x-csrf-token"]}
    assert (await mine.post("/auth/sign-out", json={}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "media", ["text/plain", "text/plain; application/json", "", "multipart/form-data"]
)
async def test_json_in_another_coat_is_refused(acme: Tenant, media: str) -> None:
    user = await acme.user()
    content = f'{{"email": "{user["email"]}", "password": "{PASSWORD}"}}'
    answer = await acme.browser().post(
        "/auth/sign-in", content=content, headers={"content-type": media}
    )
    assert answer.status_code == 415


async def test_a_sign_in_form_needs_the_token_of_its_browser(acme: Tenant) -> None:
    user = await acme.user()
    fields: dict[str, Any] = {"email": user["email"], "password": PASSWORD, "next": "/cases"}
    browser, other = acme.browser(), acme.browser()
    assert (await browser.post("/auth/sign-in", data=fields)).status_code == 403
    foreign = (await other.get("/auth/csrf")).json()["csrf_token"]
    token = (await browser.get("/auth/csrf")).json()["csrf_token"]
    refused = await browser.post("/auth/sign-in", data=fields | {"csrf_token": foreign})
    assert refused.status_code == 403
    done = await browser.post("/auth/sign-in", data=fields | {"csrf_token": token})
    assert (done.status_code, done.headers["location"]) == (303, "/cases")


async def test_a_form_that_fails_goes_back_to_its_page(acme: Tenant) -> None:
    browser = acme.browser()
    token = (await browser.get("/auth/csrf")).json()["csrf_token"]
    fields = {"email": "nobody@example.test", "password": "x", "csrf_token": token}
    answer = await browser.post("/auth/sign-in", data=fields, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/auth/sign-in?error=unauthorized",
    )


async def test_nothing_happens_by_get_or_by_another_method_in_disguise(acme: Tenant) -> None:
    _, browser = await acme.someone()
    assert (await browser.get("/auth/sign-out")).status_code == 405
    await browser.get("/api/v1/me", headers={"x-http-method-override": "POST"})
    await browser.get("/auth/csrf", params={"_method": "POST"})
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_signing_in_leaves_no_older_session_in_the_browser(acme: Tenant) -> None:
    first, browser = await acme.someone()
    before = browser.cookies["atrium_session"]
    second = await acme.user()
    assert (await sign_in(browser, second["email"])).status_code == 200
    assert browser.cookies["atrium_session"] != before
    stale = acme.browser()
    stale.cookies["atrium_session"] = before
    assert (await stale.get("/api/v1/me")).status_code == 401
    assert first["id"] != second["id"]
