"""Customers and staff are told: in their language, as they chose, and no more than is theirs."""

from typing import Any
from uuid import uuid4

import pytest

from infra.kernel.errors import Conflict, Invalid, NotFound
from tests.platform.workflow import NOTE, Workflow
from tests.world import World

TEXTS = {
    "en": {"subject": "About {{ record.number }}", "body": "Hello {{ recipient.name }}."},
    "de": {"subject": "Zu {{ record.number }}", "body": "Guten Tag {{ recipient.name }}."},
}


@pytest.fixture
async def flow(world: World) -> Workflow:
    return Workflow(world, await world.tenant("Northlight"))


async def template(flow: Workflow, key: str = "about", **values: Any) -> dict[str, Any]:
    wanted = {"key": key, "name": key, "resource": "cases", "texts": TEXTS} | values
    made: dict[str, Any] = await flow.admin.do("message_templates.create", **wanted)
    return made


async def switch_on(flow: Workflow, key: str) -> None:
    (automation,) = await flow.admin.list("automations", key=key)
    await flow.admin.do("automations.update", automation["id"], active=True)


async def test_a_new_tenant_acknowledges_nothing_until_an_admin_says_so(flow: Workflow) -> None:
    customer = await flow.tenant.consumer(name="Noor Haddad")
    first = await customer.do("cases.create", subject="The line is dead")
    await flow.work()
    assert await flow.mails() == []
    await switch_on(flow, "acknowledge_case")
    case = await customer.do("cases.create", subject="It is dead again")
    await flow.work()
    (mail,) = await flow.mails()
    assert mail["subject"] == f"We have your request {case['number']}"
    assert mail["text_body"].startswith("Hello Noor Haddad,\n")
    assert "It is dead again" in mail["text_body"]
    assert "Northlight" in mail["html_body"]
    assert '"Auto-Submitted": "auto-generated"' in mail["headers"]
    assert first["number"] not in mail["text_body"]


async def test_the_customer_is_told_of_the_answer_in_his_own_language(flow: Workflow) -> None:
    await switch_on(flow, "tell_case_resolved")
    customer = await flow.tenant.contact()
    await flow.admin.do("contacts.update", customer.caller.attributes["contact_id"], locale="de-AT")
    case = await customer.do("cases.create", subject="Kein Licht")
    await flow.admin.do("cases.assign", case["id"], assigned_to_id=str(flow.admin.profile_id))
    await flow.admin.do("cases.start", case["id"])
    await flow.admin.do(
        "cases.resolve", case["id"], resolution="Stecker drin", resolution_code="solved"
    )
    await flow.work()
    (mail,) = await flow.mails()
    assert mail["subject"] == f"Ihre Anfrage {case['number']} ist gelöst"
    assert "Stecker drin" in mail["text_body"]


async def test_a_language_that_is_not_there_falls_back(flow: Workflow) -> None:
    made = await template(flow, default_locale="de")
    told = await flow.admin.do("message_templates.fill", made["id"], locale="fr-CA")
    assert told.locale == "de"
    with pytest.raises(Invalid) as refused:
        await template(flow, "other", default_locale="fr")
    assert [f.code for f in refused.value.faults] == ["no_fallback"]


async def test_a_letter_tells_a_customer_nothing_that_is_for_staff_only(flow: Workflow) -> None:
    texts = {"en": {"subject": "x", "body": "[{{ record.impact }}|{{ record.subject }}]"}}
    made = await template(flow, texts=texts)
    case = await flow.case("The line is dead", impact=1, urgency=1)
    told = await flow.admin.do("message_templates.fill", made["id"], record_id=str(case["id"]))
    assert told.body == "[|The line is dead]"
    offered = await flow.admin.do("message_templates.variables", made["id"])
    assert "record.subject" in offered.names
    assert "record.impact" not in offered.names


