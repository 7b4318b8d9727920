"""What staff see and do at the desk, over HTTP and without any script."""

import re
from typing import Any

import pytest

from tests.portals.browsing import Browser, a_product, an_article, browser_of
from tests.world import Actor, Tenant, World

PAGES = (
    "/workspace", "/workspace?box=team", "/workspace?box=waiting", "/workspace/cases",
    "/workspace/cases?view=mine", "/workspace/cases?view=groups", "/workspace/cases?state=new&sort=priority",
    "/workspace/customers", "/workspace/customers?kind=accounts", "/workspace/knowledge",
    "/workspace/search", "/workspace/search?q=internet", "/workspace/inbox/rows", "/workspace/offers",
    "/workspace/search/results?q=internet",
)  # fmt: skip
READERS = ("agent_b2b", "service_manager", "case_viewer", "admin")


async def a_case(tenant: Tenant, maya: Actor, subject: str = "Internet drops") -> dict[str, Any]:
    """Maya's case on what she owns."""
    account = maya.caller.attributes["account_id"]
    sold = await a_product(tenant, account_id=account)
    made: dict[str, Any] = await maya.do(
        "cases.create", subject=subject, description="Since Thursday, around seven.",
        sold_product_id=str(sold["id"]),
    )  # fmt: skip
    return made


async def at_desk(actor: Actor, tenant: Tenant) -> Browser:
    """A browser in which a member of staff is signed in with these very roles."""
    await tenant.admin.do("profiles.update", actor.profile_id, is_default=True)
    return await browser_of(actor, tenant)


async def desk(world: World, *roles: str) -> tuple[Tenant, Actor, Browser, dict[str, Any]]:
    """A tenant with a case of Maya's, and somebody with these roles at the desk."""
    tenant = await world.tenant()
    maya = await tenant.contact()
    case = await a_case(tenant, maya)
    actor = await tenant.member(*roles, name="Jonas Reuter")
    return tenant, actor, await at_desk(actor, tenant), case


@pytest.mark.parametrize("role", READERS)
async def test_every_page_of_the_desk_opens_for_whoever_reads_cases(
    world: World, role: str
) -> None:
    tenant, _, browser, case = await desk(world, role)
    article = await an_article(tenant, "Router restarts", "# Try this\nMove it.")
    account = await tenant.admin.read("accounts", case["account_id"])
    pages = [
        *PAGES, f"/workspace/cases/{case['number']}", f"/workspace/cases/{case['number']}/head",
        f"/workspace/cases/{case['number']}/thread", f"/workspace/cases/{case['number']}/advice",
        f"/workspace/cases/{case['number']}/activity", f"/workspace/knowledge/{article['number']}",
        f"/workspace/customers/accounts/{account['id']}",
        f"/workspace/customers/contacts/{case['contact_id']}",
    ]  # fmt: skip
    for path in pages:
        answer = await browser.get(path)
        assert answer.status_code == 200, (path, browser.text[:600])
        assert "None" not in browser.text
