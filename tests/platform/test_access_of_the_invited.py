"""What somebody will see is told before they come in, and of the suspended that it is nothing."""

from typing import Any

import pytest

from backend.platform.responsibilities.preview import Change, Proposal, preview
from tests.platform.test_responsibilities import Town
from tests.world import World


@pytest.fixture
async def town(world: World) -> Town:
    return Town(world, await world.tenant())


async def explained(town: Town, case: Any, **subject: Any) -> dict[str, Any]:
    answer = await town.admin.http().get(f"/api/v1/cases/{case['id']}/access", params=subject)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_access_of_whoever_is_invited_is_explained_as_it_will_be(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    contact = await town.admin.do(
        "contacts.create", account_id=str(company["id"]), name="Ina", email="ina@example.com"
    )
    (profile,) = await town.admin.list("profiles", contact_id=str(contact["id"]))
    await town.admin.do("profiles.grant_role", profile["id"], role="customer_admin")
    by_user = await explained(town, case, user=str(profile["user_id"]))
    by_profile = await explained(town, case, profile=str(profile["id"]))
    assert by_user == by_profile
    assert "read" in by_user["allowed"]
    await town.admin.do("users.suspend", profile["user_id"])
    for subject in ({"user": str(profile["user_id"])}, {"profile": str(profile["id"])}):
        gone = await explained(town, case, **subject)
        assert (gone["allowed"], gone["grants"]) == ([], [])


async def test_a_preview_counts_whoever_is_invited(town: Town) -> None:
    company = await town.tenant.account()
    case = await town.case(account_id=str(company["id"]))
    contact = await town.admin.do(
        "contacts.create", account_id=str(company["id"]), name="Ina", email="ina@example.com"
    )
    (profile,) = await town.admin.list("profiles", contact_id=str(contact["id"]))
    change = Change(
        collection="profiles",
        op="grant_role",
        id=str(profile["id"]),
        body={"role": "customer_admin"},
    )
    told = await preview(town.world.services, town.admin.caller, Proposal(changes=[change]))
    gained = {(one.profile_id, one.resource, one.record_id) for one in told.gains}
    assert (profile["id"], "cases", case["id"]) in gained
