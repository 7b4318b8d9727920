"""Several people around one case or product, each with the access of what they are to it."""

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from infra.kernel.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.foundation.kin import Kin, ids, kin
from tests.world import Actor, World


@pytest_asyncio.fixture
async def of(world: World) -> Kin:
    return await kin(world)


async def relate(of: Kin, by: Actor, offer: str, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = await by.do(
        "related_parties.create",
        configuration_id=offer,
        **{name: str(value) for name, value in values.items()},
    )
    return made


async def comment(phone: httpx2.AsyncClient, case: dict[str, Any]) -> int:
    answer = await phone.post(f"/api/v1/cases/{case['id']}/comment", json={"body": "Hello"})
    return answer.status_code


async def rewrite(phone: httpx2.AsyncClient, case: dict[str, Any]) -> int:
    answer = await phone.post(f"/api/v1/cases/{case['id']}/cancel", json={})
    return answer.status_code


async def test_a_loan_has_a_co_borrower_a_guarantor_and_an_attorney(of: Kin) -> None:
    """Each sees the one case; who acts, who speaks and who only reads follows from the type."""
    tenant = of.desk.tenant
    loan, other = await of.desk.case(subject="A loan"), await of.desk.case(subject="Other")
    borrower, guarantor = await tenant.consumer(), await tenant.consumer()
    firm = await tenant.account("Attorneys at law")
    attorney = await tenant.contact(firm)
    for name, key, party_kind in (
        ("Co-borrower", "authorized_representative", "consumer"),
        ("Guarantor", "case_participant", "consumer"),
        ("Attorney", "case_observer", "account"),
    ):
        await of.admin.do(
            "related_party_configurations.create",
            name=name,
            entity="cases",
            party_kind=party_kind,
            responsibility_id=await of.responsibility(key),
        )
    case_id = loan["id"]
    agent = await tenant.member("agent_b2b", "agent_b2c")
    first = await relate(
        of, agent, await of.offer("Co-borrower", "cases", "consumer"),
        case_id=case_id, consumer_id=borrower.caller.attributes["consumer_id"],
    )  # fmt: skip
    await relate(
        of, agent, await of.offer("Guarantor", "cases", "consumer"),
        case_id=case_id, consumer_id=guarantor.caller.attributes["consumer_id"],
    )  # fmt: skip
    last = await relate(
        of, agent, await of.offer("Attorney", "cases", "account"),
        case_id=case_id, account_id=firm["id"],
    )  # fmt: skip
    phones = [await of.http(each) for each in (borrower, guarantor, attorney)]
    for phone in phones:
        assert ids(await phone.get("/api/v1/cases")) == {str(case_id)}
        assert (await phone.get(f"/api/v1/cases/{other['id']}")).status_code == 404
        words = await phone.get("/api/v1/activity_entries", params={"record_id": str(case_id)})
        assert words.status_code == 200
    assert [await comment(phone, loan) for phone in phones] == [200, 200, 404]
    assert [await rewrite(phone, loan) for phone in reversed(phones)] == [404, 404, 200]

    await of.admin.do("related_parties.end", last["id"])
    await of.admin.do("related_parties.delete", first["id"])
    seen = [(await phone.get(f"/api/v1/cases/{case_id}")).status_code for phone in phones]
    assert seen == [404, 200, 404]


async def test_notes_are_not_for_related_parties(of: Kin) -> None:
    case = await of.desk.case()
    await of.desk.agent.do("cases.comment", case["id"], body="public words")
    await of.desk.agent.do("cases.note", case["id"], body="internal words")
    noor = await of.desk.tenant.consumer()
    offer = await of.offer("Authorized representative", "cases", "consumer")
    await relate(
        of, of.admin, offer,
        case_id=case["id"], consumer_id=noor.caller.attributes["consumer_id"],
    )  # fmt: skip
    stream = await (await of.http(noor)).get("/api/v1/activity_entries")
    assert "public words" in stream.text
    assert "internal words" not in stream.text


async def test_finance_and_operations_follow_one_product_for_different_ends(of: Kin) -> None:
    tenant, router = of.desk.tenant, of.desk.router
    holding = await tenant.account("Holding")
    finance, operations = await tenant.contact(holding), await tenant.contact(holding)
    owed = await of.admin.do(
        "entitlements.create", name="Router care", sold_product_id=str(router["id"]),
        starts_on="2020-01-01",
    )  # fmt: skip
    item = await of.admin.do(
        "install_base_items.create", name="Rack 4", sold_product_id=str(router["id"])
    )
    case = await of.desk.case()
    ties = [
        await relate(
            of, of.admin, await of.offer(name, "sold_products", "contact"),
            sold_product_id=router["id"], contact_id=who.caller.attributes["contact_id"],
            purpose=name,
        )
        for name, who in (("Renewals", finance), ("Maintenance", operations))
    ]  # fmt: skip
    money, tools = await of.http(finance), await of.http(operations)
    for phone, seen in (
        (money, (True, True, False, False)),
        (tools, (True, False, True, True)),
    ):
        rows = [
            ids(await phone.get(f"/api/v1/{collection}"))
            for collection in ("sold_products", "entitlements", "install_base_items", "cases")
        ]
        wanted = [router["id"], owed["id"], item["id"], case["id"]]
        assert rows == [
            {str(id_)} if there else set() for id_, there in zip(wanted, seen, strict=True)
        ]
    assert await comment(tools, case) == 200
    assert await comment(money, case) == 404
    (own,) = await finance.list("related_parties")
    assert (own["id"], own["purpose"]) == (ties[0]["id"], "Renewals")
    await of.admin.do("related_parties.end", ties[1]["id"])
    assert ids(await tools.get("/api/v1/sold_products")) == set()
    assert ids(await tools.get("/api/v1/cases")) == set()
    assert ids(await money.get("/api/v1/sold_products")) == {str(router["id"])}


async def test_access_to_a_case_comes_and_goes_with_its_product(of: Kin) -> None:
    noor = await of.desk.tenant.consumer()
    tie = await relate(
        of, of.admin, await of.offer("Follower", "sold_products", "consumer"),
        sold_product_id=of.desk.router["id"], consumer_id=noor.caller.attributes["consumer_id"],
    )  # fmt: skip
    phone = await of.http(noor)
    case = await of.desk.case()
    assert ids(await phone.get("/api/v1/cases")) == {str(case["id"])}
    assert await comment(phone, case) == 200
    await of.admin.do("related_parties.delete", tie["id"])
    assert (await phone.get(f"/api/v1/cases/{case['id']}")).status_code == 404


async def test_an_installed_item_has_parties_of_its_own(of: Kin) -> None:
    item = await of.admin.do(
        "install_base_items.create", name="Rack 4", sold_product_id=str(of.desk.router["id"])
    )
    about = await of.desk.case(install_base_item_id=str(item["id"]))
    await of.desk.case()
    helper = await of.desk.tenant.contact()
    await relate(
        of, of.admin, await of.offer("Maintenance", "install_base_items", "account"),
        install_base_item_id=item["id"], account_id=helper.caller.attributes["account_id"],
    )  # fmt: skip
    phone = await of.http(helper)
    assert ids(await phone.get("/api/v1/install_base_items")) == {str(item["id"])}
    assert ids(await phone.get("/api/v1/cases")) == {str(about["id"])}


async def test_only_what_is_offered_for_the_record_and_the_party_is_taken(of: Kin) -> None:
    case = await of.desk.case(category="billing")
    offer = {
        name: await of.offer(name, entity, "contact")
        for name, entity in (("Participant", "cases"), ("Renewals", "sold_products"))
    }
    disputes = await of.admin.do(
        "related_party_configurations.create",
        name="Witness",
        entity="cases",
        party_kind="contact",
        category="disputes",
        responsibility_id=await of.responsibility("case_observer"),
    )
    noor = await of.desk.tenant.consumer()
    who, consumer = of.desk.contact_id, noor.caller.attributes["consumer_id"]
    for configuration, party, code in (
        (offer["Renewals"], {"contact_id": who}, "not_offered"),
        (offer["Participant"], {"consumer_id": consumer}, "not_offered"),
        (disputes["id"], {"contact_id": who}, "not_offered"),
        (case["id"], {"contact_id": who}, "not_found"),
    ):
        with pytest.raises(Invalid) as refused:
            await relate(of, of.admin, str(configuration), case_id=case["id"], **party)
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("/configuration_id", code)]
    with pytest.raises(Invalid) as refused:
        await relate(of, of.desk.agent, offer["Participant"], ends_on="2001-01-01")
    assert [f.code for f in refused.value.faults] == ["past", "one_record", "one_party"]
    await of.admin.do("related_party_configurations.update", offer["Participant"], active=False)
    with pytest.raises(Invalid) as refused:
        await relate(of, of.desk.agent, offer["Participant"], case_id=case["id"], contact_id=who)
    assert [f.code for f in refused.value.faults] == ["inactive"]
    assert await of.admin.list("related_parties") == []
    assert await of.admin.list("held_responsibilities") == []
    await of.admin.do("related_party_configurations.update", offer["Participant"], active=True)
    await relate(of, of.desk.agent, offer["Participant"], case_id=case["id"], contact_id=who)
    with pytest.raises(Duplicate):
        await relate(of, of.desk.agent, offer["Participant"], case_id=case["id"], contact_id=who)