async def test_34_a_text_that_reaches_or_explodes_is_refused_when_it_is_saved(
    flow: Workflow,
) -> None:
    texts = {
        "en": {"subject": "{{ ''.__class__ }}", "body": "{{ record.delete() }}"},
        "de": {"body": "{{ 'a' * 10**9 }}", "html": "{{ secrets }}"},
    }
    with pytest.raises(Invalid) as refused:
        await template(flow, texts=texts)
    assert sorted({f.pointer for f in refused.value.faults}) == [
        "/texts/de/body", "/texts/de/html", "/texts/en/body", "/texts/en/subject",
    ]  # fmt: skip
    assert await flow.admin.list("message_templates", key="about") == []


async def test_34_a_text_that_grows_without_end_kills_its_run_and_no_other(flow: Workflow) -> None:
    texts = {"en": {"subject": "x", "body": "{{ record.description }}" * 700}}
    await template(flow, "huge", texts=texts)
    await flow.automation(
        "explode", NOTE, {"do": "mail", "template": "huge", "to": ["a@b.example"]}
    )
    await flow.automation("calm", NOTE)
    case = await flow.case(description="long " * 100)
    await flow.work()
    (run,) = await flow.runs("explode")
    assert (run["state"], run["fault"]) == ("dead", "template")
    assert await flow.notes(case) == ["Seen by itself"]
    assert await flow.mails() == []


async def test_34_what_a_customer_writes_is_never_read_as_a_template(flow: Workflow) -> None:
    await switch_on(flow, "acknowledge_case")
    customer = await flow.tenant.consumer()
    await customer.do("cases.create", subject="{{ brand.name }} <script>alert(1)</script>")
    await flow.work()
    (mail,) = await flow.mails()
    assert "{{ brand.name }} <script>" in mail["text_body"]
    assert "<script>" not in mail["html_body"]


async def test_35_a_subject_with_a_line_break_brings_no_header(flow: Workflow) -> None:
    texts = {"en": {"subject": "{{ record.subject }}", "body": "x"}}
    await template(flow, texts=texts)
    await flow.automation("tell", {"do": "mail", "template": "about", "to": ["a@b.example"]})
    await flow.case("Hello =?UTF-8?Q?=0ABcc:_x@evil.example?=")
    await flow.work()
    (mail,) = await flow.mails()
    assert "\n" not in mail["subject"]
    folder = flow.world.services.settings.data_dir / "mail"
    (row,) = await flow.sql("SELECT id FROM outbound_mails WHERE tenant_id = $1")
    head = (folder / f"{row['id']}.eml").read_bytes().partition(b"\r\n\r\n")[0].lower()
    assert not any(line.startswith(b"bcc") for line in head.split(b"\r\n"))


async def test_an_agent_fills_a_reply_in_for_a_case_that_he_may_see(
    flow: Workflow, world: World
) -> None:
    agent = await flow.tenant.member("agent_b2c", "agent_b2b", name="Agnes Agent")
    customer = await flow.tenant.consumer(name="Noor Haddad")
    case = await customer.do("cases.create", subject="The line is dead")
    (reply,) = await agent.list("message_templates", kind="reply", resource="cases")
    told = await agent.do("message_templates.fill", reply["id"], record_id=str(case["id"]))
    assert told.body.startswith(f"Hello Noor Haddad,\n\nto help you with {case['number']}")
    assert told.body.endswith("Agnes Agent\n")
    with pytest.raises(NotFound):
        await agent.do("message_templates.fill", reply["id"], record_id=str(uuid4()))
    other = Workflow(world, await world.tenant())
    foreign = await other.case()
    with pytest.raises(NotFound):
        await agent.do("message_templates.fill", reply["id"], record_id=str(foreign["id"]))
    await flow.admin.do("message_templates.update", reply["id"], active=False)
    with pytest.raises(Conflict):
        await agent.do("message_templates.fill", reply["id"], record_id=str(case["id"]))


