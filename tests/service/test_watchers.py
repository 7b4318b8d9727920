"""Watchers: told of a case by mail, and never let in by it."""

from typing import Any
from uuid import uuid4

import pytest

from infra.kernel.errors import Invalid, NotFound
from tests.service.desk import Desk
from tests.world import Actor


async def letters(desk: Desk, case: dict[str, Any]) -> list[tuple[str, str]]:
    """To whom and under which subject watchers were written to about a case."""
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        rows = await ctx.fetch(
            """SELECT recipient, subject FROM outbound_mails
                WHERE tenant_id = $1 AND record_id = $2 AND message_id LIKE '%@watchers.atrium>'
                ORDER BY id""",
            desk.tenant.id,
            case["id"],
        )
    return [(row["recipient"], row["subject"]) for row in rows]


async def address_of(desk: Desk, actor: Actor) -> str:
    user = await desk.admin.read("users", actor.caller.user_id)
    return str(user["email"])


async def test_a_watcher_is_told_what_others_do_and_not_what_they_do(desk: Desk) -> None:
    case = await desk.case()
    colleague = await desk.tenant.member("agent_b2b", name="Wanda Watcher")
    await colleague.do("cases.watch", case["id"])
    await colleague.do("cases.watch", case["id"])
    assert len(await desk.admin.list("case_watchers", case_id=str(case["id"]))) == 1
    await desk.agent.do("cases.comment", case["id"], body="We are on it")
    await colleague.do("cases.comment", case["id"], body="So am I")
    await desk.tenant.world.work(desk.tenant)
    to = await address_of(desk, colleague)
    assert await letters(desk, case) == [(to, f"{case['number']}: There is a new message")]
    await colleague.do("cases.unwatch", case["id"])
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    await desk.tenant.world.work(desk.tenant)
    assert len(await letters(desk, case)) == 1


async def test_a_watcher_who_may_not_see_the_case_is_told_nothing(desk: Desk) -> None:
    case = await desk.case()
    stranger = await desk.tenant.member("agent_b2c", name="Consumer desk")
    outsider = await desk.tenant.contact(name="Of another company")
    with pytest.raises(NotFound):
        await stranger.do("cases.watch", case["id"])
    for named in (stranger, outsider):
        await desk.admin.do("cases.watch", case["id"], profile_id=str(named.profile_id))
    await desk.agent.do("cases.comment", case["id"], body="We are on it")
    await desk.tenant.world.work(desk.tenant)
    assert await letters(desk, case) == []
    for named in (stranger, outsider):
        with pytest.raises(NotFound):
            await named.read("cases", case["id"])
        with pytest.raises(NotFound):
            await named.do("cases.comment", case["id"], body="Let me in")


async def test_customers_watch_their_own_cases_and_hear_of_no_escalation(desk: Desk) -> None:
    case = await desk.case()
    await desk.contact.do("cases.watch", case["id"])
    await desk.agent.do("cases.escalate", case["id"], reason="Loud")
    await desk.tenant.world.work(desk.tenant)
    assert await letters(desk, case) == []
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    await desk.tenant.world.work(desk.tenant)
    to = await address_of(desk, desk.contact)
    assert await letters(desk, case) == [(to, f"{case['number']}: It was solved")]
    with pytest.raises(Invalid) as refused:
        await desk.contact.do("cases.watch", case["id"], profile_id=str(desk.agent.profile_id))
    assert [f.pointer for f in refused.value.faults] == ["/profile_id"]
    with pytest.raises(Invalid):
        await desk.admin.do("cases.watch", case["id"], profile_id=str(uuid4()))
    assert len(await desk.admin.list("case_watchers")) == 1


async def test_a_watcher_is_told_in_the_tenants_words_in_any_language(desk: Desk) -> None:
    (text,) = await desk.admin.list("message_templates", key="case_watched")
    await desk.admin.do(
        "message_templates.update", text["id"], texts={
            "fr": {"subject": "{{ record.number }} : {% if event.type == 'cases.resolved' %}résolu"
                              "{% else %}du nouveau{% endif %}",
                   "body": "{{ recipient.name }} : {{ letter.link }}"},
        },
    )  # fmt: skip
    case = await desk.case()
    await desk.admin.do("users.update", desk.agent.caller.user_id, locale="fr")
    await desk.agent.do("cases.watch", case["id"])
    await desk.contact.do("cases.comment", case["id"], body="Any news?")
    await desk.tenant.world.work(desk.tenant)
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        row = await ctx.fetchrow(
            """SELECT subject, text_body FROM outbound_mails
                WHERE tenant_id = $1 AND message_id LIKE '%@watchers.atrium>'""",
            desk.tenant.id,
        )
    assert row["subject"] == f"{case['number']} : du nouveau"
    assert row["text_body"].startswith(f"{desk.agent.caller.name} : http")
    assert row["text_body"].endswith(f"/cases/{case['number']}")