async def test_an_offer_is_for_people_outside_and_categories_are_for_cases(of: Kin) -> None:
    with pytest.raises(Invalid) as refused:
        await of.admin.do(
            "related_party_configurations.create",
            name="Banker",
            entity="sold_products",
            party_kind="contact",
            category="disputes",
            responsibility_id=await of.responsibility("relationship_manager"),
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/category", "cases_only"),
        ("/responsibility_id", "wrong_kind"),
    ]
    offer = await of.offer("Participant", "cases", "contact")
    case = await of.desk.case()
    await relate(of, of.admin, offer, case_id=case["id"], contact_id=of.desk.contact_id)
    with pytest.raises(Conflict):
        await of.admin.do("related_party_configurations.delete", offer)


async def test_agents_relate_parties_to_cases_that_they_may_see(of: Kin) -> None:
    noor = await of.desk.tenant.consumer()
    private = await noor.do("cases.create", subject="Private")
    offer = await of.offer("Participant", "cases", "contact")
    who = of.desk.contact_id
    with pytest.raises(Invalid) as refused:
        await relate(of, of.desk.agent, offer, case_id=private["id"], contact_id=who)
    assert "/case_id" in {f.pointer for f in refused.value.faults}
    made = await relate(of, of.admin, offer, case_id=private["id"], contact_id=who)
    assert await of.desk.agent.list("related_parties") == []
    with pytest.raises(NotFound):
        await of.desk.agent.do("related_parties.end", made["id"])
    for actor in (noor, of.desk.contact):
        assert [row["id"] for row in await actor.list("related_parties")] == [made["id"]]
        with pytest.raises(Forbidden):
            await actor.do("related_parties.end", made["id"])
    assert await (await of.desk.tenant.contact()).list("related_parties") == []


