"""Before a change of access is saved an admin sees who gains and who loses what."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.platform.responsibilities.preview import AccessPreview, Change, Proposal, preview
from infra.kernel.errors import Forbidden, Invalid
from infra.kernel.reading import read_list
from tests.platform.test_responsibilities import Town
from tests.world import Actor, World

Pair = tuple[UUID, str, UUID]
COLLECTIONS = ("cases", "accounts", "contacts", "sold_products")


class Crowd:
    """A few people of every kind, and what there is to see."""

    def __init__(self, town: Town, people: list[Actor], companies: list[Any], cases: list[Any]):
        self.town, self.people, self.companies, self.cases = town, people, companies, cases

    async def everything(self) -> set[Pair]:
        """All pairs of person and record, asked one person after the other as they are now."""
        found = set()
        for person in self.people:
            caller = (await self.town.again(person)).caller
            for collection in COLLECTIONS:
                try:
                    page = await read_list(
                        self.town.world.services, caller, collection, {"limit": "200"}
                    )
                except Forbidden:
                    continue
                found |= {(person.profile_id, collection, row["id"]) for row in page.data}
        return found

    async def preview(self, *changes: Change) -> AccessPreview:
        proposal = Proposal(changes=list(changes))
        return await preview(self.town.world.services, self.town.admin.caller, proposal)


def pairs(effects: Any) -> set[Pair]:
    return {
        (one.profile_id, one.resource, one.record_id)
        for one in effects
        if one.resource in COLLECTIONS
    }


async def a_crowd(world: World) -> Crowd:
    town = Town(world, await world.tenant())
    companies = [await town.tenant.account(f"Company {n}") for n in range(3)]
    companies.append(await town.tenant.account("Subsidiary", parent_id=str(companies[0]["id"])))
    cases = [await town.case(account_id=str(company["id"])) for company in companies]
    people = [
        await town.tenant.contact(companies[0], "customer_admin"),
        await town.tenant.contact(companies[1], "customer"),
        await town.tenant.member("agent_b2b"),
        await town.tenant.member("self_contributor"),
        await town.tenant.member("case_viewer"),
        await town.tenant.consumer(),
    ]
    await town.let(
        people[1], "account_representative", "accounts", companies[2]["id"], "contact_id"
    )
    await town.let(people[3], "account_manager", "accounts", companies[0]["id"], "profile_id")
    return Crowd(town, people, companies, cases)


@pytest.fixture
async def crowd(world: World) -> Crowd:
    return await a_crowd(world)


async def changes_of(crowd: Crowd, kind: int, place: int) -> Change:
    """One of the changes that an admin might think of."""
    admin = crowd.town.admin
    configurations = await admin.list("access_configurations", limit="200")
    held = [c for c in configurations if c["key"].startswith(("account_m", "account_rep"))]
    one = held[place % len(held)]
    who = crowd.people[place % len(crowd.people)]
    keys = ("account_manager", "account_representative")
    responsibility = await crowd.town.responsibility(keys[place % 2])
    if kind == 0:
        return Change(collection="access_configurations", op="delete", id=str(one["id"]))
    if kind == 1:
        body = {"active": False}
        return Change(collection="access_configurations", op="update", id=str(one["id"]), body=body)
    if kind == 2:
        body = {
            "key": f"more_{place}",
            "responsibility_id": str(responsibility["id"]),
            "resource": ("cases", "contacts")[place % 2],
            "via": "account",
            "beneath": place % 3 == 0,
            "verbs": ["read"],
        }
        return Change(collection="access_configurations", op="create", body=body)
    if kind == 3:
        body = {"active": False}
        return Change(
            collection="responsibilities", op="update", id=str(responsibility["id"]), body=body
        )
    if who.caller.audience != "staff":
        body = {"state": "inactive"}
        return Change(collection="profiles", op="update", id=str(who.profile_id), body=body)
    body = {"role": ("agent_b2b", "agent_b2c", "service_manager")[place % 3]}
    return Change(collection="profiles", op="grant_role", id=str(who.profile_id), body=body)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=st.integers(0, 4), place=st.integers(0, 11))
async def test_a_preview_equals_brute_force_over_all_pairs(
    world: World, kind: int, place: int
) -> None:
    crowd = await a_crowd(world)
    change = await changes_of(crowd, kind, place)
    before = await crowd.everything()
    told = await crowd.preview(change)
    assert await crowd.everything() == before, "a preview keeps nothing"
    await crowd.town.admin.do(f"{change.collection}.{change.op}", change.id, **change.body)
    after = set()
    gone = change.collection == "profiles" and change.body == {"state": "inactive"}
    if gone:
        crowd.people = [p for p in crowd.people if str(p.profile_id) != change.id]
    after = await crowd.everything()
    assert pairs(told.gains) == after - before
    assert pairs(told.losses) == before - after
    assert not told.truncated


async def test_a_preview_names_every_fault_and_keeps_nothing(crowd: Crowd) -> None:
    entries = await crowd.town.admin.list("audit_entries", limit="200")
    with pytest.raises(Invalid) as refused:
        await crowd.preview(
            Change(
                collection="access_configurations",
                op="create",
                body={"key": "x y", "resource": "cases", "verbs": [], "nonsense": 1},
            )
        )
    assert {fault.pointer for fault in refused.value.faults} == {
        "/changes/0/body/key", "/changes/0/body/verbs", "/changes/0/body/nonsense",
        "/changes/0/body/responsibility_id",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await crowd.preview(
            Change(
                collection="cases", op="comment", id=str(crowd.cases[0]["id"]), body={"body": "x"}
            )
        )
    assert refused.value.faults[0].code == "no_access"
    assert await crowd.town.admin.list("audit_entries", limit="200") == entries


async def test_only_an_admin_may_preview(crowd: Crowd) -> None:
    proposal = Proposal(changes=[Change(collection="roles", op="create")])
    manager = await crowd.town.tenant.member("service_manager")
    with pytest.raises(Forbidden):
        await preview(crowd.town.world.services, manager.caller, proposal)


async def test_the_preview_is_told_over_http(crowd: Crowd) -> None:
    (given,) = await crowd.town.admin.list(
        "access_configurations", key="account_representative_cases_via_account"
    )
    answer = await crowd.town.admin.http().post(
        "/api/v1/access/preview",
        json={
            "changes": [
                {"collection": "access_configurations", "op": "delete", "id": str(given["id"])}
            ]
        },
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["profiles"], told["gained"], told["lost"]) == (1, 0, 1)
    assert told["losses"] == [
        {
            "profile_id": str(crowd.people[1].profile_id),
            "name": "Maya Lindqvist",
            "resource": "cases",
            "record_id": str(crowd.cases[2]["id"]),
        }
    ]
