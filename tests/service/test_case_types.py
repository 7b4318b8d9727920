"""Types of cases: fields, verbs, urgency and groups as data; what follows when it is too late."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.cases.errors import CaseNotOpen, CaseStageNotNext, CaseTaskBlocked
from backend.service.cases.models import CaseState
from backend.service.cases.rules import ALLOWED, WORKED_ON
from backend.service.cases.types.rules import dead_ends, priority_by, states_of
from backend.service.cases.types.stages import Stage, met_by, reachable, stage_faults
from infra.kernel.errors import Forbidden, Invalid
from tests.service.desk import Desk, same

NARROWED = ("start", "wait", "resolve", "cancel", "close", "reopen")


async def a_type(desk: Desk, **values: Any) -> dict[str, Any]:
    given = {"key": "complaint", "name": "Complaint", "portal_visible": True}
    made: dict[str, Any] = await desk.admin.do("case_types.create", **(given | values))
    return made


async def test_a_case_of_a_type_must_say_what_the_type_requires(desk: Desk) -> None:
    kind = await a_type(desk, required_fields=["category", "description"])
    before = await desk.admin.list("cases")
    with pytest.raises(Invalid) as refused:
        await desk.case(case_type_id=str(kind["id"]))
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/category", "missing"),
        ("/description", "missing"),
    ]
    assert await desk.admin.list("cases") == before
    case = await desk.case(case_type_id=str(kind["id"]), category="Bill", description="Too high")
    assert same(case["case_type_id"], kind["id"])


async def test_a_draft_is_incomplete_until_it_is_sent(desk: Desk) -> None:
    kind = await a_type(desk, required_fields=["category"])
    draft = await desk.case(case_type_id=str(kind["id"]), draft=True)
    with pytest.raises(Invalid):
        await desk.contact.do("cases.submit", draft["id"])
    assert (await desk.stored(draft))["state"] == "draft"
    await desk.contact.do("cases.update", draft["id"], category="Bill")
    assert (await desk.contact.do("cases.submit", draft["id"]))["state"] == "new"
    with pytest.raises(Invalid):
        await desk.agent.do("cases.update", draft["id"], category=None)


async def test_a_type_may_require_a_field_of_the_tenants_own(desk: Desk) -> None:
    await desk.admin.do(
        "custom_fields.create",
        resource="cases",
        key="order_ref",
        type="text",
        label={"en": "Order"},
        customers="write",
    )
    kind = await a_type(desk, required_fields=["custom.order_ref"])
    with pytest.raises(Invalid) as refused:
        await desk.case(case_type_id=str(kind["id"]))
    assert [f.pointer for f in refused.value.faults] == ["/custom/order_ref"]
    case = await desk.case(case_type_id=str(kind["id"]), custom={"order_ref": "O-7"})
    assert case["custom"] == {"order_ref": "O-7"}


async def test_customers_choose_among_the_types_that_are_shown_to_them(desk: Desk) -> None:
    shown = await a_type(desk, hidden_fields=["urgency"])
    inner = await a_type(desk, key="audit", name="Audit", portal_visible=False)
    assert [row["key"] for row in await desk.contact.list("case_types")] == ["complaint"]
    with pytest.raises(Invalid) as refused:
        await desk.case(case_type_id=str(inner["id"]))
    assert [f.pointer for f in refused.value.faults] == ["/case_type_id"]
    with pytest.raises(Invalid) as refused:
        await desk.case(case_type_id=str(shown["id"]), urgency=1)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/urgency", "hidden")]
    await desk.agent.do("cases.create", subject="Inner", case_type_id=str(inner["id"]))
    with pytest.raises(Forbidden):
        await desk.agent.do("case_types.create", key="own", name="Own")


async def test_urgency_and_the_group_follow_from_the_type(desk: Desk) -> None:
    group = await desk.admin.do("groups.create", name="Complaints")
    kind = await a_type(
        desk,
        priorities={"1-1": 1, "3-3": 2},
        default_priority=2,
        assignment_group_id=str(group["id"]),
    )
    plain = await desk.agent.do("cases.create", subject="A", case_type_id=str(kind["id"]))
    assert (plain["priority"], plain["assignment_group_id"]) == (2, group["id"])
    low = await desk.agent.do(
        "cases.create", subject="B", case_type_id=str(kind["id"]), impact=3, urgency=3
    )
    assert low["priority"] == 2
    asked = await desk.agent.do(
        "cases.create", subject="C", case_type_id=str(kind["id"]), impact=3, urgency=3, priority=4
    )
    assert asked["priority"] == 4
    ordinary = await desk.agent.do("cases.create", subject="D", impact=3, urgency=3)
    assert ordinary["priority"] == 4
    told = await desk.agent.do("cases.update", low["id"], impact=1, urgency=1)
    assert told["priority"] == 1


async def test_a_type_allows_a_verb_in_fewer_states_than_the_house(desk: Desk) -> None:
    kind = await a_type(desk, verbs={"resolve": ["in_progress"], "cancel": []})
    case = await desk.case(case_type_id=str(kind["id"]))
    with pytest.raises(CaseNotOpen) as refused:
        await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    assert refused.value.extra["allowed_states"] == ["in_progress"]
    with pytest.raises(CaseNotOpen):
        await desk.contact.do("cases.cancel", case["id"])
    assert (await desk.stored(case))["state"] == "new"
    await desk.agent.do("cases.start", case["id"])
    told = await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    assert told["state"] == "resolved"
    ordinary = await desk.case()
    assert (await desk.contact.do("cases.cancel", ordinary["id"]))["state"] == "cancelled"


async def test_faults_of_a_type_are_named_together_and_nothing_is_kept(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await a_type(
            desk,
            verbs={"resolve": ["closed"], "cancel": ["draft"]},
            required_fields=["colour", "category", "custom.no"],
            hidden_fields=["category"],
        )
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/verbs/resolve/0", "not_allowed"),
        *[("/verbs", "dead_end")] * 4,
        ("/required_fields/0", "unknown_field"),
        ("/hidden_fields/0", "required"),
        ("/required_fields/2", "unknown_field"),
    ]
    assert await desk.admin.list("case_types") == []


async def test_a_case_too_long_over_is_followed_by_a_new_one(desk: Desk) -> None:
    await desk.admin.http().patch("/api/v1/settings", json={"case_reopen_days": 14})
    case = await desk.case()
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        await ctx.execute(
            """UPDATE cases SET resolved_at = now() - interval '15 days'
                WHERE tenant_id = $1 AND id = $2""",
            desk.tenant.id,
            case["id"],
        )
    told = await desk.contact.do("cases.reopen", case["id"], reason="Dark again")
    assert told["id"] != case["id"]
    after = await desk.stored(told)
    assert (after["state"], after["description"]) == ("new", "Dark again")
    assert same(after["follows_id"], case["id"])
    assert same(after["contact_id"], desk.contact_id)
    assert after["entitlement_status"] == "verified"
    assert (await desk.stored(case))["state"] == "resolved"
    staff = await desk.agent.do("cases.reopen", case["id"])
    assert (staff["id"], staff["state"]) == (case["id"], "new")


async def test_a_types_own_window_goes_before_the_tenants(desk: Desk) -> None:
    kind = await a_type(desk, reopen_days=0)
    case = await desk.case(case_type_id=str(kind["id"]))
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    told = await desk.contact.do("cases.reopen", case["id"], reason="Dark again")
    assert told["id"] != case["id"]
    assert same(told["follows_id"], case["id"])


_VERBS = st.fixed_dictionaries(
    {},
    optional={
        verb: st.lists(st.sampled_from([s.value for s in ALLOWED[verb][1]]), unique=True)
        for verb in NARROWED
    },
)


@given(_VERBS)
def test_a_graph_without_dead_ends_leads_from_every_state_to_an_end(
    verbs: dict[str, list[str]],
) -> None:
    stuck = set(dead_ends(verbs))
    for state in WORKED_ON:
        ends = any(state in states_of(verb, verbs) for verb in ("resolve", "cancel"))
        if ends:
            assert state not in stuck
    if all(verbs.get(verb) == [] for verb in ("resolve", "cancel")):
        assert stuck == set(WORKED_ON)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_a_matrix_that_names_the_weights_decides(impact: int, urgency: int, given: int) -> None:
    assert priority_by({f"{impact}-{urgency}": given}, None, impact, urgency) == given
    assert priority_by({}, None, impact, urgency) is None


MATRIX = {
    "1-1": 1, "1-2": 1, "1-3": 2, "2-1": 2, "2-2": 2, "2-3": 4, "3-1": 3, "3-2": 4, "3-3": 4,
}  # fmt: skip


async def test_a_tenants_matrix_says_the_priority_where_no_type_does(desk: Desk) -> None:
    told = await desk.admin.http().patch("/api/v1/settings", json={"case_priorities": MATRIX})
    assert told.status_code == 200, told.text
    case = await desk.admin.do("cases.create", subject="Dark", impact=2, urgency=3)
    assert case["priority"] == 4
    case = await desk.admin.do("cases.update", case["id"], urgency=1)
    assert case["priority"] == 2
    case = await desk.admin.do("cases.update", case["id"], urgency=3, priority=1)
    assert case["priority"] == 1
    assert (await desk.admin.do("cases.create", subject="Plain"))["priority"] == 3
    kind = await desk.admin.do(
        "case_types.create", key="outage", name="Outage", priorities={"2-3": 1}
    )
    typed = await desk.admin.do(
        "cases.create", subject="Dark", impact=2, urgency=3, case_type_id=str(kind["id"])
    )
    assert typed["priority"] == 1


async def test_a_matrix_names_all_nine_pairs_or_is_refused(desk: Desk) -> None:
    admin = desk.admin.http()
    for wrong in ({"1-1": 1}, MATRIX | {"4-1": 1}, MATRIX | {"1-1": 5}, [[1, 2, 3]]):
        told = await admin.patch("/api/v1/settings", json={"case_priorities": wrong})
        assert told.status_code == 422, told.text
    assert (await admin.get("/api/v1/settings")).json()["case_priorities"] is None


REPAIR = [
    {"key": "reported", "name": "Reported", "state": "new", "next": ["diagnosis"]},
    {"key": "diagnosis", "name": "Diagnosis", "state": "in_progress", "next": ["parts", "repair"]},
    {"key": "parts", "name": "Waiting for parts", "state": "waiting_internal", "next": ["repair"]},
    {"key": "repair", "name": "Repair", "state": "in_progress", "next": ["diagnosis"]},
    {"key": "repaired", "name": "Repaired", "state": "resolved"},
]


async def test_a_case_walks_the_stages_of_its_type_and_no_others(desk: Desk) -> None:
    kind = await a_type(desk, stages=REPAIR)
    case = await desk.case(case_type_id=str(kind["id"]))
    assert (await desk.stored(case))["stage"] == "reported"
    with pytest.raises(CaseStageNotNext):
        await desk.agent.do("cases.move", case["id"], to="repair")
    assert (await desk.stored(case))["stage"] == "reported"
    for stage, state in (
        ("diagnosis", "in_progress"),
        ("parts", "waiting_internal"),
        ("repair", "in_progress"),
    ):
        told = await desk.agent.do("cases.move", case["id"], to=stage)
        assert (told["stage"], told["state"]) == (stage, state)
    told = await desk.agent.do("cases.resolve", case["id"], resolution="New fuse")
    assert (told["stage"], told["state"]) == ("repaired", "resolved")
    back = await desk.agent.do("cases.reopen", case["id"])
    assert back["stage"] == ("diagnosis" if back["state"] == "in_progress" else "reported")
    said = [row["details"].get("stage") for row in await desk.stream(case)]
    assert {"Diagnosis", "Waiting for parts", "Repair"} <= set(said)
    assert [row["number"] for row in await desk.agent.list("cases", stage=back["stage"])]


async def test_a_verb_of_the_house_brings_a_case_to_the_first_stage_of_its_state(
    desk: Desk,
) -> None:
    kind = await a_type(desk, stages=REPAIR)
    case = await desk.case(case_type_id=str(kind["id"]))
    assert (await desk.agent.do("cases.start", case["id"]))["stage"] == "diagnosis"
    assert (await desk.agent.do("cases.wait", case["id"]))["stage"] is None
    await desk.contact.do("cases.comment", case["id"], body="Here it is")
    assert (await desk.stored(case))["stage"] == "diagnosis"
    plain = await desk.agent.do("cases.update", case["id"], case_type_id=None)
    assert plain["stage"] is None
    with pytest.raises(Invalid) as refused:
        await desk.agent.do("cases.move", case["id"], to="repair")
    assert [f.pointer for f in refused.value.faults] == ["/to"]


async def test_a_type_whose_stages_contradict_themselves_is_refused(desk: Desk) -> None:
    stages = [
        {"key": "a", "name": "A", "state": "new", "next": ["z"]},
        {"key": "a", "name": "A again", "state": "new"},
        {"key": "island", "name": "Island", "state": "new"},
    ]
    with pytest.raises(Invalid) as refused:
        await a_type(desk, stages=stages)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [
        ("/stages/0/next/0", "not_found"),
        ("/stages/1/key", "duplicate"),
        ("/stages/2", "unreachable"),
    ]
    assert await desk.admin.list("case_types") == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("new", "in_progress", "waiting_customer", "waiting_internal")),
            st.lists(st.integers(0, 4), max_size=3),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_stage_of_a_good_type_is_met_and_leads_only_to_stages(
    drawn: list[tuple[str, list[int]]],
) -> None:
    stages = [
        Stage.model_validate(
            {"key": f"s{n}", "name": f"S{n}", "state": state, "next": [f"s{to}" for to in leads]}
        )
        for n, (state, leads) in enumerate(drawn)
    ]
    if list(stage_faults(stages)):
        return
    keys = {stage.key for stage in stages}
    assert met_by(stages) == keys
    for stage in stages:
        assert set(reachable(stages, stage.key, CaseState(stage.state))) <= keys


async def test_a_case_gives_out_the_tasks_of_its_types_playbook_in_their_order(
    desk: Desk,
) -> None:
    group = await desk.admin.do("groups.create", name="Workshop")
    kind = await a_type(
        desk,
        playbook="Repair",
        tasks=[
            {
                "key": "mend",
                "subject": "Mend it",
                "step": 2,
                "assignment_group_id": str(group["id"]),
            },
            {"key": "fetch", "subject": "Fetch it", "due_hours": 4},
        ],
    )
    case = await desk.case(case_type_id=str(kind["id"]))
    tasks = await desk.admin.list("case_tasks", case_id=str(case["id"]))
    by = {task["subject"]: task for task in tasks}
    assert set(by) == {"Fetch it", "Mend it"}
    assert same(by["Mend it"]["assignment_group_id"], group["id"])
    with pytest.raises(CaseTaskBlocked):
        await desk.admin.do("case_tasks.start", by["Mend it"]["id"])
    await desk.admin.do("case_tasks.complete", by["Fetch it"]["id"])
    await desk.admin.do("case_tasks.start", by["Mend it"]["id"])
    draft = await desk.case(case_type_id=str(kind["id"]), draft=True)
    assert await desk.admin.list("case_tasks", case_id=str(draft["id"])) == []
    await desk.contact.do("cases.submit", draft["id"])
    assert len(await desk.admin.list("case_tasks", case_id=str(draft["id"]))) == 2


def test_only_one_place_sets_the_state_of_a_case() -> None:
    setting = re.compile(r"\bcase\.state(, case\.\w+)* = ")
    found = [
        path.as_posix()
        for path in Path("backend").rglob("*.py")
        if setting.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["backend/service/cases/types/reading.py"]
