"""Bad input of the kinds that break customer data: every fault is named, and nothing is changed.

What is compared before and after is every table of the tenant: rows, audit and outbox alike.
"""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from infra.kernel.ids import uuid7
from tests.foundation.kin import Kin, kin
from tests.security.neighbours import changed, state_of
from tests.world import World

# A refused request may be counted and remembered, which is no change of anything.
_NONE: list[str] = []


@dataclass
class Attempt:
    """A request, and how it must be refused."""

    path: str
    body: dict[str, Any]
    status: int
    type: str
    pointers: set[str]
    method: str = "POST"


async def refused(of: Kin, attempt: Attempt) -> dict[str, Any]:
    """The problem with which it was refused, once that changed nothing."""
    world, tenant = of.world, of.desk.tenant
    before = await state_of(world, tenant.id)
    answer: httpx2.Response = await of.admin.http().request(
        attempt.method, f"/api/v1/{attempt.path}", json=attempt.body
    )
    told: dict[str, Any] = answer.json()
    assert answer.status_code == attempt.status, answer.text
    assert told["type"] == f"/problems/{attempt.type}", answer.text
    assert {fault["pointer"] for fault in told.get("errors", [])} == attempt.pointers, answer.text
    assert changed(before, await state_of(world, tenant.id)) == _NONE
    return told


@pytest.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def test_a_company_that_would_lie_below_itself(of: Kin) -> None:
    top = of.desk.account
    child = await of.desk.tenant.account("Child", parent_id=str(top["id"]))
    below = await of.desk.tenant.account("Below", parent_id=str(child["id"]))
    for parent in (top, child, below):
        move = {"parent_id": str(parent["id"])}
        await refused(
            of, Attempt(f"accounts/{top['id']}", move, 409, "hierarchy-cycle", set(), "PATCH")
        )
    assert (await of.admin.read("accounts", below["id"]))["path"].startswith(top["path"])


async def test_other_trees_that_would_turn_in_a_circle(of: Kin) -> None:
    """Groups, sold products, product models, organisations, billing accounts, case tasks."""
    admin, account_id = of.admin, str(of.desk.account["id"])
    case = await of.desk.case()
    model = {"product_model_id": str(of.desk.model["id"]), "account_id": account_id}
    trees: dict[str, dict[str, Any]] = {
        "groups": {},
        "sold_products": model,
        "billing_accounts": {"account_id": account_id, "currency": "EUR"},
        "service_organizations": {"kind": "branch"},
        "case_tasks": {"case_id": str(case["id"])},
    }
    for collection, values in trees.items():
        above = await admin.do(f"{collection}.create", **values, **_called(collection))
        beneath = await admin.do(
            f"{collection}.create", **values, **_called(collection), parent_id=str(above["id"])
        )
        before = await state_of(of.world, of.desk.tenant.id)
        answer = await admin.http().patch(
            f"/api/v1/{collection}/{above['id']}", json={"parent_id": str(beneath["id"])}
        )
        assert answer.status_code in {409, 422}, (collection, answer.text)
        if answer.status_code == 422:
            assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/parent_id"]
        assert changed(before, await state_of(of.world, of.desk.tenant.id)) == _NONE, collection


def _called(collection: str) -> dict[str, str]:
    word = uuid7().hex[-8:].upper()
    match collection:
        case "case_tasks":
            return {"subject": word}
        case "service_organizations":
            return {"name": word, "code": word}
    return {"name": word}


async def test_a_second_primary(of: Kin) -> None:
    """One main address for each purpose, one primary household: the second is no half of one."""
    home = {
        "account_id": str(of.desk.account["id"]), "line1": "Road 1", "city": "Oslo",
        "country": "NO", "purpose": "billing", "is_primary": True,
    }  # fmt: skip
    await of.admin.do("locations.create", name="First", **home)
    second = Attempt(
        "locations", {"name": "Second", **home}, 409, "duplicate", {"/account_id", "/purpose"}
    )
    await refused(of, second)


