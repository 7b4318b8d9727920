"""Companies that stand to each other: one is entered, two are there, and both go together."""

import asyncpg
import pytest
import pytest_asyncio

from infra.kernel.errors import Duplicate, Forbidden, Invalid, StillReferenced
from tests.foundation.kin import Kin, ids, kin
from tests.world import World


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def pairs(of: Kin) -> list[tuple[str, str, str, str]]:
    rows = await of.admin.list("account_relationships")
    return sorted(
        (row["direction"], row["account_id"], row["related_account_id"], row["state"])
        for row in rows
    )


async def test_a_relationship_writes_its_reverse_on_the_other_account(of: Kin) -> None:
    customer = of.desk.account
    partner = await of.partner_of(customer, ends_on="2099-12-31")
    (forward,) = await of.admin.list("account_relationships", account_id=str(partner["id"]))
    (reverse,) = await of.admin.list("account_relationships", account_id=str(customer["id"]))
    assert (forward["direction"], reverse["direction"]) == ("forward", "reverse")
    assert (forward["reverse_id"], reverse["reverse_id"]) == (reverse["id"], forward["id"])
    assert forward["type_id"] == reverse["type_id"]
    assert str(reverse["related_account_id"]) == str(partner["id"])
    assert reverse["ends_on"] == forward["ends_on"]
    (seen,) = await of.admin.list("account_relationships", direction="reverse", expand="type")
    assert (seen["type"]["name"], seen["type"]["reverse_name"]) == ("Partner of", "Customer of")


@pytest.mark.parametrize("side", ["forward", "reverse"])
async def test_a_removed_relationship_takes_its_reverse_along(of: Kin, side: str) -> None:
    await of.partner_of(of.desk.account)
    (row,) = await of.admin.list("account_relationships", direction=side)
    await of.admin.do("account_relationships.delete", row["id"])
    assert await of.admin.list("account_relationships") == []
    assert await of.admin.list("held_responsibilities") == []


@pytest.mark.parametrize("side", ["forward", "reverse"])
async def test_a_relationship_ends_on_both_sides(of: Kin, side: str) -> None:
    await of.partner_of(of.desk.account)
    (row,) = await of.admin.list("account_relationships", direction=side)
    await of.admin.do("account_relationships.update", row["id"], ends_on="2099-01-31")
    told = await of.admin.list("account_relationships")
    assert {str(each["ends_on"]) for each in told} == {"2099-01-31"}
    await of.admin.do("account_relationships.end", row["id"])
    assert [each[3] for each in await pairs(of)] == ["ended", "ended"]
    with pytest.raises(Exception, match="has ended"):
        await of.admin.do("account_relationships.end", row["id"])


async def test_a_case_outlives_the_relationship_it_mentions(of: Kin) -> None:
    await of.partner_of(of.desk.account)
    (mine,) = await of.admin.list("account_relationships", account_id=str(of.desk.account["id"]))
    (theirs,) = await of.admin.list("account_relationships", direction="forward")
    case = await of.desk.agent.do(
        "cases.create",
        subject="By way of the partner",
        account_id=str(of.desk.account["id"]),
        account_relationship_id=str(mine["id"]),
    )
    before = await of.desk.stored(case)
    await of.admin.do("account_relationships.delete", theirs["id"])
    after = await of.desk.stored(case)
    assert before.pop("account_relationship_id") == mine["id"]
    assert after.pop("account_relationship_id") is None
    assert after == before


async def test_a_case_names_a_relationship_of_its_own_account_only(of: Kin) -> None:
    await of.partner_of(of.desk.account)
    (theirs,) = await of.admin.list("account_relationships", direction="forward")
    with pytest.raises(Invalid) as refused:
        await of.desk.agent.do(
            "cases.create",
            subject="x",
            account_id=str(of.desk.account["id"]),
            account_relationship_id=str(theirs["id"]),
        )
    assert "/account_relationship_id" in {fault.pointer for fault in refused.value.faults}
    assert await of.admin.list("cases") == []