async def test_a_contact_follows_several_products_and_contracts_and_signs_in(of: Kin) -> None:
    helper = await of.desk.tenant.contact(name="Hana Helper")
    second = await of.admin.do(
        "sold_products.create",
        name="Switch",
        account_id=str(of.desk.account["id"]),
        product_model_id=str(of.desk.model["id"]),
    )
    care = await of.admin.do(
        "service_contracts.create",
        name="Cabling",
        account_id=str(of.desk.account["id"]),
        starts_on="2020-01-01",
    )
    who = helper.caller.attributes["contact_id"]
    for product in (of.desk.router, second):
        offer = await of.offer("Follower", "sold_products", "contact")
        await relate(of, of.admin, offer, sold_product_id=product["id"], contact_id=who)
    for contract in (of.desk.contract, care):
        offer = await of.offer("Contract contact", "service_contracts", "contact")
        await relate(of, of.admin, offer, service_contract_id=contract["id"], contact_id=who)
    phone = await of.http(helper)
    products = {str(of.desk.router["id"]), str(second["id"])}
    assert ids(await phone.get("/api/v1/sold_products")) == products
    contracts = {str(of.desk.contract["id"]), str(care["id"])}
    assert ids(await phone.get("/api/v1/service_contracts")) == contracts
    assert ids(await phone.get("/api/v1/entitlements")) == {str(of.desk.entitlement["id"])}
