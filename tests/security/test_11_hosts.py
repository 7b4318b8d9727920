"""Subdomains and hosts: ownership is proven, and only the verified table decides."""

import pytest

from infra.kernel.errors import Invalid
from tenants import provisioning
from tenants.directory.addresses import host_name, slug_faults
from tests.tenants.house import House, Tenant, sign_in


@pytest.mark.parametrize(
    "slug",
    [
        "www",
        "api",
        "admin",
        "adm1n",
        "4dmin-",
        "xn--bank",
        "Bank",
        "ba nk",
        "bänk",
        "-bank",
        "a",
        "l0gin",
    ],
)
def test_reserved_and_look_alike_slugs_are_refused(slug: str) -> None:
    assert slug_faults(slug)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Acme.Localhost:8000", "acme.localhost"),
        ("acme.localhost.", "acme.localhost"),
        ("acme.localhost.:8000", "acme.localhost"),
        ("acme.localhost:80a", None),
        ("acme.localhost/evil", None),
        ("acme@evil.test", None),
        ("ácme.localhost", None),
        ("acme..localhost", None),
        ("", None),
        ("[::1]:8000", None),
    ],
)
def test_a_host_header_is_read_strictly(header: str, name: str | None) -> None:
    assert host_name(header) == name


async def test_a_token_is_refused_on_another_tenants_host(acme: Tenant, other: Tenant) -> None:
    client = other.browser()
    client.headers["authorization"] = f"Bearer {acme.key}"
    assert (await client.get("/api/v1/me")).status_code == 403
    user, browser = await acme.someone()
    foreign = other.browser()
    foreign.cookies["atrium_session"] = browser.cookies["atrium_session"]
    assert (await foreign.get("/api/v1/me")).status_code == 403
    assert (await sign_in(other.browser(), user["email"])).status_code == 401


async def test_an_unknown_host_serves_nobody(acme: Tenant) -> None:
    for host in ("nobody.localhost:8000", "evil.test", f"{acme.slug}.evil.test", f"a.{acme.host}"):
        client = acme.browser(host=host)
        client.headers["authorization"] = f"Bearer {acme.key}"
        assert (await client.get("/api/v1/me")).status_code == 403
        assert (await sign_in(acme.browser(host=host), "boss@example.test")).status_code == 404


async def test_the_tenant_is_the_same_however_its_host_is_spelt(acme: Tenant) -> None:
    user = await acme.user()
    for host in (acme.host.upper(), f"{acme.slug}.localhost.:8000", f"{acme.slug}.localhost"):
        assert (await sign_in(acme.browser(host=host), user["email"])).status_code == 200


async def test_an_unverified_host_leads_nowhere(acme: Tenant, house: House) -> None:
    name = f"help.{acme.slug}.example"
    claimed = await provisioning.claim_host(house.services, acme.slug, name)
    assert len(claimed["challenge"]) >= 32
    assert (await sign_in(acme.browser(host=name), "boss@example.test")).status_code == 404
    await provisioning.confirm_host(house.services, acme.slug, name)
    user = await acme.user()
    assert (await sign_in(acme.browser(host=name), user["email"])).status_code == 200


async def test_a_released_host_is_nobody_elses_for_a_while(
    acme: Tenant, other: Tenant, house: House
) -> None:
    name = f"help.{acme.slug}.example"
    await provisioning.claim_host(house.services, acme.slug, name)
    with pytest.raises(provisioning.HostTaken):
        await provisioning.claim_host(house.services, other.slug, name)
    await provisioning.release_host(house.services, acme.slug, name)
    with pytest.raises(provisioning.HostTaken):
        await provisioning.claim_host(house.services, other.slug, name)
    async with house.services.database.transaction(None) as connection:
        await connection.execute(
            "UPDATE tenant_hosts SET released_at = now() - interval '31 days' WHERE host = $1", name
        )
    await provisioning.claim_host(house.services, other.slug, name)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "bank.localhost",
        "10.0.0.1",
        "bank",
        "bank.example:80",
        "a_b.example",
        "x.local",
    ],
)
async def test_what_is_nobodys_to_claim_is_refused(acme: Tenant, house: House, host: str) -> None:
    with pytest.raises(Invalid):
        await provisioning.claim_host(house.services, acme.slug, host)
