"""Which verbs somebody may use on a case as it stands: what every door draws its buttons by."""

from typing import Any

import pytest

from infra.kernel.errors import Conflict, NotFound, Problem
from tests.service.desk import Desk
from tests.world import Actor

_SAID: dict[str, dict[str, Any]] = {
    "comment": {"body": "Hello"}, "note": {"body": "Mind the dog"},
    "resolve": {"resolution": "New router"}, "escalate": {"reason": "Nobody comes"},
    "rate": {"rating": 5}, "assign": {}, "update": {"category": "Line"},
}  # fmt: skip
_TRIED = ("submit", "start", "wait", "close", "reopen", "cancel", "unmark_duplicate", *_SAID)


async def verbs(actor: Actor, case: dict[str, Any]) -> set[str]:
    return set((await actor.do("cases.verbs", case["id"])).verbs)


async def accepted(desk: Desk, actor: Actor, case: dict[str, Any]) -> set[str]:
    """The verbs that are not refused, each on a case of its own in the same state."""
    found = set()
    for verb in _TRIED:
        try:
            await actor.do(f"cases.{verb}", (await alike(desk, case))["id"], **_SAID.get(verb, {}))
        except Problem:
            continue
        found.add(verb)
    return found


async def alike(desk: Desk, case: dict[str, Any]) -> dict[str, Any]:
    """Another case of the same type in the same state."""
    given = {"case_type_id": str(case["case_type_id"])} if case["case_type_id"] else {}
    draft = case["state"] == "draft"
    made = await desk.case(draft=draft, **given)
    if case["state"] in {"in_progress", "waiting_customer", "resolved", "closed"}:
        await desk.agent.do("cases.start", made["id"])
    if case["state"] == "waiting_customer":
        await desk.agent.do("cases.wait", made["id"])
    if case["state"] in {"resolved", "closed"}:
        await desk.agent.do("cases.resolve", made["id"], resolution="Done")
    if case["state"] == "closed":
        await desk.agent.do("cases.close", made["id"])
    if case["state"] == "cancelled":
        await desk.agent.do("cases.cancel", made["id"])
    return made


@pytest.mark.parametrize(
    "state", ["draft", "new", "in_progress", "waiting_customer", "resolved", "closed", "cancelled"]
)
async def test_what_is_told_is_what_is_taken(desk: Desk, state: str) -> None:
    kind = await desk.admin.do(
        "case_types.create", key="complaint", name="Complaint", portal_visible=True,
        verbs={"start": ["new", "waiting_customer"], "resolve": ["in_progress"],
               "cancel": ["draft", "new"], "reopen": ["resolved"]},
    )  # fmt: skip
    for type_id in (None, str(kind["id"])):
        case = await alike(desk, {"case_type_id": type_id, "state": state})
        for actor in (desk.agent, desk.contact):
            told = await verbs(actor, case) & set(_TRIED)
            assert told == await accepted(desk, actor, {"case_type_id": type_id, "state": state})


async def test_what_only_makes_sense_sometimes_is_told_then(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case()
    assert {"mark_duplicate", "merge", "apply_macro", "watch"} <= await verbs(desk.agent, second)
    assert not {"deescalate", "unmark_duplicate", "unmerge"} & await verbs(desk.agent, second)
    await desk.agent.do("cases.escalate", second["id"], reason="Nobody comes")
    assert "deescalate" in await verbs(desk.agent, second)
    await desk.agent.do("cases.mark_duplicate", second["id"], of=str(first["id"]))
    assert "unmark_duplicate" in await verbs(desk.agent, second)
    assert "mark_duplicate" not in await verbs(desk.agent, second)
    third = await desk.case()
    await desk.agent.do("cases.merge", first["id"], **{"from": [str(third["id"])]})
    assert await verbs(desk.agent, third) == {"note", "unmerge", "unwatch", "watch"}
    with pytest.raises(Conflict):
        await desk.agent.do("cases.comment", third["id"], body="Too late")


async def test_whoever_reopens_too_late_is_told_that_a_new_case_follows(desk: Desk) -> None:
    await desk.admin.http().patch("/api/v1/settings", json={"case_reopen_days": 0})
    case = await desk.case()
    assert not (await desk.contact.do("cases.verbs", case["id"])).reopens_as_new
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    theirs = await desk.contact.do("cases.verbs", case["id"])
    assert (theirs.reopens_as_new, "reopen" in theirs.verbs) == (True, True)
    ours = await desk.agent.do("cases.verbs", case["id"])
    assert (ours.reopens_as_new, "reopen" in ours.verbs) == (False, True)


async def test_whoever_does_not_see_a_case_is_told_nothing_of_it(desk: Desk) -> None:
    case = await desk.case()
    for other in (await desk.tenant.contact(), await desk.tenant.member("agent_b2c")):
        with pytest.raises(NotFound):
            await other.do("cases.verbs", case["id"])
    viewer = await desk.tenant.member("case_viewer")
    assert await verbs(viewer, case) == set()


async def test_a_rated_case_is_rated_no_more_and_a_colleagues_wish_is_asked_of_the_row(
    desk: Desk,
) -> None:
    case = await desk.case()
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    assert "rate" in await verbs(desk.contact, case)
    await desk.contact.do("cases.rate", case["id"], rating=4)
    assert "rate" not in await verbs(desk.contact, case)
    reporter = await desk.tenant.member("account_contributor")
    theirs = await reporter.do("cases.create", subject="Dark", account_id=str(desk.account["id"]))
    assert await verbs(reporter, theirs) == {"comment"}