async def test_a_primary_household_is_moved_and_never_doubled(of: Kin) -> None:
    """Every way to make one that there is leaves exactly one."""
    noor = await of.desk.tenant.consumer()
    consumer_id = str(noor.caller.attributes["consumer_id"])
    homes = [await of.admin.do("households.create", name=name) for name in ("Lane", "Shore")]
    for home in homes:
        await of.admin.do("households.join", home["id"], consumer_id=consumer_id, primary=True)
    members = await of.admin.list("household_members", consumer_id=consumer_id)
    assert [m["household_id"] for m in members if m["is_primary"]] == [homes[1]["id"]]
    for method, path in (
        ("POST", "household_members"),
        ("PATCH", f"household_members/{members[0]['id']}"),
    ):
        before = await state_of(of.world, of.desk.tenant.id)
        answer = await of.admin.http().request(method, f"/api/v1/{path}", json={"is_primary": True})
        assert answer.status_code in {404, 405}, answer.text
        assert changed(before, await state_of(of.world, of.desk.tenant.id)) == _NONE
    await refused(
        of,
        Attempt(
            f"households/{homes[0]['id']}/join", {"consumer_id": consumer_id, "primary": True},
            409, "already-a-member", set(),
        ),
    )  # fmt: skip


async def test_a_responsibility_of_the_wrong_kind(of: Kin) -> None:
    """F49: wherever one can be given, with every other fault of the same request."""
    tenant, account = of.desk.tenant, str(of.desk.account["id"])
    employees, contacts = [
        await of.responsibility(key) for key in ("account_manager", "account_representative")
    ]
    agent, noor = str(of.desk.agent.profile_id), await tenant.consumer()
    home = await of.admin.do("households.create", name="Lane")
    consumer = str(noor.caller.attributes["consumer_id"])
    past = {"ends_on": "2020-01-01"}
    attempts = [
        Attempt(
            "contact_relationships",
            {"contact_id": of.desk.contact_id, "account_id": account,
             "responsibility_id": employees, **past},
            422, "invalid", {"/ends_on", "/responsibility_id", "/contact_id"},
        ),
        Attempt(
            "consumer_relationships",
            {"consumer_id": consumer, "representative_id": consumer,
             "responsibility_id": employees, **past},
            422, "invalid", {"/ends_on", "/responsibility_id", "/representative_id"},
        ),
        Attempt(
            "account_team_members",
            {"profile_id": agent, "account_id": account, "responsibility_id": contacts, **past},
            422, "invalid", {"/ends_on", "/responsibility_id"},
        ),
        Attempt(
            "household_team_members",
            {"profile_id": agent, "household_id": str(home["id"]), "responsibility_id": contacts},
            422, "invalid", {"/responsibility_id"},
        ),
    ]  # fmt: skip
    for attempt in attempts:
        told = await refused(of, attempt)
        codes = {fault["pointer"]: fault["code"] for fault in told["errors"]}
        assert codes["/responsibility_id"] == "wrong_kind", told


async def test_a_stale_merge_names_each_record_that_moved_on(of: Kin) -> None:
    rows = [await of.desk.tenant.account(f"N{n}") for n in range(3)]
    versions = {str(row["id"]): row["version"] for row in rows}
    for row in rows[1:]:
        await of.admin.do("accounts.update", row["id"], phone="1")
    await refused(
        of,
        Attempt(
            f"accounts/{rows[0]['id']}/merge",
            {"from": [str(row["id"]) for row in rows[1:]], "versions": versions},
            412, "stale", {f"/versions/{row['id']}" for row in rows[1:]},
        ),
    )  # fmt: skip


async def test_a_bundle_with_faults_in_its_middle(of: Kin) -> None:
    """What stands before and after the faults is good, and is not kept either."""
    bundle = {
        "skills.yaml": "- name: Copper\n- name: 7\n- name: Fibre\n",
        "responsibilities.yaml": (
            "- key: auditor\n  name: Auditor\n  kind: employee\n"
            "- key: ghost\n  name: Ghost\n  kind: poltergeist\n"
        ),
        "groups.yaml": "- name: Claims\n- name: Lost\n  parent: Nowhere\n",
    }
    before = await state_of(of.world, of.desk.tenant.id)
    answer = await of.admin.http().post("/api/v1/config/apply", json={"files": bundle})
    assert answer.status_code == 422, answer.text
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    for name in bundle:
        assert any(name in pointer for pointer in pointers), (name, pointers)
    assert changed(before, await state_of(of.world, of.desk.tenant.id)) == _NONE
    assert await of.admin.list("skills", name="Copper") == []
