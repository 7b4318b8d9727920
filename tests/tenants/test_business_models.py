"""The business models that a tenant works by decide which records, roles and routes are there."""

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.service.network import Network
from tests.world import World

ALL = ["b2b", "b2c", "b2b2c", "b2b2e", "b2e", "smf", "contributors"]


async def choose(world: World, tenant: object, *models: str) -> None:
    answer = await tenant.admin.http().patch(  # type: ignore[attr-defined]
        "/api/v1/settings", json={"business_models": list(models)}
    )
    assert answer.status_code == 200, answer.text


async def test_what_belongs_to_no_model_in_use_is_not_there(world: World) -> None:
    tenant = await world.tenant()
    await choose(world, tenant, "b2b")
    admin = tenant.admin.http()
    for place in ("consumers", "households", "account_consumers", "service_organizations"):
        answer = await admin.get(f"/api/v1/{place}")
        assert answer.status_code == 403, place
        assert answer.json()["type"].endswith("not-in-use")
    answer = await admin.post("/api/v1/consumers", json={"name": "Noor"})
    assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (403, "not-in-use")
    assert (await admin.get("/api/v1/accounts")).status_code == 200
    permissions = (await admin.get("/api/v1/me")).json()["permissions"]
    assert {"accounts", "contacts", "cases"} <= permissions.keys()
    assert permissions.keys().isdisjoint({"consumers", "households", "service_organizations"})


async def test_roles_of_a_model_not_in_use_give_nothing_and_are_not_given(world: World) -> None:
    tenant = await world.tenant()
    agent, noor = await tenant.member("agent_b2c"), await tenant.consumer()
    await noor.do("cases.create", subject="Private")
    assert len(await agent.list("cases")) == 1
    await choose(world, tenant, "b2b")
    agent = await world.actor(tenant, agent.profile_id)
    noor = await world.actor(tenant, noor.profile_id)
    assert (agent.caller.roles, noor.caller.roles) == (frozenset(), frozenset())
    for actor in (agent, noor):
        with pytest.raises(Forbidden):
            await actor.list("cases")
    tenant.admin.caller = await world.authenticated(tenant.admin.token)
    with pytest.raises(Invalid) as refused:
        await tenant.member("agent_b2c")
    assert [fault.code for fault in refused.value.faults] == ["not_in_use"]
    await choose(world, tenant, "b2b", "b2c")
    agent = await world.actor(tenant, agent.profile_id)
    assert len(await agent.list("cases")) == 1


async def test_all_models_work_side_by_side_in_one_tenant(world: World) -> None:
    tenant = await world.tenant()
    await choose(world, tenant, *ALL)
    net = Network(tenant)
    contact, noor = await tenant.contact(), await tenant.consumer()
    clerk = await tenant.member("self_contributor")
    store = await net.place(await net.organization())
    worker = await tenant.member("business_location_contributor")
    await net.employ(worker, store)
    for actor in (contact, noor, clerk, worker):
        await actor.do("cases.create", subject="Help")
    kinds = [row["customer_kind"] for row in await tenant.admin.list("cases", sort="opened_at")]
    assert kinds == ["business", "consumer", "unknown", "unknown"]


async def test_the_choice_is_checked(world: World) -> None:
    tenant = await world.tenant()
    for wrong in ([], ["b3b"], "b2b"):
        answer = await tenant.admin.http().patch(
            "/api/v1/settings", json={"business_models": wrong}
        )
        assert answer.status_code == 422, answer.text
