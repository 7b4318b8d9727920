"""The business models that a tenant works by decide which records, roles and routes are there."""

import pytest

from backend.domains import DOMAINS
from infra.kernel.errors import Forbidden, Invalid
from infra.kernel.registry import Registry
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


OF_COMPANIES = (
    "accounts", "contacts", "account_relationships", "contact_relationships",
    "account_team_members", "asset_contacts",
)  # fmt: skip
OF_CONSUMERS = ("consumers", "households", "consumer_relationships", "consumer_team_members")
OF_CUSTOMERS = ("billing_accounts", "billing_arrangements")


async def offered(tenant: object) -> set[str]:
    answer = await tenant.admin.http().get("/api/v1/me")  # type: ignore[attr-defined]
    return set(answer.json()["permissions"])


@pytest.mark.parametrize(
    ("models", "there", "closed"),
    [
        (("b2c",), (*OF_CONSUMERS, *OF_CUSTOMERS), OF_COMPANIES),
        (("b2b",), (*OF_COMPANIES, *OF_CUSTOMERS), OF_CONSUMERS),
        (("b2e",), ("cases", "assets"), (*OF_COMPANIES, *OF_CONSUMERS, *OF_CUSTOMERS)),
        (("b2b", "b2c"), (*OF_COMPANIES, *OF_CONSUMERS, *OF_CUSTOMERS), ()),
    ],
)
async def test_a_tenant_offers_the_collections_of_its_customers_and_no_others(
    world: World, models: tuple[str, ...], there: tuple[str, ...], closed: tuple[str, ...]
) -> None:
    tenant = await world.tenant()
    await choose(world, tenant, *models)
    told = await offered(tenant)
    assert told >= set(there)
    assert told.isdisjoint(closed)
    for place in closed:
        answer = await tenant.admin.http().get(f"/api/v1/{place}")
        assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (403, "not-in-use")
        answer = await tenant.admin.http().post(f"/api/v1/{place}", json={})
        assert (answer.status_code, answer.json()["type"].split("/")[-1]) == (403, "not-in-use")
    for place in there:
        assert (await tenant.admin.http().get(f"/api/v1/{place}")).status_code == 200, place


def test_what_cannot_be_without_a_company_or_a_consumer_belongs_to_their_models() -> None:
    resources = Registry(DOMAINS).resources
    for resource in resources.values():
        needed = [resource.reference_columns.get(column) for column in resource.required or ()]
        for target in (resources[name] for name in needed if name is not None):
            if target.models:
                assert resource.models, (resource.name, target.name)
                assert set(resource.models) <= set(target.models), (resource.name, target.name)


def test_configuration_is_there_whatever_the_models_so_that_a_bundle_fits_every_tenant() -> None:
    for resource in Registry(DOMAINS).resources.values():
        assert resource.configured is None or not resource.models, resource.name


async def test_a_configuration_moves_between_tenants_of_other_models(world: World) -> None:
    trial, live = await world.tenant("Trial"), await world.tenant("Live")
    await choose(world, trial, "b2c")
    trial.admin.caller = await world.authenticated(trial.admin.token)
    bundle = await trial.admin.do("config_revisions.export")
    await live.admin.do("config_revisions.apply", files=bundle.files, delete=True)
    assert (await live.admin.do("config_revisions.export")).files == bundle.files
    told = await offered(live)
    assert "consumers" in told
    assert "accounts" not in told
