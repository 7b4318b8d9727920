"""What every tenant starts with reaches those that are there already, once, and never against
their admin."""

from typing import Any

from backend.platform.responsibilities.models import Responsibility, ResponsibilityKind
from infra.kernel.context import Context
from tenants.standards import queries
from tenants.standards.giving import Standards, give_all
from tests.tenants.configuration.office import exported
from tests.world import Tenant, World


async def give_again(world: World, tenant: Tenant) -> int:
    async with world.services.system(tenant.id, reason="test") as ctx:
        return await give_all(ctx)


async def lay(ctx: Context, key: str) -> Any:
    standards = Standards(ctx, await queries.given(ctx), is_new=False)
    stands = await standards.lay(
        Responsibility(key=key, name="Auditor of sites", kind=ResponsibilityKind.CONTACT)
    )
    await standards.finish()
    return stands


async def forget_what_was_given(world: World, tenant: Tenant) -> None:
    """As a tenant stands that was made before anything was remembered."""
    async with world.services.database.transaction(tenant.id) as connection:
        await connection.execute("DELETE FROM given_standards WHERE tenant_id = $1", tenant.id)


async def test_a_new_tenant_has_everything_and_gets_nothing_twice(world: World) -> None:
    tenant = await world.tenant()
    before = await exported(tenant.admin)
    assert "case_observer" in before["responsibilities.yaml"]
    assert await give_again(world, tenant) == 0
    assert await exported(tenant.admin) == before


async def test_a_tenant_that_is_there_gets_what_the_standard_gained(world: World) -> None:
    tenant, other = await world.tenant(), await world.tenant("Other")
    async with world.services.system(tenant.id, reason="test") as ctx:
        await lay(ctx, "site_auditor")
    (made,) = await tenant.admin.list("responsibilities", key="site_auditor")
    (entry,) = await tenant.admin.list("audit_entries", record_id=str(made["id"]))
    assert (entry["action"], entry["actor"]["kind"]) == ("responsibilities.created", "system")
    async with world.services.system(tenant.id, reason="test") as ctx:
        assert (await lay(ctx, "site_auditor")).id == made["id"]
    assert len(await tenant.admin.list("responsibilities", key="site_auditor")) == 1
    assert await other.admin.list("responsibilities", key="site_auditor") == []


async def test_a_tenant_from_before_is_given_only_what_it_never_had(world: World) -> None:
    tenant = await world.tenant()
    before = await exported(tenant.admin)
    await forget_what_was_given(world, tenant)
    assert await give_again(world, tenant) > 100
    assert await exported(tenant.admin) == before
    assert await give_again(world, tenant) == 0


async def test_what_an_admin_changed_renamed_or_took_away_stays_so(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    (kept,) = await admin.list("responsibilities", key="product_follower")
    await admin.do("responsibilities.update", kept["id"], name="Fan", active=False)
    (gone,) = await admin.list("responsibilities", key="asset_contact")
    for row in await admin.list("access_configurations", responsibility_id=str(gone["id"])):
        await admin.do("access_configurations.delete", row["id"])
    await admin.do("responsibilities.delete", gone["id"])
    (type_,) = await admin.list("account_relationship_types", name="Affiliate of")
    await admin.do("account_relationship_types.update", type_["id"], name="Sister of")
    (letter,) = await admin.list("message_templates", key="ask_for_more")
    await admin.do("message_templates.delete", letter["id"])
    before = await exported(admin)
    for forgotten in (False, True):
        if forgotten:
            await forget_what_was_given(world, tenant)
        await give_again(world, tenant)
        assert await exported(admin) == before
