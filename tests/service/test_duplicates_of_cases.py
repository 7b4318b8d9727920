"""Duplicates and their way back; children that end with their parent by choice."""

from uuid import uuid4

import pytest

from backend.service.cases.errors import CaseNoDuplicate
from infra.kernel.errors import Invalid
from tests.service.desk import Desk, same


async def test_a_duplicate_is_resolved_noted_on_both_and_taken_back(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case()
    told = await desk.agent.do("cases.mark_duplicate", second["id"], of=str(first["id"]))
    assert (told["state"], told["resolution_code"]) == ("resolved", "duplicate")
    assert same(told["duplicate_of_id"], first["id"])
    seen = await desk.contact.read("cases", second["id"])
    assert first["number"] not in str(seen)
    assert "duplicate_of_id" not in seen
    notes = [row["body"] for row in await desk.stream(first) if row["entry_type"] == "note"]
    assert notes == [f"{second['number']} is a duplicate of this."]
    assert (await desk.stored(first))["state"] == "new"
    back = await desk.agent.do("cases.unmark_duplicate", second["id"])
    assert (back["state"], back["duplicate_of_id"]) == ("new", None)
    assert {c["state"] for c in (await desk.clocks(second)).values()} <= {"running", "met"}
    with pytest.raises(CaseNoDuplicate):
        await desk.agent.do("cases.unmark_duplicate", second["id"])


async def test_duplicates_form_no_chain_and_no_circle(desk: Desk) -> None:
    first, second, third = [await desk.case() for _ in range(3)]
    await desk.agent.do("cases.mark_duplicate", second["id"], of=str(first["id"]))
    for case, of, code in (
        (third, second["id"], "duplicate"),
        (first, third["id"], "original"),
        (third, third["id"], "itself"),
        (third, uuid4(), "not_found"),
    ):
        before = await desk.stored(case)
        with pytest.raises(Invalid) as refused:
            await desk.agent.do("cases.mark_duplicate", case["id"], of=str(of))
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("/of", code)]
        assert await desk.stored(case) == before


async def test_a_case_the_agent_cannot_see_is_no_original(desk: Desk) -> None:
    consumer = await desk.tenant.consumer()
    private = await consumer.do("cases.create", subject="The line is dead")
    case = await desk.case()
    with pytest.raises(Invalid):
        await desk.agent.do("cases.mark_duplicate", case["id"], of=str(private["id"]))
    assert (await desk.stored(case))["state"] == "new"


async def test_children_are_resolved_and_closed_with_their_parent_by_choice(desk: Desk) -> None:
    parent = await desk.case()
    one, two = [
        await desk.agent.do("cases.create", subject=f"Part {n}", parent_id=str(parent["id"]))
        for n in (1, 2)
    ]
    await desk.agent.do("cases.cancel", two["id"])
    await desk.agent.do(
        "cases.resolve", parent["id"], resolution="Cable mended", with_children=True
    )
    after = await desk.stored(one)
    assert (after["state"], after["resolution"]) == ("resolved", "Cable mended")
    assert (await desk.stored(two))["state"] == "cancelled"
    await desk.agent.do("cases.close", parent["id"])
    assert (await desk.stored(one))["state"] == "resolved"


async def test_a_duplicate_that_is_taken_up_again_is_one_no_longer(desk: Desk) -> None:
    case, other = await desk.case(), await desk.case()
    await desk.agent.do("cases.mark_duplicate", case["id"], of=str(other["id"]))
    await desk.contact.do("cases.reopen", case["id"])
    assert (await desk.stored(case))["duplicate_of_id"] is None


async def test_no_case_lies_below_itself(desk: Desk) -> None:
    above = await desk.case()
    below = await desk.admin.do(
        "cases.create", subject="Part", account_id=str(desk.account["id"]),
        parent_id=str(above["id"]),
    )  # fmt: skip
    for parent in (above, below):
        with pytest.raises(Invalid) as refused:
            await desk.admin.do("cases.update", above["id"], parent_id=str(parent["id"]))
        assert [(f.pointer, f.code) for f in refused.value.faults] == [("/parent_id", "circle")]
