"""Macros: verbs under a name, applied to a case together or not at all."""

from typing import Any

import pytest

from backend.service.cases.errors import CaseNotResolved
from infra.kernel.errors import Forbidden, Invalid
from tests.service.desk import Desk

ANSWERED = [
    {"verb": "start", "values": {}},
    {"verb": "comment", "values": {"body": "Please switch it off and on"}},
    {"verb": "resolve", "values": {"resolution": "Restarted", "resolution_code": "workaround"}},
]


async def a_macro(desk: Desk, steps: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    given = {"name": "Restart", "steps": steps}
    made: dict[str, Any] = await desk.admin.do("macros.create", **(given | values))
    return made


async def test_a_macro_uses_its_verbs_in_their_order(desk: Desk) -> None:
    macro = await a_macro(desk, ANSWERED)
    case = await desk.case()
    told = await desk.agent.do("cases.apply_macro", case["id"], macro_id=str(macro["id"]))
    assert (told.applied, told.state) == (True, "resolved")
    assert [(step.verb, step.done) for step in told.steps] == [
        ("start", True),
        ("comment", True),
        ("resolve", True),
    ]
    after = await desk.stored(case)
    assert (after["state"], after["resolution"], after["assigned_to_id"]) == (
        "resolved",
        "Restarted",
        desk.agent.profile_id,
    )
    entries = await desk.admin.list("audit_entries", record_id=str(case["id"]))
    assert {"cases.start", "cases.resolve"} <= {entry["action"] for entry in entries}


async def test_a_refused_verb_undoes_the_others(desk: Desk) -> None:
    macro = await a_macro(desk, [*ANSWERED[:2], {"verb": "close", "values": {}}])
    case = await desk.case()
    before, said = await desk.stored(case), await desk.stream(case)
    with pytest.raises(CaseNotResolved):
        await desk.agent.do("cases.apply_macro", case["id"], macro_id=str(macro["id"]))
    assert await desk.stored(case) == before
    assert await desk.stream(case) == said


async def test_a_dry_run_says_what_would_be_refused_and_changes_nothing(desk: Desk) -> None:
    good, bad = await a_macro(desk, ANSWERED), None
    bad = await a_macro(desk, [ANSWERED[0], {"verb": "close", "values": {}}], name="Too soon")
    case = await desk.case()
    before, said = await desk.stored(case), await desk.stream(case)
    told = await desk.agent.do(
        "cases.apply_macro", case["id"], macro_id=str(good["id"]), dry_run=True
    )
    assert (told.applied, told.state, len(told.steps)) == (False, "resolved", 3)
    told = await desk.agent.do(
        "cases.apply_macro", case["id"], macro_id=str(bad["id"]), dry_run=True
    )
    assert [(step.verb, step.done) for step in told.steps] == [("start", True), ("close", False)]
    assert "close is allowed while it is resolved" in (told.steps[1].refused or "")
    assert await desk.stored(case) == before
    assert await desk.stream(case) == said


async def test_a_macro_lets_nobody_do_what_they_may_not(desk: Desk) -> None:
    macro = await a_macro(desk, ANSWERED)
    case = await desk.case()
    viewer = await desk.tenant.member("case_viewer", name="Vera Viewer")
    for actor in (viewer, desk.contact):
        with pytest.raises(Forbidden):
            await actor.do("cases.apply_macro", case["id"], macro_id=str(macro["id"]))
    assert (await desk.stored(case))["state"] == "new"


async def test_faults_of_a_macro_are_named_where_they_are(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await a_macro(
            desk,
            [
                {"verb": "comment", "values": {"body": ""}},
                {"verb": "wait", "values": {"on": "nobody", "more": 1}},
            ],
        )
    assert {f.pointer for f in refused.value.faults} == {
        "/steps/0/values/body",
        "/steps/1/values/on",
        "/steps/1/values/more",
    }
    assert await desk.admin.list("macros") == []
    macro = await a_macro(desk, ANSWERED, active=False)
    case = await desk.case()
    with pytest.raises(Invalid):
        await desk.agent.do("cases.apply_macro", case["id"], macro_id=str(macro["id"]))