async def test_a_language_is_added_and_taken_away_and_the_others_stay(flow: Workflow) -> None:
    made = await template(flow)
    swedish = {"subject": "Om {{ record.number }}", "body": "Hej {{ recipient.name }}."}
    await flow.admin.do("message_templates.update", made["id"], texts={"sv": swedish})
    texts = (await flow.admin.read("message_templates", made["id"]))["texts"]
    assert {locale: parts["body"] for locale, parts in texts.items()} == {
        "en": "Hello {{ recipient.name }}.",
        "de": "Guten Tag {{ recipient.name }}.",
        "sv": "Hej {{ recipient.name }}.",
    }


# ── Notifications ────────────────────────────────────────────────────────────────────────────


async def test_who_is_given_a_case_is_told_and_who_takes_it_himself_is_not(flow: Workflow) -> None:
    await switch_on(flow, "tell_who_was_assigned")
    agent = await flow.tenant.member("agent_b2b", "agent_b2c")
    given, taken = await flow.case("Given"), await flow.case("Taken")
    await flow.admin.do("cases.assign", given["id"], assigned_to_id=str(agent.profile_id))
    await agent.do("cases.assign", taken["id"], assigned_to_id=str(agent.profile_id))
    await flow.work()
    (note,) = await agent.list("notifications")
    assert (note["title"], note["kind"], note["record_id"], note["read_at"]) == (
        f"{given['number']} is yours: Given", "cases", given["id"], None,
    )  # fmt: skip
    other = await flow.tenant.member("agent_b2b")
    assert await other.list("notifications") == []
    with pytest.raises(NotFound):
        await other.do("notifications.mark_read", note["id"])
    assert (await agent.do("notifications.mark_all_read")).count == 1
    assert (await agent.read("notifications", note["id"]))["read_at"] is not None


async def test_each_hears_as_he_chose_at_once_daily_or_not_at_all(flow: Workflow) -> None:
    group = await flow.admin.do("groups.create", name="Tier 2")
    people = {}
    for wish in ("none", "now", "daily"):
        person = await flow.tenant.member("agent_b2b", name=wish)
        await flow.admin.do(
            "group_members.create", group_id=str(group["id"]), user_id=str(person.caller.user_id)
        )
        await person.do(
            "notification_preferences.choose", topic="escalation", mail=wish, shown=wish != "none"
        )
        people[wish] = person
    tell = {"do": "notify", "to": ["group:tier 2"], "topic": "escalation", "title": "Look"}
    await flow.automation("tell", tell)
    await flow.case()
    await flow.case()
    await flow.work()
    assert [r["outcomes"][0]["notified"] for r in await flow.runs("tell")] == [2, 2]
    assert {name: len(await person.list("notifications")) for name, person in people.items()} == {
        "none": 0, "now": 2, "daily": 2,
    }  # fmt: skip
    assert [m["subject"] for m in await flow.mails()] == ["Look", "Look"]
    await flow.sql(
        """INSERT INTO jobs (tenant_id, id, name, run_at)
           VALUES ($1, gen_random_uuid(), 'periodic:notifications.digest', now())"""
    )
    await flow.work()
    letter = (await flow.mails())[-1]
    assert (letter["subject"], letter["text_body"]) == (
        "Your day: 2 notifications", "- Look\n- Look\n",
    )  # fmt: skip
    assert len(await flow.mails()) == 3


async def test_webhooks_hear_what_an_automation_tells(flow: Workflow) -> None:
    hook = await flow.admin.do(
        "webhooks.create", name="crm", url="https://hooks.example.com/x",
        event_types=["automation_runs.told"],
    )  # fmt: skip
    await flow.automation("tell", {"do": "tell", "data": {"case": "{{ record.number }}"}})
    case = await flow.case()
    await flow.work()
    (told,) = await flow.sql(
        """SELECT d.webhook_id, e.payload::text AS payload FROM webhook_deliveries d
             JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
            WHERE d.tenant_id = $1"""
    )
    assert told["webhook_id"] == hook.id
    assert case["number"] in told["payload"]
