"""What is decided about, beside the decision: as much of it as whoever decides may read."""

from typing import Any

import pytest

from backend.platform.approvals.summary import Summary
from backend.platform.approvals.wording import lines_of
from tests.platform.consent import RESOLVE, Desk, Member, people
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def seen_by(desk: Desk, member: Member, request: dict[str, Any], **values: Any) -> Summary:
    summary: Summary = await (await desk.fresh(member)).do(
        "approval_requests.summary", request["id"], **values
    )
    return summary


def facts(summary: Summary) -> dict[str, Any]:
    return {fact.field: fact.value for fact in summary.facts}


async def test_it_tells_what_would_change_and_what_consent_rests_on(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    condition = "record.impact <= 3 || record.urgency == 1"
    await desk.rule("urgent", {"approvers": [people(boss)]}, condition=condition)
    request = await desk.asked(agent, await desk.case(agent, impact=2, urgency=2))
    summary = await seen_by(desk, boss, request)
    assert summary.action == "resolve"
    changes = {each.field: (each.before, each.after) for each in summary.changes}
    assert changes["resolution"] == (None, RESOLVE["resolution"])
    told = facts(summary)
    assert list(told)[:2] == ["impact", "urgency"], "what the rule looks at comes first"
    assert told["state"] == "new"
    assert told["account_id"] == "Harbour Dental", "a related record by its name"


async def test_what_the_approver_may_not_read_is_not_there(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    narrow = await desk.member("Nils Narrow", "middle_office")
    await desk.rule("all", {"approvers": [people(narrow)]})
    request = await desk.asked(agent, await desk.case(agent))
    (given,) = await desk.admin.list("access_configurations", key="approver_accounts")
    await desk.admin.do("access_configurations.update", given["id"], active=False)
    told = facts(await seen_by(desk, narrow, request))
    assert told["state"] == "new"
    assert "account_id" not in told
    await (await desk.fresh(narrow)).do("approval_requests.approve", request["id"])
    assert (await seen_by(desk, agent, request)).changes != []


async def test_the_letter_tells_the_same_in_the_readers_language(desk: Desk) -> None:
    agent, boss, other = [await desk.member(n) for n in ("Agnes Agent", "Bea Boss", "Otto")]
    await desk.admin.do("users.update", str(boss.actor.caller.user_id), locale="de")
    await desk.rule("all", {"approvers": [people(boss, other)]})
    await desk.asked(agent, await desk.case(agent))
    rows = await desk.sql(
        "SELECT recipient, text_body FROM outbound_mails WHERE tenant_id = $1 "
        "AND kind = 'approvals'"
    )
    letters = {row["recipient"]: row["text_body"] for row in rows}
    assert "Was sich ändern würde:\n  Lösung: – → Replaced the router" in letters[boss.email]
    assert "What would change:\n  Resolution: – → Replaced the router" in letters[other.email]


async def test_a_field_of_the_tenants_own_is_told_by_its_name(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.admin.do(
        "custom_fields.create", resource="cases", key="goodwill", type="integer",
        label={"en": "Goodwill", "de": "Kulanz"},
    )  # fmt: skip
    await desk.rule("goodwill", {"approvers": [people(boss)]},
                    condition="record.custom.goodwill > 500")  # fmt: skip
    request = await desk.asked(agent, await desk.case(agent, custom={"goodwill": 900}))
    first = (await seen_by(desk, boss, request, locale="de")).facts[0]
    assert (first.field, first.label, first.value) == ("custom.goodwill", "Kulanz", 900)


def test_nothing_to_tell_is_no_heading() -> None:
    assert list(lines_of(Summary(), "en")) == []
