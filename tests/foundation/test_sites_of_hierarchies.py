"""Addresses of a whole hierarchy, and the accounts that have no site yet."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, NotFound
from tests.world import Tenant, World


async def site(tenant: Tenant, account: dict[str, Any], name: str, purpose: str = "site") -> None:
    await tenant.admin.do(
        "locations.create",
        account_id=str(account["id"]),
        name=name,
        purpose=purpose,
        line1="Quay 1",
        city="Malmö",
        country="SE",
    )


async def a_chain(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """A group with two shops, one of which has a kiosk; the group and one shop have sites."""
    group = await tenant.account("Group", code="G")
    north = await tenant.account("North", code="N", parent_id=str(group["id"]))
    south = await tenant.account("South", code="S", parent_id=str(group["id"]))
    kiosk = await tenant.account("Kiosk", code="K", parent_id=str(north["id"]))
    await site(tenant, group, "Head office")
    await site(tenant, group, "Post box", "billing")
    await site(tenant, north, "High street")
    await site(tenant, await tenant.account("Other"), "Elsewhere")
    return {"group": group, "north": north, "south": south, "kiosk": kiosk}


async def test_sites_of_a_hierarchy_are_listed_along_its_paths(world: World) -> None:
    tenant = await world.tenant()
    chain = await a_chain(tenant)
    told = await tenant.admin.do("accounts.sites", chain["group"]["id"])
    assert [(place.name, place.account_path) for place in told.data] == [
        ("Head office", "G/"),
        ("Post box", "G/"),
        ("High street", "G/N/"),
    ]
    only = await tenant.admin.do("accounts.sites", chain["group"]["id"], purpose="site", limit=1)
    rest = await tenant.admin.do(
        "accounts.sites", chain["group"]["id"], purpose="site", after=str(only.next)
    )
    assert [place.name for place in (*only.data, *rest.data)] == ["Head office", "High street"]
    assert rest.next is None


async def test_accounts_without_a_site_are_found_before_a_quote(world: World) -> None:
    tenant = await world.tenant()
    chain = await a_chain(tenant)
    told = await tenant.admin.do("accounts.missing_sites", chain["group"]["id"])
    assert (told.complete, [one.name for one in told.data]) == (False, ["Kiosk", "South"])
    page = await tenant.admin.do("accounts.missing_sites", chain["group"]["id"], limit=1)
    assert ([one.name for one in page.data], page.next) == (["Kiosk"], "G/N/K/")
    await site(tenant, chain["kiosk"], "Platform 3")
    await site(tenant, chain["south"], "Warehouse", "shipping")
    told = await tenant.admin.do("accounts.missing_sites", chain["group"]["id"])
    assert [one.name for one in told.data] == ["South"], "a warehouse alone is no site"
    await tenant.admin.do("accounts.update", chain["south"]["id"], state="inactive")
    told = await tenant.admin.do("accounts.missing_sites", chain["group"]["id"])
    assert (told.complete, told.data, told.next) == (True, [], None)


async def test_a_customers_administrator_sees_the_own_hierarchys_sites_only(world: World) -> None:
    tenant = await world.tenant()
    chain = await a_chain(tenant)
    boss = await tenant.contact(chain["north"], "customer_admin", name="Boss")
    told = await boss.do("accounts.sites", chain["north"]["id"])
    assert [place.name for place in told.data] == ["High street"]
    with pytest.raises(NotFound):
        await boss.do("accounts.sites", chain["group"]["id"])
    clerk = await tenant.contact(chain["group"], name="Clerk")
    with pytest.raises(Forbidden):
        await clerk.do("accounts.missing_sites", chain["group"]["id"])
