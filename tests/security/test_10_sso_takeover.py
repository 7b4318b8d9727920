"""Who runs a provider becomes nobody else: identity is tenant, provider, issuer and subject."""

from tests.tenants.house import Tenant
from tests.tenants.providers import PROVISION, back, known_to, left, set_up, vouched


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


async def test_a_provider_of_one_tenant_says_nothing_in_another(
    acme: Tenant, other: Tenant, issuer: str
) -> None:
    victim = await acme.user("victim@example.test")
    await set_up(other, issuer, **PROVISION)
    await known_to(issuer, "e2", email="victim@example.test", email_verified=True)
    browser = other.browser()
    assert (await back(browser, await vouched(await left(browser), "e2"))).status_code == 303
    me = (await browser.get("/api/v1/me")).json()
    assert me["tenant"]["id"] == str(other.id)
    assert me["user"]["id"] != victim["id"]
    carried = acme.browser()
    carried.cookies["atrium_session"] = browser.cookies["atrium_session"]
    assert (await carried.get("/api/v1/me")).status_code == 403


async def test_one_provider_cannot_speak_for_another(
    acme: Tenant, issuer: str, second_issuer: str
) -> None:
    await set_up(acme, issuer, **PROVISION)
    await set_up(acme, second_issuer, name="evil", **PROVISION)
    await known_to(issuer, "boss", email="cfo@example.test", email_verified=True)
    browser = acme.browser()
    assert (await back(browser, await vouched(await left(browser), "boss"))).status_code == 303
    await known_to(second_issuer, "boss", email="cfo@example.test", email_verified=True)
    evil = acme.browser()
    location = await vouched(await left(evil, "/auth/oidc/evil/start"), "boss")
    assert (await back(evil, location)).status_code == 403
    evil = acme.browser()
    location = await vouched(await left(evil, "/auth/oidc/evil/start"), "boss")
    mixed = location.replace("/auth/oidc/evil/", "/auth/oidc/corp/")
    assert (await back(evil, mixed)).status_code == 401
    assert (await evil.get("/api/v1/me")).status_code == 401
