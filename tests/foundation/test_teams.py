"""Teams of accounts and consumers: who is on them, by which kind of responsibility."""

from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from infra.kernel.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.foundation.kin import Kin, ids, kin
from tests.world import Actor, World


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def put(of: Kin, key: str, **who: Any) -> dict[str, Any]:
    """Put somebody on the account's team."""
    made: dict[str, Any] = await of.admin.do(
        "account_team_members.create",
        account_id=str(of.desk.account["id"]),
        responsibility_id=await of.responsibility(key),
        **{name: str(value) for name, value in who.items()},
    )
    return made


async def look_after(of: Kin, agent: Actor, consumer: Actor) -> dict[str, Any]:
    """Make the agent the consumer's relationship manager."""
    made: dict[str, Any] = await of.admin.do(
        "consumer_team_members.create",
        consumer_id=str(consumer.caller.attributes["consumer_id"]),
        profile_id=str(agent.profile_id),
        responsibility_id=await of.responsibility("relationship_manager"),
    )
    return made


async def test_a_team_lists_employees_and_contacts_with_their_responsibilities(of: Kin) -> None:
    mia = await of.desk.tenant.member("case_viewer", name="Mia")
    await put(of, "account_manager", profile_id=mia.profile_id)
    await put(of, "account_manager_contact", contact_id=of.desk.contact_id)
    rows = await of.desk.agent.list("account_team_members", account_id=str(of.desk.account["id"]))
    assert [(row["profile_id"], row["contact_id"] is None) for row in rows] == [
        (mia.profile_id, True),
        (None, False),
    ]
    (own,) = await of.desk.contact.list("account_team_members", contact_id=of.desk.contact_id)
    assert str(own["contact_id"]) == of.desk.contact_id
    assert await (await of.desk.tenant.contact()).list("account_team_members") == []


@pytest.mark.parametrize(
    ("key", "is_staff"), [("account_representative", True), ("account_manager", False)]
)
async def test_a_responsibility_of_one_kind_is_not_given_to_the_other(
    of: Kin, key: str, is_staff: bool
) -> None:
    mia = await of.desk.tenant.member("case_viewer")
    who = {"profile_id": mia.profile_id} if is_staff else {"contact_id": of.desk.contact_id}
    with pytest.raises(Invalid) as refused:
        await put(of, key, **who)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/responsibility_id", "wrong_kind")
    ]
    assert await of.admin.list("account_team_members") == []
    assert await of.admin.list("held_responsibilities") == []


