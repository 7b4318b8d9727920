"""What admins recommend in CEL."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from infra.kernel.ids import uuid7
from tests.service.advice.desk import CHANNEL, TROUBLE, advised, an_article, ids
from tests.service.desk import Desk
from tests.world import World


async def a_rule(desk: Desk, **values: Any) -> dict[str, Any]:
    """A rule for all cases about the router."""
    given = {
        "name": f"Rule {uuid7().hex[-6:]}",
        "condition": 'case.product_code == "R7" && case.priority <= 3',
        "title": "Check the firmware first",
        "reason": "Every second trouble with this router is its firmware",
        "guidance": "Ask for the *version* and compare it.",
    }
    made: dict[str, Any] = await desk.admin.do("recommendation_rules.create", **(given | values))
    return made


async def test_a_rule_that_holds_is_advised_with_its_guidance(desk: Desk) -> None:
    rule = await a_rule(desk, action={"name": "cases.wait", "arguments": {"on": "customer"}})
    await a_rule(desk, condition='case.entitlement_tier == "silver"')
    await a_rule(desk, condition="case.age_minutes > 60")
    await a_rule(desk, active=False)
    case = await desk.case(**TROUBLE)
    told = await advised(desk, case)
    assert ids(told, "recommendation_rules") == [str(rule["id"])]
    (card,) = told.data
    assert card.title == "Check the firmware first"
    assert card.reason == "Every second trouble with this router is its firmware"
    assert card.snippet == "Ask for the *version* and compare it."
    await desk.agent.do(card.action.name, case["id"], **card.action.arguments)
    assert (await desk.stored(case))["state"] == "waiting_customer"


async def test_a_rule_may_ask_for_everything_that_is_documented(desk: Desk) -> None:
    condition = (
        'case.subject.contains("evening") && case.description != "" && case.category == ""'
        ' && case.subcategory == "" && case.channel == "portal" && case.state == "new"'
        ' && case.customer_kind == "business" && case.entitlement_status == "verified"'
        ' && case.entitlement_tier == "gold" && case.product_name.startsWith("Fibre")'
        " && case.age_minutes < 5 && case.reopened_count == 0 && !case.assigned"
    )
    rule = await a_rule(desk, condition=condition)
    case = await desk.case(**TROUBLE)
    assert ids(await advised(desk, case), "recommendation_rules") == [str(rule["id"])]


async def test_rules_come_in_their_order_and_only_where_their_verb_fits(desk: Desk) -> None:
    last = await a_rule(desk, rank=200)
    first = await a_rule(desk, rank=10)
    await a_rule(desk, rank=5, action={"name": "cases.start"})
    case = await desk.case(**TROUBLE)
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    told = await advised(desk, case)
    assert ids(told, "recommendation_rules") == [str(first["id"]), str(last["id"])]


async def test_a_failing_rule_stands_aside_and_is_named(desk: Desk) -> None:
    good = await a_rule(desk)
    bad = await a_rule(desk, condition="int(case.subject) > 3")
    no_truth = await a_rule(desk, condition="case.priority + 1")
    told = await advised(desk, await desk.case(**TROUBLE))
    assert ids(told, "recommendation_rules") == [str(good["id"])]
    assert {each.rule_id: bool(each.message) for each in told.failures} == {
        bad["id"]: True, no_truth["id"]: True,
    }  # fmt: skip


async def test_a_rule_names_an_article_only_to_who_reads_it(world: World, desk: Desk) -> None:
    article = await an_article(desk, CHANNEL, "internal")
    offer = {"name": "cases.attach_article", "arguments": {"article_id": str(article["id"])}}
    rule = await a_rule(desk, action=offer)
    case = await desk.case(subject="Something quite different")
    (card,) = (await advised(desk, case)).data
    assert card.action.arguments == offer["arguments"]
    await desk.agent.do(card.action.name, case["id"], **card.action.arguments)
    assert (await advised(desk, case)).data == []

    other = await desk.case(subject="Something quite different")
    await desk.admin.do("articles.retire", article["id"])
    (card,) = (await advised(desk, other)).data
    assert (card.record_id, card.action) == (rule["id"], None)


async def test_everything_wrong_with_a_rule_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await a_rule(
            desk,
            condition="case.colour == 'red' && nothing.matches(case.subject)",
            action={
                "name": "cases.attach_article", "arguments": {"article_id": "7", "force": True},
            },
        )  # fmt: skip
    pointers = {fault.pointer for fault in refused.value.faults}
    assert pointers == {
        "/condition", "/action/arguments/article_id", "/action/arguments/force",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await a_rule(
            desk, action={"name": "cases.attach_article", "arguments": {"article_id": str(uuid7())}}
        )
    assert [f.code for f in refused.value.faults] == ["not_found"]
    with pytest.raises(Invalid) as refused:
        await a_rule(desk, action={"name": "cases.delete"}, rank=0, title="")
    assert len(refused.value.faults) == 3
    assert await desk.admin.list("recommendation_rules") == []


async def test_a_changed_rule_is_judged_again(desk: Desk) -> None:
    offer = {"name": "cases.wait", "arguments": {"on": "internal"}}
    rule = await a_rule(desk, action=offer)
    with pytest.raises(Invalid):
        await desk.admin.do("recommendation_rules.update", rule["id"], condition="case.")
    changed = await desk.admin.do(
        "recommendation_rules.update", rule["id"],
        action={"name": "cases.note", "arguments": {"body": "Firmware asked"}},
    )  # fmt: skip
    assert changed["action"] == {"name": "cases.note", "arguments": {"body": "Firmware asked"}}
    cleared = await desk.admin.do("recommendation_rules.update", rule["id"], action=None)
    assert cleared["action"] is None
    await desk.admin.do("recommendation_rules.delete", rule["id"])
    assert (await advised(desk, await desk.case(**TROUBLE))).data == []


async def test_rules_are_the_managers_to_keep(desk: Desk) -> None:
    manager = await desk.tenant.member("service_manager")
    made = await manager.do(
        "recommendation_rules.create", name="Mine", condition="true", title="T", reason="R"
    )
    assert made["rank"] == 100
    with pytest.raises(Forbidden):
        await desk.agent.do(
            "recommendation_rules.create", name="X", condition="true", title="T", reason="R"
        )
