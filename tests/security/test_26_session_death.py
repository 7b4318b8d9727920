"""Old cookies are dead within one request."""

import asyncio
from typing import Any

from tests.tenants.house import Tenant, sign_in


async def cookie_only(acme: Tenant, browser: Any) -> Any:
    again = acme.browser()
    again.cookies["atrium_session"] = browser.cookies["atrium_session"]
    return again


async def test_a_cookie_from_before_is_never_taken_over(acme: Tenant) -> None:
    user = await acme.user()
    browser = acme.browser()
    planted = f"atr_s_{acme.id.hex}.{'0' * 32}.{'A' * 43}"
    browser.cookies.set("atrium_session", planted, domain=f"{acme.slug}.localhost")
    answer = await sign_in(browser, user["email"])
    assert answer.status_code == 200
    assert planted not in answer.headers["set-cookie"]
    stale = acme.browser()
    stale.cookies["atrium_session"] = planted
    assert (await stale.get("/api/v1/me")).status_code == 401


async def test_a_role_change_ends_sessions(acme: Tenant) -> None:
    user, browser = await acme.someone(roles=["agent_b2c"])
    profile = await acme.profile_of(user["id"])
    for verb, role in (("revoke_role", "agent_b2c"), ("grant_role", "service_manager")):
        browser = await acme.signed_in(user["email"])
        assert (await browser.get("/api/v1/me")).status_code == 200
        path = f"/api/v1/profiles/{profile['id']}/{verb}"
        assert (await acme.admin.post(path, json={"role": role})).status_code == 200
        assert (await browser.get("/api/v1/me")).status_code == 401


async def test_closing_a_profile_ends_what_acts_as_it(acme: Tenant) -> None:
    user, browser = await acme.someone()
    profile = await acme.profile_of(user["id"])
    path = f"/api/v1/profiles/{profile['id']}"
    assert (await acme.admin.patch(path, json={"state": "inactive"})).status_code == 200
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await sign_in(acme.browser(), user["email"])).status_code == 401


async def test_deactivation_wins_against_parallel_requests(acme: Tenant) -> None:
    user, browser = await acme.someone()
    path = f"/api/v1/users/{user['id']}/suspend"
    racing = [browser.get("/api/v1/me") for _ in range(20)]
    suspended, *answers = await asyncio.gather(acme.admin.post(path, json={}), *racing)
    assert suspended.status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 401}
    after = await asyncio.gather(*(browser.get("/api/v1/me") for _ in range(10)))
    assert [answer.status_code for answer in after] == [401] * 10


async def test_an_idle_or_expired_session_is_over(acme: Tenant) -> None:
    user, _ = await acme.someone()
    for change in (
        "expires_at = now() - interval '1 second'",
        "last_used_at = now() - interval '25 hours', stamp = stamp + 1",
    ):
        browser = await acme.signed_in(user["email"])
        assert (await browser.get("/api/v1/me")).status_code == 200
        async with acme.house.services.system(acme.id, reason="test") as ctx:
            await ctx.execute(
                f"UPDATE credentials SET {change} WHERE tenant_id = $1 AND kind = 'session'",
                acme.id,
            )
        assert (await browser.get("/api/v1/me")).status_code == 401


async def test_an_admin_ends_a_session_from_afar(acme: Tenant) -> None:
    user, browser = await acme.someone()
    rows = (await acme.admin.get("/api/v1/sessions", params={"user_id": user["id"]})).json()["data"]
    assert len(rows) == 1
    done = await acme.admin.post(f"/api/v1/sessions/{rows[0]['id']}/revoke", json={})
    assert done.status_code == 200, done.text
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_rotated_or_revoked_key_is_dead(acme: Tenant) -> None:
    made = (await acme.admin.post("/api/v1/api_keys", json={"name": "k"})).json()
    client = acme.browser()
    client.headers["authorization"] = f"Bearer {made['key']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    path = f"/api/v1/api_keys/{made['id']}/rotate"
    rotated = (await acme.admin.post(path, json={})).json()
    assert (await client.get("/api/v1/users")).status_code == 401
    client.headers["authorization"] = f"Bearer {rotated['key']}"
    assert (await client.get("/api/v1/users")).status_code == 200
    path = f"/api/v1/api_keys/{rotated['id']}/revoke"
    assert (await acme.admin.post(path, json={})).status_code == 200
    assert (await client.get("/api/v1/users")).status_code == 401
