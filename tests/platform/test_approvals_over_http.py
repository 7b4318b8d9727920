"""Approvals as an outsider meets them: over HTTP, with what is refused and why one may look."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.platform.consent import RESOLVE, Desk, Member, people
from tests.platform.test_erasing_a_person import answered
from tests.world import World


@pytest.fixture
async def desk(world: World) -> Desk:
    return Desk(world, await world.tenant())


async def client_of(desk: Desk, member: Member) -> httpx2.AsyncClient:
    return await desk.world.session(desk.tenant, member.actor)


async def asked(desk: Desk) -> tuple[Member, Member, dict[str, Any], dict[str, Any]]:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Mia Middle", "middle_office")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    return agent, boss, case, await desk.asked(agent, case)


async def test_a_verb_that_waits_answers_202_and_says_what_waits(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]})
    case = await desk.case(agent)
    client = await client_of(desk, agent)
    answer = await client.post(f"/api/v1/cases/{case['id']}/resolve", json=RESOLVE)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert told["state"] == "pending"
    question = await client.get(f"/api/v1/approval_requests/{told['number']}")
    assert question.json()["id"] == told["approval_request_id"]


async def test_why_an_approver_may_look_is_explained_and_ends_with_the_decision(
    desk: Desk,
) -> None:
    _, boss, case, request = await asked(desk)
    place = f"/api/v1/cases/{case['id']}/access?profile={boss.id}"
    admin = desk.admin.http()
    told = (await admin.get(place)).json()
    assert told["allowed"] == ["read"]
    (grant,) = told["grants"]
    (seat,) = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert [(h["responsibility"], h["source_kind"], h["source_id"]) for h in grant["holds"]] == [
        ("approver", "approvals", str(seat["id"])),
    ]  # fmt: skip
    client = await client_of(desk, boss)
    answer = await client.post(f"/api/v1/approval_requests/{request['id']}/approve", json={})
    assert answer.status_code == 200, answer.text
    told = (await admin.get(place)).json()
    assert (told["allowed"], told["grants"]) == ([], [])


@pytest.mark.parametrize(
    ("verb", "body", "pointers"),
    [
        ("reject", {}, ["/reason"]),
        ("reject", {"reason": ""}, ["/reason"]),
        ("reject", {"reason": "x" * 4001, "colour": 1}, ["/colour", "/reason"]),
        ("approve", {"comment": 7}, ["/comment"]),
        ("ask", {"question": ""}, ["/question"]),
        ("reassign", {"to_id": "nobody"}, ["/to_id"]),
        ("reassign", {"to_id": "00000000-0000-0000-0000-000000000007"}, ["/to_id"]),
    ],
)
async def test_bad_input_is_named_whole_and_changes_nothing(
    desk: Desk, verb: str, body: dict[str, Any], pointers: list[str]
) -> None:
    _, boss, _, request = await asked(desk)
    client = await client_of(desk, boss)
    answer = await client.post(f"/api/v1/approval_requests/{request['id']}/{verb}", json=body)
    assert answer.status_code == 422, answer.text
    assert sorted(each["pointer"] for each in answer.json()["errors"]) == pointers
    assert await desk.history(request) == ["requested"]


async def test_every_fault_of_a_rule_is_named(desk: Desk) -> None:
    answer = await desk.admin.http().post(
        "/api/v1/approval_rules",
        json={
            "key": "odd", "name": "Odd", "resource": "cases", "action": "create",
            "condition": "record.nothing > 1", "pins": ["nowhere"], "levels": [
                {"approvers": [{"who": "group", "name": "Nobody"},
                               {"who": "people", "emails": ["nobody@example.com"]},
                               {"who": "role", "name": "no_role"},
                               {"who": "record", "via": "account"},
                               {"who": "company", "name": "customer_admin", "via": "contact"},
                               {"who": "holders", "name": "no_such"}],
                 "calendar": "None", "escalate_to": [{"who": "group", "name": "Nobody"}]}],
            "fyi": [{"who": "people"}],
        },
    )  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert {each["pointer"] for each in answer.json()["errors"]} == {
        "/action", "/condition", "/pins/0", "/levels/0/approvers/0/name",
        "/levels/0/approvers/1/emails/0", "/levels/0/approvers/2/name",
        "/levels/0/approvers/3/via", "/levels/0/approvers/4/via", "/levels/0/approvers/5/name",
        "/levels/0/calendar", "/levels/0/due_hours", "/levels/0/escalate_to/0/name",
        "/fyi/0/emails",
    }  # fmt: skip
    assert await desk.admin.list("approval_rules") == []


async def test_next_door_nothing_is_seen_decided_or_handed_on(desk: Desk) -> None:
    _, boss, case, request = await asked(desk)
    other = Desk(desk.world, await desk.world.tenant())
    stranger = await client_of(other, await other.member("Nora", "service_manager", "agent_b2b"))
    place = f"/api/v1/approval_requests/{request['id']}"
    assert (await stranger.get(place)).status_code == 404
    for verb, body in (("approve", {}), ("reject", {"reason": "No"}), ("ask", {"question": "?"}),
                       ("reassign", {"to_id": boss.id}), ("recall", {}),
                       ("answer", {"text": "So"})):  # fmt: skip
        assert (await stranger.post(f"{place}/{verb}", json=body)).status_code == 404, verb
    for path in ("approvals/preview", "approvals/request", "approval_requests"):
        body = {"kind": "cases", "record_id": str(case["id"])}
        assert (await stranger.post(f"/api/v1/{path}", json=body)).status_code == 422, path
    assert await desk.history(request) == ["requested"]


async def test_whoever_may_not_read_a_record_learns_nothing_by_asking(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]}, action="")
    case = await desk.case(agent)
    outsider = await client_of(desk, await desk.member("Mia Middle", "middle_office"))
    body = {"kind": "cases", "record_id": str(case["id"])}
    for path in ("approvals/preview", "approvals/request", "approval_requests"):
        answer = await outsider.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 422, path
        assert [each["code"] for each in answer.json()["errors"]] == ["not_found"]
    assert await desk.admin.list("approval_requests") == []


async def test_of_many_who_answer_at_once_one_word_counts(desk: Desk) -> None:
    agent = await desk.member("Agnes Agent")
    members = [await desk.member(name) for name in ("Ada", "Ben", "Cy", "Di")]
    await desk.group("Finance", *members)
    await desk.rule("money", {"approvers": [{"who": "group", "name": "Finance"}]})
    request = await desk.asked(agent, await desk.case(agent))
    clients = [await client_of(desk, member) for member in members]
    verbs = ("approve", "reject", "approve", "reject")
    answers = await asyncio.gather(
        *(client.post(f"/api/v1/approval_requests/{request['id']}/{verb}",
                      json={"reason": "No"} if verb == "reject" else {})
          for client, verb in zip(clients, verbs, strict=True))
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert sorted(seat["state"] for seat in seats)[1:] == ["closed"] * 3
    history = await desk.history(request)
    assert len({"agreed", "refused"} & set(history)) == 1


async def test_a_question_that_everybody_starts_at_once_is_one(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    await desk.rule("all", {"approvers": [people(boss)]}, action="")
    case = await desk.case(agent)
    client = await client_of(desk, agent)
    body = {"kind": "cases", "record_id": str(case["id"])}
    answers = await asyncio.gather(
        *(client.post("/api/v1/approval_requests", json=body) for _ in range(4)),
        *(client.post("/api/v1/approvals/request", json=body) for _ in range(4)),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert len(await desk.admin.list("approval_requests")) == 1
    assert len(await desk.admin.list("approvals")) == 1


async def test_an_approver_who_is_erased_leaves_the_others_to_decide(desk: Desk) -> None:
    agent, boss = await desk.member("Agnes Agent"), await desk.member("Bea Boss")
    company = await desk.tenant.account("Harbour")
    maya = await desk.tenant.contact(company, name="Quillon Ferreira-Zeta")
    (user,) = await desk.admin.list("users", id=str(maya.caller.user_id))
    await desk.rule("both", {"approvers": [people(boss, Member(maya, user["email"]))]})
    case = await desk.case(agent)
    request = await desk.asked(agent, case)
    (profile,) = await desk.admin.list("profiles", id=str(maya.profile_id))
    await answered(desk.world, desk.tenant, "erasure", profile["contact_id"])
    seats = await desk.admin.list("approvals", request_id=str(request["id"]))
    assert "Quillon" not in str(seats)
    await (await desk.fresh(boss)).do("approval_requests.approve", request["id"])
    await desk.work()
    assert await desk.state(case) == "resolved"
