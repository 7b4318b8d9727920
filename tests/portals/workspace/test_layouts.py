"""Pages by role: what a role is shown of a record is set up, and gives or takes no access."""

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.portals.workspace.furnishing import a_desk, at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.world import Tenant, World


async def a_layout(tenant: Tenant, role: str, *hidden: str) -> None:
    await tenant.admin.do(
        "page_layouts.create", resource="accounts", role=role, hidden_parts=list(hidden),
        facts=["number", "email"],
    )  # fmt: skip


async def test_a_role_is_shown_the_parts_and_details_that_are_laid_out_for_it(
    world: World,
) -> None:
    desk = await a_desk(world)
    path = f"/workspace/customers/accounts/{desk.account['id']}"
    await a_layout(desk.tenant, "agent_b2b", "talks", "things", "team")
    await a_layout(desk.tenant, "agent_b2c", "talks", "people")
    browser = await at_desk(desk.priya, desk.tenant)
    await browser.get(path)
    assert "Open promises" in browser.text
    assert "Latest conversations" not in browser.text
    assert "Products and assets" not in browser.text
    assert "Created" not in browser.text
    await browser.get(f"{path}?tab=people")
    assert ">People</a>" in browser.page
    assert 'id="team"' not in browser.page
    both = await at_desk(desk.jonas, desk.tenant)
    await both.get(path)
    assert "Products and assets" in both.text
    assert "Latest conversations" not in both.text
    kept = await desk.jonas.list("sold_products", account_id=str(desk.account["id"]))
    assert len(kept) == 2
    other = await at_desk(
        await desk.tenant.member("service_manager", name="Mara Vogt"), desk.tenant
    )
    await other.get(path)
    assert "Latest conversations" in other.text


async def test_an_admin_lays_pages_out_and_looks_at_one_as_the_role(world: World) -> None:
    desk = await a_desk(world)
    browser = await at_desk(await desk.tenant.member("admin", name="Ada Admin"), desk.tenant)
    await browser.get("/admin/page_layouts/new")
    form = shown(browser) | {"resource": "accounts"}
    await browser.post("/admin/page_layouts/new", form | {"do": "redraw"})
    assert 'name="hidden_parts" value="promises"' in browser.page
    form = shown(browser) | {"role": "agent_b2b", "hidden_parts": ["promises", "people"]}
    await browser.follow(await browser.post("/admin/page_layouts/new", form))
    assert "Overview: Open promises Left out" in browser.text
    assert "?as=agent_b2b" in browser.page
    path = f"/workspace/customers/accounts/{desk.account['id']}"
    await browser.get(f"{path}?as=agent_b2b")
    assert "Laid out as for the role agent_b2b" in browser.text
    assert "Open promises" not in browser.text
    await browser.get(path)
    assert "Open promises" in browser.text
    theirs = await at_desk(desk.priya, desk.tenant)
    await theirs.get(f"{path}?as=service_manager")
    assert "Open promises" not in theirs.text


async def test_a_layout_names_pages_parts_and_roles_that_there_are(world: World) -> None:
    tenant = await world.tenant()
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "page_layouts.create", resource="accounts", role="customer",
            hidden_parts=["people", "roof"], facts=["colour"],
        )  # fmt: skip
    pointers = sorted(fault.pointer for fault in refused.value.faults)
    assert pointers == ["/facts/0", "/hidden_parts/1", "/role"]
    with pytest.raises(Invalid):
        await tenant.admin.do("page_layouts.create", resource="users", role="agent_b2b")
    agent = await tenant.member("agent_b2b")
    with pytest.raises(Forbidden):
        await agent.do("page_layouts.create", resource="accounts", role="agent_b2b")
    assert await tenant.admin.list("page_layouts") == []
