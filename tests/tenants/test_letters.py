"""Invitations and resets: keys in letters, good once."""

from tests.tenants.house import PASSWORD, Tenant, key_in, sign_in

NEW = "Ein-neues-Wort-8"


async def invited(acme: Tenant, email: str = "new@example.test") -> tuple[dict[str, str], str]:
    answer = await acme.admin.post("/api/v1/users", json={"email": email, "name": "New"})
    assert answer.status_code == 201, answer.text
    return answer.json(), key_in((await acme.mails(email))[-1]["text_body"])


async def test_an_invitation_lets_a_person_choose_a_password(acme: Tenant) -> None:
    user, key = await invited(acme)
    assert user["state"] == "invited"
    browser = acme.browser()
    body = {"token": key, "password": NEW, "next": "//evil.test"}
    answer = await browser.post("/auth/accept-invitation", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] == "/"
    assert (await browser.get("/api/v1/me")).json()["user"]["id"] == user["id"]
    assert (await sign_in(acme.browser(), user["email"], NEW)).status_code == 200


async def test_a_new_letter_ends_the_one_before(acme: Tenant) -> None:
    user, first = await invited(acme)
    again = await acme.admin.post("/api/v1/invitations", json={"user_id": user["id"]})
    assert again.status_code == 201, again.text
    second = key_in((await acme.mails(user["email"]))[-1]["text_body"])
    body = {"password": NEW}
    path = "/auth/accept-invitation"
    assert (await acme.browser().post(path, json=body | {"token": first})).status_code == 422
    assert (await acme.browser().post(path, json=body | {"token": second})).status_code == 200


async def test_an_invitation_can_be_taken_back(acme: Tenant) -> None:
    _, key = await invited(acme)
    [open_one] = (
        await acme.admin.get("/api/v1/invitations", params={"email": "new@example.test"})
    ).json()["data"]
    assert "token_hash" not in open_one
    address = f"/api/v1/invitations/{open_one['id']}/revoke"
    assert (await acme.admin.post(address, json={})).status_code == 200
    answer = await acme.browser().post(
        "/auth/accept-invitation", json={"token": key, "password": NEW}
    )
    assert answer.status_code == 422


async def test_a_reset_sets_a_new_password_and_ends_every_session(acme: Tenant) -> None:
    user, browser = await acme.someone()
    asked = await acme.browser().post("/auth/forgot", json={"email": user["email"]})
    assert asked.status_code == 202
    key = await acme.reset_token(user["email"])
    body = {"token": key, "password": NEW}
    assert (await acme.browser().post("/auth/reset", json=body)).status_code == 204
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await sign_in(acme.browser(), user["email"], PASSWORD)).status_code == 401
    assert (await sign_in(acme.browser(), user["email"], NEW)).status_code == 200
    assert (await acme.browser().post("/auth/reset", json=body)).status_code == 422
    assert "changed" in (await acme.mails(user["email"]))[-1]["subject"]


async def test_a_weak_password_is_refused_and_the_key_stays_good(acme: Tenant) -> None:
    user, _ = await acme.someone()
    await acme.browser().post("/auth/forgot", json={"email": user["email"]})
    key = await acme.reset_token(user["email"])
    for weak in ("short", "Password123!", "aaaaaaaaaaaa", user["email"]):
        body = {"token": key, "password": weak}
        answer = await acme.browser().post("/auth/reset", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/password"
    body = {"token": key, "password": NEW}
    assert (await acme.browser().post("/auth/reset", json=body)).status_code == 204


async def test_a_letter_speaks_the_readers_language(acme: Tenant) -> None:
    body = {"email": "de@example.test", "name": "Ida", "locale": "de-AT"}
    await acme.admin.post("/api/v1/users", json=body)
    assert (await acme.mails("de@example.test"))[0]["subject"] == "Ihre Einladung zu Acme"


async def test_changing_the_password_by_hand_ends_the_other_sessions(acme: Tenant) -> None:
    user, here = await acme.someone()
    there = await acme.signed_in(user["email"])
    wrong = await here.post("/auth/password", json={"current": "no", "password": NEW})
    assert wrong.status_code == 422
    done = await here.post("/auth/password", json={"current": PASSWORD, "password": NEW})
    assert done.status_code == 204, done.text
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
