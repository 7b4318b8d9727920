"""Who is told of what is one concept with automations: read as rules, said in each language."""

from typing import Any

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.platform.workflow import Workflow, plain
from tests.world import Actor, World

WORDS = {
    "en": {"subject": "{{ record.number }} is urgent", "body": "{{ record.subject }}"},
    "de": {"subject": "{{ record.number }} eilt", "body": "Es geht um: {{ record.subject }}"},
}


@pytest.fixture
async def flow(world: World) -> Workflow:
    return Workflow(world, await world.tenant("Northlight"))


async def urgent(flow: Workflow) -> None:
    await flow.admin.do(
        "message_templates.create", key="urgent", name="It is urgent", resource="cases",
        texts=WORDS,
    )  # fmt: skip


async def colleague(flow: Workflow, name: str, locale: str, group: str) -> Actor:
    someone = await flow.tenant.member("agent_b2b", name=name)
    assert someone.caller.user_id
    await flow.admin.do("users.update", someone.caller.user_id, locale=locale)
    await flow.admin.do("group_members.create", group_id=group, user_id=str(someone.caller.user_id))
    return someone


async def told(flow: Workflow, someone: Actor) -> list[tuple[str, str]]:
    rows = await flow.admin.list("notifications", user_id=str(someone.caller.user_id))
    return [(row["title"], row["body"]) for row in rows]


async def test_colleagues_are_told_by_a_text_each_in_their_own_language(flow: Workflow) -> None:
    await urgent(flow)
    group = str((await flow.admin.do("groups.create", name="Tier 2"))["id"])
    jonas = await colleague(flow, "Jonas Reuter", "en", group)
    nina = await colleague(flow, "Nina Berg", "de", group)
    await flow.automation(
        "shout", {"do": "notify", "to": ["group:Tier 2"], "template": "urgent"},
        condition="record.priority == 1",
    )  # fmt: skip
    await flow.case("A paper cut")
    case = await flow.case("The line is dead", impact=1, urgency=1)
    await flow.work()
    assert await told(flow, jonas) == [(f"{case['number']} is urgent", "The line is dead")]
    assert await told(flow, nina) == [(f"{case['number']} eilt", "Es geht um: The line is dead")]


async def test_the_rules_say_who_is_told_of_which_event_how_and_in_which_languages(
    flow: Workflow,
) -> None:
    await urgent(flow)
    made = await flow.automation(
        "shout",
        {"do": "wait", "minutes": 90},
        {"do": "notify", "to": ["assignment_group"], "template": "urgent", "topic": "urgency"},
        {"do": "mail", "to": ["contact"], "template": "urgent", "when": "record.number != null"},
        event_types=["cases.opened", "cases.escalated"], condition="record.priority == 1",
        position=1,
    )  # fmt: skip
    rules = plain(await flow.admin.do("automations.notification_rules"))["rules"]
    own = [rule for rule in rules if rule["automation_id"] == str(made["id"])]
    assert [(r["step"], r["channel"], r["to"], r["topic"], r["conditions"]) for r in own] == [
        (1, "notify", ["assignment_group"], "urgency", ["record.priority == 1"]),
        (2, "mail", ["contact"], None, ["record.priority == 1", "record.number != null"]),
    ]
    assert {r["waits_minutes"] for r in own} == {90}
    assert {tuple(r["locales"]) for r in own} == {("de", "en")}
    assert own[0]["event_types"] == ["cases.opened", "cases.escalated"]
    standard = [rule["automation"] for rule in rules if not rule["active"]]
    assert standard == [
        "Acknowledge a new case",
        "Tell the customer of the answer",
        "Tell who was given a case",
        "Tell the group of an escalation",
    ]
    agent = await flow.tenant.member("agent_b2b")
    with pytest.raises(Forbidden):
        await agent.do("automations.notification_rules")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({}, ("/steps/0/title", "missing")),
        ({"template": "urgent", "title": "Hurry"}, ("/steps/0/title", "one_of")),
        ({"template": "nowhere"}, ("/steps/0/template", "not_found")),
    ],
)
async def test_a_notice_has_words_of_its_own_or_a_text_and_not_both(
    flow: Workflow, words: dict[str, Any], fault: tuple[str, str]
) -> None:
    await urgent(flow)
    before = await flow.admin.list("automations")
    with pytest.raises(Invalid) as refused:
        await flow.automation("shout", {"do": "notify", "to": ["assigned_to"], **words})
    assert [(f.pointer, f.code) for f in refused.value.faults] == [fault]
    assert await flow.admin.list("automations") == before