async def test_the_database_mixes_no_kinds_either(of: Kin) -> None:
    mia = await of.desk.tenant.member("case_viewer")
    member = await put(of, "account_manager", profile_id=mia.profile_id)
    employee, contact = (
        await of.responsibility("account_manager"),
        await of.responsibility("account_representative"),
    )
    tenant = of.desk.tenant.id
    for sql, value in (
        ("UPDATE account_team_members SET responsibility_id = $3", contact),
        (
            "UPDATE account_team_members SET profile_id = NULL, contact_id = $3",
            of.desk.contact_id,
        ),
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with of.world.services.database.transaction(tenant) as connection:
                await connection.execute(
                    f"{sql} WHERE tenant_id = $1 AND id = $2", tenant, member["id"], value
                )
    with pytest.raises(Conflict):
        await of.admin.do("responsibilities.update", employee, kind="contact")


async def test_a_team_has_active_employees_and_contacts_near_the_account_only(of: Kin) -> None:
    stranger = await of.desk.tenant.contact()
    with pytest.raises(Invalid) as refused:
        await put(of, "account_manager", profile_id=stranger.profile_id)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/profile_id", "not_staff")]
    far = stranger.caller.attributes["contact_id"]
    with pytest.raises(Invalid) as refused:
        await put(of, "account_manager_contact", contact_id=far)
    assert [f.code for f in refused.value.faults] == ["not_selectable"]
    with pytest.raises(Invalid) as refused:
        await put(of, "account_manager")
    assert [f.code for f in refused.value.faults] == ["one_person"]
    await put(of, "account_manager_contact", contact_id=of.desk.contact_id)
    with pytest.raises(Duplicate):
        await put(of, "account_manager_contact", contact_id=of.desk.contact_id)
    assert len(await of.admin.list("account_team_members")) == 1


async def test_an_account_manager_on_the_team_works_the_accounts_cases_in_the_portal(
    of: Kin,
) -> None:
    partner = await of.desk.tenant.account("Outside help", is_partner=True)
    await of.relate("Distributor for", partner, await of.partner_of(of.desk.account))
    await of.relate("Affiliate of", of.desk.account, partner)
    pia = await of.desk.tenant.contact(partner, name="Pia")
    phone = await of.http(pia)
    case = await of.desk.case()
    assert ids(await phone.get("/api/v1/cases")) == set()
    contact_id = pia.caller.attributes["contact_id"]
    member = await put(of, "account_manager_contact", contact_id=contact_id)
    assert ids(await phone.get("/api/v1/cases")) == {str(case["id"])}
    account = await phone.get(f"/api/v1/accounts/{of.desk.account['id']}")
    assert account.json()["name"] == "Harbour Dental"
    body = {"subject": "On their behalf", "account_id": str(of.desk.account["id"])}
    assert (await phone.post("/api/v1/cases", json=body)).status_code == 201
    said = await phone.post(f"/api/v1/cases/{case['id']}/comment", json={"body": "I am on it"})
    assert said.status_code == 200, said.text
    await of.admin.do("account_team_members.end", member["id"])
    assert ids(await phone.get("/api/v1/cases")) == set()
    refused = await phone.post("/api/v1/cases", json=body)
    assert refused.status_code in {403, 422}


async def test_an_account_manager_of_ours_manages_the_accounts_cases(of: Kin) -> None:
    clerk = await of.desk.tenant.member("relationship_contributor", name="Karl")
    phone = await of.http(clerk)
    case = await of.desk.case()
    other = await (await of.desk.tenant.contact()).do("cases.create", subject="Other")
    member = await put(of, "account_manager", profile_id=clerk.profile_id)
    assert ids(await phone.get("/api/v1/cases")) == {str(case["id"])}
    assert ids(await phone.get("/api/v1/account_team_members")) == {str(member["id"])}
    place = f"/api/v1/cases/{case['id']}"
    assert (await phone.post(f"{place}/start", json={})).status_code == 200
    solved = await phone.post(f"{place}/resolve", json={"resolution": "Reset it"})
    assert solved.status_code == 200, solved.text
    assert (await phone.get(f"/api/v1/cases/{other['id']}")).status_code == 404
    await of.admin.do("account_team_members.delete", member["id"])
    assert (await phone.get(place)).status_code in {403, 404}


async def test_a_consumers_relationship_manager_manages_all_their_cases(of: Kin) -> None:
    noor, other = await of.desk.tenant.consumer(), await of.desk.tenant.consumer()
    case = await noor.do("cases.create", subject="My card")
    hidden = await other.do("cases.create", subject="Not yours")
    banker = await of.desk.tenant.member("relationship_contributor", name="Ben Banker")
    phone = await of.http(banker)
    member = await look_after(of, banker, noor)
    assert ids(await phone.get("/api/v1/cases")) == {str(case["id"])}
    opened = await phone.post(
        "/api/v1/cases",
        json={
            "subject": "Called me",
            "consumer_id": str(noor.caller.attributes["consumer_id"]),
        },
    )
    assert opened.status_code == 201, opened.text
    solved = await phone.post(
        f"/api/v1/cases/{case['id']}/resolve", json={"resolution": "New card sent"}
    )
    assert solved.status_code == 200, solved.text
    stream = await phone.get("/api/v1/activity_entries", params={"record_id": str(case["id"])})
    assert stream.status_code == 200
    assert len(stream.json()["data"]) > 0
    assert (await phone.get(f"/api/v1/cases/{hidden['id']}")).status_code == 404
    (told,) = await noor.list("consumer_team_members")
    assert str(told["id"]) == str(member["id"])
    await of.admin.do("consumer_team_members.end", member["id"])
    assert (await phone.get(f"/api/v1/cases/{case['id']}")).status_code in {403, 404}


async def test_service_managers_build_teams_and_nobody_else(of: Kin) -> None:
    manager = await of.desk.tenant.member("service_manager")
    mia = await of.desk.tenant.member("case_viewer")
    values = {
        "account_id": str(of.desk.account["id"]),
        "profile_id": str(mia.profile_id),
        "responsibility_id": await of.responsibility("account_manager"),
    }
    made = await manager.do("account_team_members.create", **values)
    for actor in (of.desk.agent, of.desk.contact, mia):
        with pytest.raises(Forbidden):
            await actor.do("account_team_members.create", **values)
        with pytest.raises((Forbidden, NotFound)):
            await actor.do("account_team_members.end", made["id"])
    assert (await of.admin.read("account_team_members", made["id"]))["state"] == "active"
