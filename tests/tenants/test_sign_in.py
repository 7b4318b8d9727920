import pytest

from tests.tenants.house import PASSWORD, Tenant, sign_in


async def test_the_right_password_lets_a_person_in(acme: Tenant) -> None:
    user = await acme.user()
    browser = acme.browser()
    answer = await sign_in(browser, user["email"], next="/cases?state=open")
    assert answer.status_code == 200
    assert answer.json()["next"] == "/cases?state=open"
    me = await browser.get("/api/v1/me")
    assert me.status_code == 200
    assert me.json()["user"]["email"] == user["email"]
    assert me.json()["roles"] == ["case_viewer"]


async def test_the_cookie_cannot_be_read_by_scripts(acme: Tenant) -> None:
    user = await acme.user()
    cookie = (await sign_in(acme.browser(), user["email"])).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain=" not in cookie


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody@example.test", "password": PASSWORD},
        {"email": "boss@example.test", "password": "wrong"},
        {"email": "x" * 300, "password": "y"},
    ],
)
async def test_whatever_is_wrong_gets_one_answer(acme: Tenant, body: dict[str, str]) -> None:
    answer = await acme.browser().post("/auth/sign-in", json=body)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "the address or the password is wrong"
    assert "set-cookie" not in answer.headers


async def test_an_address_is_found_however_it_is_typed(acme: Tenant) -> None:
    await acme.user("ada@example.test")
    for typed in (" Ada@Example.Test ", "ＡＤＡ@example.test", "ada@exam\u200bple.test"):
        assert (await sign_in(acme.browser(), typed)).status_code == 200


async def test_a_suspended_person_stays_out(acme: Tenant) -> None:
    user, browser = await acme.someone()
    assert (
        await acme.admin.post(f"/api/v1/users/{user['id']}/suspend", json={})
    ).status_code == 200
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await sign_in(acme.browser(), user["email"])).status_code == 401
    assert (await acme.admin.post(f"/api/v1/users/{user['id']}/resume", json={})).status_code == 200
    assert (await sign_in(acme.browser(), user["email"])).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"email": ["a@b.c"], "password": "x"}', 422),
        (b'{"email": null, "password": 3}', 422),
        (b'{"email": "a@b.c", "password": "x", "role": "admin"}', 422),
    ],
)
async def test_bad_input_is_named(acme: Tenant, body: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    answer = await acme.browser().post("/auth/sign-in", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_signing_out_ends_the_session_at_once(acme: Tenant) -> None:
    _, browser = await acme.someone()
    token = browser.cookies["atrium_session"]
    assert (await browser.post("/auth/sign-out", json={})).status_code == 204
    again = acme.browser()
    again.cookies["atrium_session"] = token
    assert (await again.get("/api/v1/me")).status_code == 401


async def test_a_person_switches_profiles_without_signing_in_again(acme: Tenant) -> None:
    user, browser = await acme.someone(roles=["agent_b2c"])
    body = {"user_id": user["id"], "kind": "consumer"}
    made = await acme.admin.post("/api/v1/profiles", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["roles"] == ["consumer"]
    me = (await browser.get("/api/v1/me")).json()
    assert (me["audience"], len(me["profiles"])) == ("staff", 2)
    switched = await browser.post("/api/v1/me/profile", json={"profile_id": made.json()["id"]})
    assert switched.status_code == 200, switched.text
    assert switched.json()["audience"] == "customer"
    assert (await browser.get("/api/v1/me")).json()["roles"] == ["consumer"]


async def test_nobody_acts_as_anothers_profile(acme: Tenant) -> None:
    user, browser = await acme.someone()
    stranger = await acme.user()
    profile = await acme.profile_of(stranger["id"])
    answer = await browser.post("/api/v1/me/profile", json={"profile_id": profile["id"]})
    assert answer.status_code == 404
    assert (await browser.get("/api/v1/me")).json()["user"]["id"] == user["id"]
