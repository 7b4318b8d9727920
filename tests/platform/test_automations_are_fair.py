"""A storm of one tenant's events keeps within its share, and its neighbour does not wait for it."""

from tests.platform.workflow import NOTE, Workflow
from tests.world import World

SHARE = 120
"""Runs a minute of the trial plan."""
STORM = """
INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload)
SELECT $1, gen_random_uuid(), 'cases.opened', 'cases', $2, now(),
       '{"kind": "system", "name": "storm"}', '{}' FROM generate_series(1, $3::int)
"""


async def test_a_storm_of_one_tenant_waits_its_turn_and_delays_no_other(world: World) -> None:
    loud = Workflow(world, await world.tenant("Loud"))
    quiet = Workflow(world, await world.tenant("Quiet"))
    await loud.sql("UPDATE tenants SET plan = 'trial' WHERE id = $1")
    await loud.automation("never", NOTE, condition="record.subject == 'nobody says so'")
    await quiet.automation("note", NOTE)
    case = await loud.case()
    await loud.work()
    await loud.sql(STORM, case["id"], 400)
    told = await quiet.case()
    await loud.work()
    waiting = await loud.sql(
        """SELECT run_at > now() AS later FROM jobs
            WHERE tenant_id = $1 AND name = 'automations.start' AND state = 'queued'"""
    )
    done = await loud.sql(
        """SELECT count(*) AS n FROM jobs
            WHERE tenant_id = $1 AND name = 'automations.start' AND state = 'done'"""
    )
    assert len(waiting) + done[0]["n"] == 401, "nothing is dropped"
    assert SHARE <= done[0]["n"] <= 2 * SHARE
    assert all(row["later"] for row in waiting)
    await quiet.work()
    assert await quiet.notes(told) == ["Seen by itself"]
