"""Who sees a case, what they see of it, and who finds nothing."""

from uuid import UUID

import pytest

from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk, same


async def test_customers_read_comments_and_never_notes(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.comment", case["id"], body="public words")
    await desk.agent.do("cases.note", case["id"], body="internal words")
    seen = await desk.stream(case, desk.contact)
    assert [entry["body"] for entry in seen if entry["entry_type"] == "comment"] == ["public words"]
    assert all(entry["entry_type"] != "note" for entry in seen)
    assert "visibility" not in seen[0]
    bodies = [entry["body"] for entry in await desk.stream(case)]
    assert "internal words" in bodies


async def test_nobody_reads_the_stream_of_anothers_case(desk: Desk) -> None:
    case = await desk.case()
    other = await desk.tenant.contact()
    assert await desk.stream(case, other) == []


async def test_the_page_beside_a_case_shows_who_what_and_what_is_owed(desk: Desk) -> None:
    case = await desk.case()
    beside = await desk.agent.do("cases.context", case["id"])
    assert beside.account.name == "Harbour Dental"
    assert beside.contact.name == "Maya Lindqvist"
    assert beside.consumer is None
    assert [product.serial_number for product in beside.products] == ["R7-0001"]
    assert beside.contract.name == "Gold support"
    assert (beside.entitlement.tier, beside.entitlement_status) == ("gold", "verified")
    assert [clock.target for clock in beside.slas] == ["response", "resolution"]
    theirs = await desk.contact.do("cases.context", case["id"])
    assert (theirs.entitlement.tier, theirs.slas, theirs.entitlement_explanation) == (
        "gold",
        [],
        [],
    )


async def test_a_business_agent_does_not_see_consumers_cases(desk: Desk) -> None:
    consumer = await desk.tenant.consumer()
    private = await consumer.do("cases.create", subject="Private")
    business = await desk.case()
    assert [row["id"] for row in await desk.agent.list("cases")] == [business["id"]]
    with pytest.raises(NotFound):
        await desk.agent.read("cases", private["id"])
    b2c = await desk.tenant.member("agent_b2c")
    assert [row["id"] for row in await b2c.list("cases")] == [private["id"]]


async def test_case_managers_see_the_account_and_admins_the_hierarchy(desk: Desk) -> None:
    below = await desk.tenant.account("Branch", parent_id=str(desk.account["id"]))
    branch = await desk.tenant.contact(below)
    in_branch = await branch.do("cases.create", subject="In the branch")
    own = await desk.case()
    manager = await desk.tenant.contact(desk.account, "customer_case_manager", name="Case Manager")
    boss = await desk.tenant.contact(desk.account, "customer_admin", name="Boss")
    colleague = await desk.tenant.contact(desk.account, name="Colleague")
    assert await colleague.list("cases") == []
    assert [row["id"] for row in await manager.list("cases")] == [own["id"]]
    seen = {UUID(str(row["id"])) for row in await boss.list("cases")}
    assert seen == {UUID(str(own["id"])), UUID(str(in_branch["id"]))}
    await boss.do("cases.comment", in_branch["id"], body="From the top")
    assert len(await desk.stream(in_branch, boss)) == 2
    with pytest.raises(NotFound):
        await manager.do("cases.comment", in_branch["id"], body="Not mine")


async def test_the_parents_administrator_opens_cases_for_accounts_beneath(desk: Desk) -> None:
    below = await desk.tenant.account("Branch", parent_id=str(desk.account["id"]))
    boss = await desk.tenant.contact(desk.account, "customer_admin", name="Boss")
    made = await boss.do("cases.create", subject="For the branch", account_id=str(below["id"]))
    assert (same(made["account_id"], below["id"]), made["contact_id"]) == (True, None)
    own = await boss.do("cases.create", subject="Own", account_id=str(desk.account["id"]))
    assert same(own["contact_id"], boss.caller.attributes["contact_id"])
    await boss.do("cases.cancel", made["id"])
    beside = await desk.tenant.account("Beside")
    with pytest.raises(Invalid):
        await boss.do("cases.create", subject="No", account_id=str(beside["id"]))
    clerk = await desk.tenant.contact(desk.account, name="Clerk")
    with pytest.raises(Invalid):
        await clerk.do("cases.create", subject="No", account_id=str(below["id"]))
    noor = await desk.tenant.consumer()
    with pytest.raises(Invalid):
        await noor.do("cases.create", subject="No", account_id=str(below["id"]))
    assert len(await desk.admin.list("cases")) == 2


async def test_a_viewer_reads_and_does_nothing(desk: Desk) -> None:
    case = await desk.case()
    viewer = await desk.tenant.member("case_viewer")
    assert same((await viewer.read("cases", case["id"]))["id"], case["id"])
    with pytest.raises(Forbidden):
        await viewer.do("cases.comment", case["id"], body="Hm")


async def test_another_tenant_finds_nothing(desk: Desk) -> None:
    case = await desk.case()
    foreign = (await desk.tenant.world.tenant("Bank")).admin
    for verb, body in (("comment", {"body": "x"}), ("resolve", {"resolution": "x"})):
        with pytest.raises(NotFound):
            await foreign.do(f"cases.{verb}", case["id"], **body)
    assert await foreign.list("cases") == []
