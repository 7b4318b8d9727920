"""Lists of choices that a tenant keeps for columns of plain text."""

from typing import Any

import pytest

from infra.kernel.errors import Conflict, Invalid
from tests.service.desk import Desk


async def a_list(desk: Desk, field: str, *values: str, **more: Any) -> dict[str, Any]:
    """A list of cases with these values; the ids of its choices by value beside it."""
    made: dict[str, Any] = await desk.admin.do(
        "choice_lists.create", resource="cases", field=field, **more
    )
    made["ids"] = {value: await a_choice(desk, made, value) for value in values}
    return made


async def a_choice(desk: Desk, listed: dict[str, Any], value: str, **more: Any) -> str:
    made = await desk.admin.do(
        "choices.create", list_id=str(listed["id"]), value=value, label={"en": value}, **more
    )
    return str(made["id"])


async def a_tree(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """Network and billing, each with what is below it."""
    categories = await a_list(desk, "category", "network", "billing")
    below = await a_list(desk, "subcategory", depends_on="category")
    for above, value in (("network", "outage"), ("network", "slow"), ("billing", "refund")):
        await a_choice(desk, below, value, parent_id=categories["ids"][above])
    return categories, below


def said(refused: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


async def test_a_column_with_a_list_says_what_the_list_offers(desk: Desk) -> None:
    await a_tree(desk)
    case = await desk.case(category="network", subcategory="slow")
    assert (case["category"], case["subcategory"]) == ("network", "slow")
    with pytest.raises(Invalid) as refused:
        await desk.case(category="weather", subject="")
    assert said(refused) == [("/subject", "too_short"), ("/category", "not_a_choice")]


async def test_a_subcategory_goes_with_its_category(desk: Desk) -> None:
    await a_tree(desk)
    with pytest.raises(Invalid) as refused:
        await desk.case(category="billing", subcategory="slow")
    assert said(refused) == [("/subcategory", "not_a_choice")]
    case = await desk.case(category="network", subcategory="slow")
    with pytest.raises(Invalid) as refused:
        await desk.agent.do("cases.update", case["id"], category="billing")
    assert said(refused) == [("/subcategory", "not_a_choice")]
    assert (await desk.stored(case))["category"] == "network"
    await desk.agent.do("cases.update", case["id"], category="billing", subcategory="refund")


async def test_what_records_say_already_stays(desk: Desk) -> None:
    case = await desk.case(category="weather")
    await a_tree(desk)
    await desk.agent.do("cases.update", case["id"], description="More of it")
    assert (await desk.stored(case))["category"] == "weather"


async def test_a_choice_out_of_use_is_not_offered(desk: Desk) -> None:
    categories, _ = await a_tree(desk)
    await desk.admin.do("choices.update", categories["ids"]["network"], active=False)
    with pytest.raises(Invalid) as refused:
        await desk.case(category="network")
    assert said(refused) == [("/category", "not_a_choice")]
    await desk.admin.do("choice_lists.update", categories["id"], active=False)
    await desk.case(category="anything at all")


async def test_choices_below_another_list_are_refused(desk: Desk) -> None:
    categories, below = await a_tree(desk)
    with pytest.raises(Invalid) as refused:
        await a_choice(desk, categories, "odd", parent_id=categories["ids"]["network"])
    assert said(refused) == [("/parent_id", "not_a_choice")]
    with pytest.raises(Conflict):
        await desk.admin.do("choices.delete", categories["ids"]["network"])
    await desk.admin.do("choice_lists.delete", below["id"])
    await desk.admin.do("choices.delete", categories["ids"]["network"])


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"resource": "webhooks", "field": "name"}, "/resource"),
        ({"field": "subject"}, "/field"),
        ({"field": "category", "depends_on": "category"}, "/depends_on"),
    ],
)
async def test_a_list_is_for_columns_that_take_one(
    desk: Desk, wrong: dict[str, str], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("choice_lists.create", **({"resource": "cases"} | wrong))
    assert [p for p, _ in said(refused)] == [pointer]


async def test_industries_and_departments_have_lists_too(desk: Desk) -> None:
    made = await desk.admin.do("choice_lists.create", resource="accounts", field="industry")
    await a_choice(desk, made, "dental")
    await desk.tenant.account("Teeth", industry="dental")
    with pytest.raises(Invalid):
        await desk.tenant.account("Ships", industry="shipping")
