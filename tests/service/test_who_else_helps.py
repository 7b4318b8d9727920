"""Contributors beside the service desk, and businesses through which others are served."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk, same
from tests.service.network import Network, ids
from tests.world import Actor, Tenant, World


def consumer_of(actor: Actor) -> str:
    return str(actor.caller.attributes["consumer_id"])


# ── Contributors (F82-F91) ───────────────────────────────────────────────────────────────────


async def test_a_self_contributor_opens_and_follows_own_cases_only(desk: Desk) -> None:
    clerk = await desk.tenant.member("self_contributor", name="Clerk")
    other = await desk.tenant.member("self_contributor", name="Other")
    mine = await clerk.do("cases.create", subject="My laptop")
    assert mine["employee_id"] == clerk.profile_id
    await other.do("cases.create", subject="Theirs")
    assert ids(await clerk.list("cases")) == ids([mine])
    await clerk.do("cases.comment", mine["id"], body="Still")
    with pytest.raises((Forbidden, Invalid)):
        await clerk.do("cases.create", subject="x", account_id=str(desk.account["id"]))
    with pytest.raises((Forbidden, Invalid)):
        await clerk.do("cases.create", subject="x", employee_id=str(other.profile_id))
    with pytest.raises(Forbidden):
        await clerk.do("cases.resolve", mine["id"], resolution="x")
    assert len(await desk.admin.list("cases")) == 2


async def test_a_relationship_contributor_serves_related_customers_and_no_others(
    desk: Desk,
) -> None:
    case = await desk.case()
    stranger = await desk.tenant.contact()
    foreign = await stranger.do("cases.create", subject="Of another")
    banker = await desk.tenant.member("relationship_contributor", name="Banker")
    assert await banker.list("cases") == []
    (kind,) = await desk.admin.list("responsibilities", key="account_manager")
    tie = await desk.admin.do(
        "account_team_members.create", account_id=str(desk.account["id"]),
        profile_id=str(banker.profile_id), responsibility_id=str(kind["id"]),
    )  # fmt: skip
    banker = await desk.tenant.world.actor(desk.tenant, banker.profile_id)
    assert ids(await banker.list("cases")) == ids([case])
    mine = await banker.do("cases.create", subject="Asked me", contact_id=desk.contact_id)
    told = await banker.do("contacts.update", desk.contact_id, phone="+49 30 7")
    assert told["phone"] == "+49 30 7"
    site = await banker.do(
        "locations.create", account_id=str(desk.account["id"]), name="Branch", line1="1",
        city="Bonn", country="DE",
    )  # fmt: skip
    await banker.do("locations.update", site["id"], city="Köln")
    with pytest.raises((Forbidden, Invalid)):
        await banker.do(
            "cases.create", subject="x", contact_id=str(stranger.caller.attributes["contact_id"])
        )
    with pytest.raises(NotFound):
        await banker.do("cases.comment", foreign["id"], body="x")
    assert ids(await desk.admin.list("cases")) == ids([case, foreign, mine])
    await desk.admin.do("account_team_members.delete", tie["id"])
    banker = await desk.tenant.world.actor(desk.tenant, banker.profile_id)
    assert await banker.list("cases") == []


async def test_a_personal_manager_keeps_access_whatever_branch_is_visited(desk: Desk) -> None:
    net = Network(desk.tenant)
    bank = await net.organization("Bank")
    north, south = await net.place(bank, "North"), await net.place(bank, "South")
    await net.serve(desk.account, north)
    manager = await desk.tenant.member("relationship_contributor")
    (kind,) = await desk.admin.list("responsibilities", key="account_manager")
    await desk.admin.do(
        "account_team_members.create", account_id=str(desk.account["id"]),
        profile_id=str(manager.profile_id), responsibility_id=str(kind["id"]),
    )  # fmt: skip
    counter = await desk.tenant.member("agent_b2b")
    await net.employ(counter, south)
    here = await desk.case()
    there = await counter.do("cases.create", subject="At the counter", contact_id=desk.contact_id)
    assert (here["business_location_id"], there["business_location_id"]) == (
        north["id"],
        south["id"],
    )
    manager = await desk.tenant.world.actor(desk.tenant, manager.profile_id)
    assert ids(await manager.list("cases")) == ids([here, there])


async def test_a_service_organization_contributor_serves_its_customers(world: World) -> None:
    net = Network(await world.tenant())
    clinic, other = await net.organization("Clinic", kind="hospital"), await net.organization("B")
    noor, sam = await net.tenant.consumer(), await net.tenant.consumer()
    await net.serve(noor, clinic)
    await net.serve(sam, other)
    nurse = await net.tenant.member("service_organization_contributor")
    await net.employ(nurse, clinic)
    mine = await nurse.do("cases.create", subject="Bill", consumer_id=consumer_of(noor))
    assert mine["service_organization_id"] == clinic["id"]
    with pytest.raises((Forbidden, Invalid)):
        await nurse.do("cases.create", subject="x", consumer_id=consumer_of(sam))
    assert ids(await nurse.list("consumers")) == {consumer_of(noor)}
    assert ids(await net.admin.list("cases")) == ids([mine])


async def test_viewers_read_and_write_nothing(desk: Desk) -> None:
    case = await desk.case()
    task = await desk.agent.do("case_tasks.create", case_id=str(case["id"]), subject="Check")
    readers = {
        "case_viewer": ("cases", case["id"], {"subject": "x"}),
        "case_task_viewer": ("case_tasks", task["id"], {"subject": "x"}),
        "customer_data_viewer": ("accounts", desk.account["id"], {"name": "x"}),
    }
    for role, (collection, key, change) in readers.items():
        viewer = await desk.tenant.member(role)
        assert same((await viewer.read(collection, key))["id"], key)
        with pytest.raises(Forbidden):
            await viewer.do(f"{collection}.update", key, **change)
        with pytest.raises(Forbidden):
            await viewer.do(f"{collection}.create", **change)
    viewer = await desk.tenant.member("customer_data_viewer")
    for collection in ("contacts", "consumers"):
        await viewer.list(collection)
        with pytest.raises(Forbidden):
            await viewer.do(f"{collection}.create", name="x")


async def test_the_middle_office_works_its_tasks_and_sees_no_case(desk: Desk) -> None:
    case = await desk.case()
    clerk = await desk.tenant.member("middle_office")
    task = await desk.agent.do(
        "case_tasks.create", case_id=str(case["id"]), subject="Check the invoice",
        assigned_to_id=str(clerk.profile_id),
    )  # fmt: skip
    await desk.agent.do("case_tasks.create", case_id=str(case["id"]), subject="Not theirs")
    assert ids(await clerk.list("case_tasks")) == ids([task])
    await clerk.do("case_tasks.start", task["id"])
    assert (await clerk.do("case_tasks.complete", task["id"]))["state"] == "done"
    with pytest.raises(Forbidden):
        await clerk.list("cases")


# ── Through a business (F25, F26) ────────────────────────────────────────────────────────────


async def served_through(tenant: Tenant, kind: str) -> dict[str, Any]:
    """A business with an entitlement, and a consumer who is its customer or employee."""
    business, noor = await tenant.account("Employer"), await tenant.consumer()
    await tenant.admin.do(
        "entitlements.create", name="For our people", account_id=str(business["id"]), tier="gold",
        starts_on="2020-01-01", resolution_minutes=60,
    )  # fmt: skip
    link = await tenant.admin.do(
        "account_consumers.create", account_id=str(business["id"]), consumer_id=consumer_of(noor),
        kind=kind,
    )  # fmt: skip
    boss = await tenant.contact(business, "customer_case_manager", name="Boss")
    return {"business": business, "noor": noor, "boss": boss, "link": link}


@pytest.mark.parametrize("kind", ["customer", "employee"])
async def test_a_business_extends_what_it_is_owed_to_its_people(world: World, kind: str) -> None:
    tenant = await world.tenant()
    at = await served_through(tenant, kind)
    through = await at["noor"].do(
        "cases.create", subject="The tablet", intermediary_account_id=str(at["business"]["id"])
    )
    private = await at["noor"].do("cases.create", subject="Mine alone")
    assert (through["entitlement_status"], private["entitlement_status"]) == ("verified", "none")
    assert ids(await at["boss"].list("cases")) == ids([through])
    for_them = await at["boss"].do(
        "cases.create", subject="For Noor", consumer_id=consumer_of(at["noor"])
    )
    assert same(for_them["intermediary_account_id"], at["business"]["id"])
    assert ids(await at["noor"].list("cases")) == ids([through, private, for_them])
    with pytest.raises(NotFound):
        await at["boss"].do("cases.comment", private["id"], body="Not ours")


async def test_nobody_is_served_through_a_business_that_is_not_theirs(world: World) -> None:
    tenant = await world.tenant()
    at = await served_through(tenant, "employee")
    other = await tenant.account("Other")
    stranger = await tenant.consumer()
    with pytest.raises(Invalid) as refused:
        await tenant.admin.do(
            "cases.create", subject="x", consumer_id=consumer_of(at["noor"]),
            intermediary_account_id=str(other["id"]),
        )  # fmt: skip
    assert [fault.pointer for fault in refused.value.faults] == ["/intermediary_account_id"]
    with pytest.raises((Forbidden, Invalid)):
        await at["boss"].do("cases.create", subject="x", consumer_id=consumer_of(stranger))
    await tenant.admin.do(
        "account_consumers.update", at["link"]["id"], starts_on="2020-01-01", ends_on="2020-12-31"
    )
    with pytest.raises(Invalid):
        await tenant.admin.do(
            "cases.create", subject="x", consumer_id=consumer_of(at["noor"]),
            intermediary_account_id=str(at["business"]["id"]),
        )  # fmt: skip
    assert await tenant.admin.list("cases") == []