async def test_customers_and_partners_relate_in_any_pairing(of: Kin) -> None:
    tenant = of.desk.tenant
    customer, other = of.desk.account, await tenant.account("Other")
    partner = await tenant.account("P", is_customer=False, is_partner=True)
    second = await tenant.account("Q", is_customer=False, is_partner=True)
    await of.relate("Affiliate of", customer, other)
    await of.relate("Partner of", partner, customer)
    await of.relate("Distributor for", partner, second)
    assert len(await of.admin.list("account_relationships")) == 6
    with pytest.raises(Invalid) as refused:
        await of.relate("Partner of", customer, partner)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/account_id", "wrong_role"),
        ("/related_account_id", "wrong_role"),
    ]
    with pytest.raises(Invalid):
        await of.relate("Affiliate of", customer, customer)
    with pytest.raises(Duplicate):
        await of.relate("Affiliate of", customer, other)
    with pytest.raises(Duplicate):
        await of.relate("Affiliate of", other, customer)
    assert len(await of.admin.list("account_relationships")) == 6


async def test_an_admin_names_types_and_nobody_else(of: Kin) -> None:
    values = {
        "name": "Franchisee of", "reverse_name": "Franchisor of",
        "from_role": "partner", "to_role": "customer",
    }  # fmt: skip
    manager = await of.desk.tenant.member("service_manager")
    with pytest.raises(Forbidden):
        await manager.do("account_relationship_types.create", **values)
    employee = await of.responsibility("account_manager")
    with pytest.raises(Invalid) as refused:
        await of.admin.do(
            "account_relationship_types.create",
            **values,
            responsibility_id=employee,
            reverse_responsibility_id=employee,
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/responsibility_id", "wrong_kind"),
        ("/reverse_responsibility_id", "wrong_kind"),
    ]
    made = await of.admin.do("account_relationship_types.create", **values)
    assert (made["name"], made["reverse_name"]) == ("Franchisee of", "Franchisor of")
    await of.partner_of(of.desk.account)
    with pytest.raises(StillReferenced):
        await of.admin.do("account_relationship_types.delete", await of.type_named("Partner of"))


