"""One engine for every kind of work with a state: requests from the catalogue and questions for
consent have clocks as cases and their tasks do, and what waits in a queue by those of its case."""

from datetime import timedelta
from typing import Any

import pytest

from infra.kernel.errors import Invalid
from tests.platform import consent
from tests.service.desk import Desk
from tests.service.test_clocks_of_a_case import definition
from tests.service.test_fulfilling_requests import Shop
from tests.world import Actor, World


async def states(admin: Actor, record: dict[str, Any]) -> dict[str, str]:
    rows = await admin.list("task_slas", record_id=str(record["id"]))
    return {row["target"]: row["state"] for row in rows}


async def test_a_request_waits_for_consent_without_its_clock_and_is_kept_by_its_tasks(
    world: World,
) -> None:
    shop = await Shop(world, await world.tenant()).open()
    await shop.admin.do(
        "sla_definitions.create", name="Delivered", kind="catalog_requests", response_minutes=60,
        resolution_minutes=480,
    )  # fmt: skip
    boss = await shop.approver()
    item = await shop.item(approval="purchase")
    request = await shop.asks(item, seats=3)
    assert await states(shop.admin, request) == {"response": "paused", "resolution": "paused"}
    (asked,) = await shop.admin.list("approval_requests", record_id=str(request["id"]))
    await (await shop.again(boss)).do("approval_requests.approve", asked["id"])
    await world.work(shop.tenant)
    assert await states(shop.admin, request) == {"response": "running", "resolution": "running"}
    for subject, told in (("Order the licences", "running"), ("Install them", "met")):
        task = (await shop.tasks(request))[subject]
        await shop.admin.do("case_tasks.complete", task["id"])
        await world.work(shop.tenant)
        assert await states(shop.admin, request) == {"response": "met", "resolution": told}
    await shop.admin.do("cases.resolve", request["case_id"], resolution="Installed")
    await shop.admin.do("cases.reopen", request["case_id"])
    await world.work(shop.tenant)
    assert (await states(shop.admin, request))["resolution"] == "running"


async def test_a_request_that_is_withdrawn_gives_its_clock_up(world: World) -> None:
    shop = await Shop(world, await world.tenant()).open()
    await shop.admin.do(
        "sla_definitions.create", name="x", kind="catalog_requests", resolution_minutes=480
    )
    request = await shop.asks(await shop.item(), seats=3)
    await shop.admin.do("catalog_requests.cancel", request["id"])
    assert await states(shop.admin, request) == {"resolution": "cancelled"}


async def test_a_question_for_consent_is_decided_in_its_time_or_told_late(world: World) -> None:
    desk = consent.Desk(world, await world.tenant())
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("urgent", {"approvers": [consent.people(boss)]})
    await desk.admin.do(
        "sla_definitions.create", name="Decided", kind="approval_requests", resolution_minutes=60
    )
    asked = [await desk.asked(agent, await desk.case(agent)) for _ in range(3)]
    assert [await states(desk.admin, each) for each in asked] == [{"resolution": "running"}] * 3
    bea = await desk.fresh(boss)
    await bea.do("approval_requests.approve", asked[0]["id"])
    assert await states(desk.admin, asked[0]) == {"resolution": "met"}
    await bea.do("approval_requests.ask", asked[1]["id"], question="Which router?")
    assert await states(desk.admin, asked[1]) == {"resolution": "paused"}
    async with world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            """UPDATE task_slas SET warn_at = warn_at - $2::interval, due_at = due_at - $2::interval
                WHERE tenant_id = $1""",
            desk.tenant.id, timedelta(hours=2),
        )  # fmt: skip
        await ctx.execute(
            "UPDATE jobs SET run_at = now() WHERE tenant_id = $1 AND name = 'slas.fire'",
            desk.tenant.id,
        )
    await world.work(desk.tenant)
    assert await states(desk.admin, asked[2]) == {"resolution": "breached"}
    assert await states(desk.admin, asked[1]) == {"resolution": "paused"}
    async with world.services.system(desk.tenant.id, reason="test") as ctx:
        told = await ctx.fetch(
            """SELECT payload->>'task_kind' AS kind FROM events
                WHERE tenant_id = $1 AND type = 'task_slas.breached'""",
            desk.tenant.id,
        )  # fmt: skip
    assert [row["kind"] for row in told] == ["approval_requests"]


async def test_what_waits_in_a_queue_is_promised_by_its_case(desk: Desk) -> None:
    picked = {"target": "picked_up", "minutes": 15, "stop_when": "task.assigned_to_id != null"}
    await definition(desk, name="Picked up", milestones=[picked])
    case = await desk.case()
    assert (await states(desk.admin, case))["picked_up"] == "running"
    await desk.agent.do("cases.start", case["id"])
    assert (await states(desk.admin, case))["picked_up"] == "met"


@pytest.mark.parametrize("kind", ["work_items", "tasks", "accounts", "nothing"])
async def test_what_has_no_clocks_is_refused_and_what_has_is_named(desk: Desk, kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        await definition(desk, name="x", kind=kind, resolution_minutes=10)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.message) == (
        "/kind", "must be one of approval_requests, case_tasks, cases, catalog_requests",
    )  # fmt: skip
