"""A configuration moves from one tenant to another and stays what it is."""

from tests.tenants.configuration.office import changed, exported, furnished
from tests.world import World


async def test_a_configuration_arrives_in_another_tenant_byte_for_byte(world: World) -> None:
    trial, live = await world.tenant("Trial"), await world.tenant("Live")
    await furnished(trial)
    sent = await exported(trial.admin)
    plan = await live.admin.do("config_revisions.plan", files=sent, delete=True)
    assert plan.faults == []
    assert plan.applicable
    done = await live.admin.do(
        "config_revisions.apply", files=sent, delete=True, base_checksum=plan.base_checksum
    )
    assert await exported(live.admin) == sent
    assert done.checksum == plan.checksum
    assert changed(done) == changed(plan)
    assert await exported(trial.admin) == sent


async def test_what_is_there_already_is_not_touched_again(world: World) -> None:
    tenant = await world.tenant()
    await furnished(tenant)
    files = await exported(tenant.admin)
    again = await tenant.admin.do("config_revisions.apply", files=files, delete=True)
    assert again.changes == []
    assert again.counts.unchanged > 20
    assert await exported(tenant.admin) == files