async def test_the_database_keeps_no_side_alone(of: Kin) -> None:
    """Whatever a programme forgets, one row without its mirror is not committed."""
    await of.partner_of(of.desk.account)
    (row,) = await of.admin.list("account_relationships", direction="forward")
    before = await pairs(of)
    database, tenant = of.world.services.database, of.desk.tenant.id
    for sql in (
        "DELETE FROM account_relationships WHERE tenant_id = $1 AND id = $2",
        """UPDATE account_relationships SET state = 'ended', ended_at = now()
            WHERE tenant_id = $1 AND id = $2""",
        "UPDATE account_relationships SET ends_on = '2090-01-01' WHERE tenant_id = $1 AND id = $2",
        "UPDATE account_relationships SET direction = 'reverse' WHERE tenant_id = $1 AND id = $2",
        """INSERT INTO account_relationships (tenant_id, id, type_id, direction, account_id,
             related_account_id, reverse_id, state, ended_at, created_at, updated_at)
           SELECT tenant_id, gen_random_uuid(), type_id, direction, account_id,
                  related_account_id, reverse_id, 'ended', now(), now(), now()
             FROM account_relationships WHERE tenant_id = $1 AND id = $2""",
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with database.transaction(tenant) as connection:
                await connection.execute(sql, tenant, row["id"])
    assert await pairs(of) == before


async def test_a_partner_handles_the_customers_cases_and_sees_its_assets(of: Kin) -> None:
    customer = of.desk.account
    partner = await of.desk.tenant.account("Bay Integrators", is_partner=True)
    pia = await of.desk.tenant.contact(partner, name="Pia Partner")
    phone = await of.http(pia)
    theirs = await of.desk.case()
    assert ids(await phone.get("/api/v1/cases")) == set()
    refused = await phone.post(
        "/api/v1/cases", json={"subject": "For them", "account_id": str(customer["id"])}
    )
    assert refused.status_code == 422
    made = await of.relate("Partner of", partner, customer)
    opened = await phone.post(
        "/api/v1/cases",
        json={
            "subject": "For them",
            "account_id": str(customer["id"]),
            "sold_product_id": str(of.desk.router["id"]),
        },
    )
    assert opened.status_code == 201, opened.text
    case = opened.json()
    assert (case["account_id"], case["contact_id"]) == (str(customer["id"]), None)
    assert case["entitlement_status"] == "verified"
    both = {case["id"], str(theirs["id"])}
    assert ids(await phone.get("/api/v1/cases")) == both
    assert ids(await phone.get("/api/v1/sold_products")) == {str(of.desk.router["id"])}
    said = await phone.post(f"/api/v1/cases/{theirs['id']}/comment", json={"body": "On our way"})
    assert said.status_code == 200, said.text
    stream = await phone.get("/api/v1/activity_entries", params={"record_id": str(theirs["id"])})
    assert "On our way" in {row["body"] for row in stream.json()["data"]}
    why = (await phone.get(f"/api/v1/cases/{theirs['id']}/access")).json()
    assert "account_representative" in str(why)

    await of.admin.do("account_relationships.end", made["id"])
    assert ids(await phone.get("/api/v1/cases")) == set()
    assert ids(await phone.get("/api/v1/sold_products")) == set()
    gone = await phone.post(f"/api/v1/cases/{theirs['id']}/comment", json={"body": "Still here"})
    assert gone.status_code == 404
    assert (await phone.get(f"/api/v1/cases/{case['id']}")).status_code == 404


async def test_what_a_type_gives_anew_holds_for_relationships_of_before(of: Kin) -> None:
    partner = await of.partner_of(of.desk.account)
    pia = await of.http(await of.desk.tenant.contact(partner))
    case = await of.desk.case()
    type_id = await of.type_named("Partner of")
    assert ids(await pia.get("/api/v1/cases")) == {str(case["id"])}
    observer = await of.responsibility("account_manager_contact")
    await of.admin.do("account_relationship_types.update", type_id, responsibility_id=observer)
    (held,) = await of.admin.list("held_responsibilities")
    assert str(held["responsibility_id"]) == observer
    assert ids(await pia.get("/api/v1/cases")) == {str(case["id"])}
    await of.admin.do("account_relationship_types.update", type_id, responsibility_id=None)
    assert ids(await pia.get("/api/v1/cases")) == set()


async def test_nobody_relates_accounts_from_outside(of: Kin) -> None:
    boss = await of.desk.tenant.contact(of.desk.account, "customer_admin")
    await of.partner_of(of.desk.account)
    (mine,) = await boss.list("account_relationships")
    assert str(mine["account_id"]) == str(of.desk.account["id"])
    with pytest.raises(Forbidden):
        await boss.do("account_relationships.end", mine["id"])
    stranger = await of.desk.tenant.contact(None, "customer_admin")
    assert await stranger.list("account_relationships") == []


async def test_relationships_follow_an_account_that_becomes_another(of: Kin) -> None:
    customer, twin = of.desk.account, await of.desk.tenant.account("Harbour Dental Ltd")
    partner = await of.partner_of(twin)
    pia = await of.http(await of.desk.tenant.contact(partner))
    (reverse,) = await of.admin.list("account_relationships", account_id=str(twin["id"]))
    case = await of.desk.agent.do(
        "cases.create",
        subject="By way of the partner",
        account_id=str(twin["id"]),
        account_relationship_id=str(reverse["id"]),
    )
    assert ids(await pia.get("/api/v1/cases")) == {str(case["id"])}
    told = await of.admin.do("accounts.merge", customer["id"], **{"from": [str(twin["id"])]})
    moved = await of.admin.read("account_relationships", reverse["id"])
    assert str(moved["account_id"]) == str(customer["id"])
    kept = await of.desk.stored(case)
    assert kept["account_relationship_id"] == reverse["id"]
    assert ids(await pia.get("/api/v1/cases")) == {str(case["id"])}
    await of.admin.do("merges.undo", told.merge_id)
    back = await of.admin.read("account_relationships", reverse["id"])
    assert str(back["account_id"]) == str(twin["id"])
