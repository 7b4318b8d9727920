"""A provider's address leads nowhere inside, its state counts once, its secret never leaves."""

import pytest

from tests.tenants.house import Tenant
from tests.tenants.providers import PROVISION, back, known_to, left, set_up, vouched


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
        "https://id.example.test/?next=x",
    ],
)
async def test_a_provider_inside_our_network_is_refused(acme: Tenant, address: str) -> None:
    body = {"name": "in", "title": "In", "issuer": address, "client_id": "x"}
    answer = await acme.admin.post("/api/v1/identity_providers", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/issuer"


async def test_an_issuer_stays_what_it_is(acme: Tenant, issuer: str) -> None:
    made = await set_up(acme, issuer)
    path = f"/api/v1/identity_providers/{made['id']}"
    assert (await acme.admin.patch(path, json={"issuer": "https://evil.test"})).status_code == 422


async def test_a_state_is_good_once_and_in_its_browser_only(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer, **PROVISION)
    await known_to(issuer, "s28", email="s28@example.test", email_verified=True)
    browser, other = acme.browser(), acme.browser()
    await other.get("/auth/csrf")
    location = await vouched(await left(browser), "s28")
    assert (await back(other, location)).status_code == 401
    assert (await back(browser, location)).status_code == 401, "the state was used up"
    location = await vouched(await left(browser), "s28")
    assert (await back(browser, location)).status_code == 303
    assert (await back(browser, location)).status_code == 401


async def test_a_late_answer_is_refused(acme: Tenant, issuer: str) -> None:
    await set_up(acme, issuer, **PROVISION)
    browser = acme.browser()
    location = await vouched(await left(browser), "s28")
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        await ctx.execute(
            "UPDATE oidc_states SET expires_at = now() - interval '1 second' WHERE tenant_id = $1",
            acme.id,
        )
    assert (await back(browser, location)).status_code == 401


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
    assert not any("very-secret" in row["text"] or stored in row["text"] for row in audit)
