"""When something happens and a condition holds, the steps are taken: once, and all or none."""

from typing import Any
from uuid import uuid4

import pytest

from infra.kernel.errors import Forbidden, Invalid
from tests.platform.workflow import NOTE, Workflow
from tests.world import World

GRANT = {
    "do": "act", "action": "profiles.grant_role", "record": "{{ event.actor.profile_id }}",
    "body": {"role": "admin"},
}  # fmt: skip


@pytest.fixture
async def flow(world: World) -> Workflow:
    return Workflow(world, await world.tenant())


async def test_an_urgent_case_is_noted_and_a_calm_one_is_left_alone(flow: Workflow) -> None:
    await flow.automation("note_urgent", NOTE, condition="record.priority <= 2")
    urgent = await flow.case(impact=1, urgency=1)
    calm = await flow.case(impact=3, urgency=3)
    await flow.work()
    assert (urgent["priority"], calm["priority"]) == (1, 4)
    assert await flow.notes(urgent) == ["Seen by itself"]
    assert await flow.notes(calm) == []
    (run,) = await flow.runs("note_urgent")
    assert (run["state"], run["record_id"], run["event_type"]) == (
        "done",
        urgent["id"],
        "cases.opened",
    )
    assert [(o["do"], o["outcome"]) for o in run["outcomes"]] == [("act", "done")]


async def test_an_event_is_answered_once_however_often_the_job_runs(flow: Workflow) -> None:
    await flow.automation("note", NOTE)
    case = await flow.case()
    await flow.work()
    await flow.sql(
        """UPDATE jobs SET state = 'queued', run_at = now(), finished_at = NULL
            WHERE tenant_id = $1 AND name = 'automations.start'"""
    )
    await flow.work()
    assert await flow.notes(case) == ["Seen by itself"]
    assert len(await flow.runs("note")) == 1


async def test_steps_are_filled_from_the_record_and_from_earlier_steps(flow: Workflow) -> None:
    await flow.automation(
        "hand_out",
        {
            "do": "act", "name": "task", "action": "case_tasks.create",
            "body": {
                "case_id": "{{ record.id }}",
                "subject": "Look at {{ record.number }}",
                "priority": {"cel": "record.priority"},
            },
        },
        {"do": "act", "action": "cases.note", "body": {"body": "Task {{ steps.task.number }}"}},
    )  # fmt: skip
    case = await flow.case(impact=1, urgency=1)
    await flow.work()
    (task,) = await flow.admin.list("case_tasks", case_id=str(case["id"]))
    assert (task["subject"], task["priority"]) == (f"Look at {case['number']}", 1)
    assert await flow.notes(case) == [f"Task {task['number']}"]


async def test_a_failing_step_undoes_the_steps_before_it_and_is_named(flow: Workflow) -> None:
    broken = {
        "do": "act", "action": "case_tasks.create",
        "body": {"case_id": "{{ record.id }}", "subject": "{{ record.nothing }}"},
    }  # fmt: skip
    await flow.automation("half", NOTE, broken)
    await flow.automation("whole", NOTE)
    case = await flow.case()
    await flow.work()
    assert await flow.notes(case) == ["Seen by itself"], "the neighbour's note, and no other"
    (run,) = await flow.runs("half")
    assert (run["state"], run["fault"]) == ("dead", "invalid")
    assert [o["outcome"] for o in run["outcomes"]] == ["undone", "failed"]
    assert "/subject" in run["reason"]


async def test_what_another_attempt_may_mend_is_tried_again_and_then_given_up(
    flow: Workflow,
) -> None:
    close = {"do": "act", "action": "cases.close"}
    await flow.automation("close", close)
    case = await flow.case()
    await flow.work()
    (run,) = await flow.runs("close")
    assert (run["state"], run["attempts"], run["finished_at"]) == ("retrying", 1, None)
    for _ in range(4):
        await flow.let_time_pass(60)
    (run,) = await flow.runs("close")
    assert (run["state"], run["attempts"]) == ("dead", 5)
    assert run["fault"], run
    told = await flow.admin.list("notifications", topic="automations")
    assert [n["title"] for n in told] == ["close: a run was given up"]
    await flow.admin.do(
        "automations.update",
        (await flow.admin.list("automations", key="close"))[0]["id"],
        steps=[NOTE],
    )
    await flow.admin.do("automation_runs.retry", run["id"])
    await flow.work()
    assert [r["state"] for r in await flow.runs("close")] == ["done"]
    assert await flow.notes(case) == ["Seen by itself"]


async def test_two_automations_that_set_each_other_off_are_stopped_by_name(flow: Workflow) -> None:
    for key, seen in (("ping", "low"), ("pong", "high")):
        other = "high" if seen == "low" else "low"
        await flow.automation(
            key,
            {"do": "act", "action": "cases.update", "body": {"subcategory": other}},
            event_types=["cases.updated"], changed=["subcategory"],
            condition=f"after.subcategory == '{seen}'",
        )  # fmt: skip
    case = await flow.case()
    await flow.admin.do("cases.update", case["id"], subcategory="low")
    await flow.work()
    runs = await flow.runs()
    assert [r["state"] for r in runs] == ["done"] * 8 + ["stopped"]
    assert [r["depth"] for r in runs] == list(range(9))
    assert runs[-1]["fault"] == "loop"
    assert runs[-1]["chain"] == ["ping", "pong"] * 4
    assert runs[-1]["reason"].endswith("ping → pong → ping → pong → ping")
    told = await flow.admin.list("notifications", topic="automations")
    assert [n["title"] for n in told] == ["ping: a run was stopped"]


async def test_an_automation_that_multiplies_is_capped(flow: Workflow) -> None:
    more: dict[str, Any] = {"do": "act", "action": "skills.create"}
    names = ("{{ record.name }}a", "{{ record.name }}b", "{{ record.name }}c")
    await flow.automation(
        "multiply", *[more | {"body": {"name": name}} for name in names],
        event_types=["skills.created"],
    )  # fmt: skip
    await flow.admin.do("skills.create", name="fibre")
    await flow.work()
    ended = """SELECT state, fault, count(*) AS n FROM automation_runs
                WHERE tenant_id = $1 GROUP BY 1, 2"""
    counted = {(row["state"], row["fault"]): row["n"] for row in await flow.sql(ended)}
    assert set(counted) == {("done", None), ("stopped", "explosion")}
    assert 100 <= counted["done", None] <= 112, "a dozen may be under way at once"
    (skills,) = await flow.sql("SELECT count(*) AS n FROM skills WHERE tenant_id = $1")
    assert skills["n"] == 1 + 3 * counted["done", None]


async def test_a_condition_that_cannot_be_answered_is_named_and_harms_no_neighbour(
    flow: Workflow,
) -> None:
    await flow.automation("bad", NOTE, condition="record.product_context.size > 3")
    await flow.automation("good", NOTE)
    case = await flow.case()
    await flow.work()
    (run,) = await flow.runs("bad")
    assert (run["state"], run["fault"]) == ("dead", "rule")
    assert await flow.notes(case) == ["Seen by itself"]


async def test_a_wait_goes_on_later_unless_the_condition_holds_no_more(flow: Workflow) -> None:
    await flow.automation(
        "remind", {"do": "wait", "minutes": 60}, NOTE, condition="record.assigned_to_id == null"
    )
    left, taken = await flow.case("left"), await flow.case("taken")
    agent = await flow.tenant.member("agent_b2b", "agent_b2c")
    await flow.work()
    assert {r["state"] for r in await flow.runs("remind")} == {"waiting"}
    await flow.admin.do("cases.assign", taken["id"], assigned_to_id=str(agent.profile_id))
    await flow.let_time_pass(61)
    assert await flow.notes(left) == ["Seen by itself"]
    assert await flow.notes(taken) == []
    states = {r["record_id"]: (r["state"], r["reason"]) for r in await flow.runs("remind")}
    assert states == {
        left["id"]: ("done", None),
        taken["id"]: ("skipped", "the condition held no longer after the wait"),
    }


async def test_only_a_change_of_the_named_columns_sets_it_off(flow: Workflow) -> None:
    await flow.automation(
        "watch",
        NOTE | {"body": {"body": "{{ before.subject }} → {{ after.subject }}"}},
        event_types=["cases.updated"], changed=["subject"],
    )  # fmt: skip
    case = await flow.case("Old")
    await flow.admin.do("cases.update", case["id"], description="More words")
    await flow.admin.do("cases.update", case["id"], subject="New")
    await flow.work()
    assert await flow.notes(case) == ["Old → New"]


# ── As whom ──────────────────────────────────────────────────────────────────────────────────


async def test_an_automation_does_no_more_than_the_one_as_whom_it_acts(flow: Workflow) -> None:
    manager = await flow.tenant.member("service_manager")
    asked = {"key": "grab", "name": "Grab", "event_types": ["cases.opened"], "active": True}
    with pytest.raises(Invalid) as refused:
        await manager.do(
            "automations.create", **asked,
            steps=[GRANT],
        )  # fmt: skip
    assert [f.code for f in refused.value.faults] == ["forbidden"]
    with pytest.raises(Forbidden):
        await manager.do(
            "automations.create", **asked, steps=[NOTE], runs_as_id=str(flow.admin.profile_id)
        )
    assert await flow.admin.list("automations", key="grab") == []


async def test_nobody_bends_an_administrators_automation_to_his_own_ends(flow: Workflow) -> None:
    made = await flow.automation("mine", NOTE)
    manager = await flow.tenant.member("service_manager")
    for values in ({"steps": [NOTE, NOTE]}, {"condition": "true"}):
        with pytest.raises(Forbidden):
            await manager.do("automations.update", made["id"], **values)
    with pytest.raises(Forbidden):
        await manager.do("automations.dry_run", made["id"])
    kept = await flow.admin.read("automations", made["id"])
    assert (kept["steps"], kept["condition"], kept["version"]) == (made["steps"], "", 1)
    await manager.do("automations.update", made["id"], active=False)
    with pytest.raises(Forbidden):
        await manager.do("automations.update", made["id"], active=True)
    taken = await manager.do(
        "automations.update", made["id"], active=True, runs_as_id=str(manager.profile_id)
    )
    assert taken["author_id"] == manager.profile_id


async def test_an_automation_whose_person_has_left_dies_by_name(flow: Workflow) -> None:
    agent = await flow.tenant.member("service_manager")
    await agent.do(
        "automations.create", key="left", name="Left", event_types=["cases.opened"], active=True,
        steps=[NOTE],
    )  # fmt: skip
    await flow.admin.do("profiles.update", agent.profile_id, state="inactive")
    case = await flow.case()
    await flow.work()
    (run,) = await flow.runs("left")
    assert (run["state"], run["fault"]) == ("dead", "nobody-to-act-as")
    assert await flow.notes(case) == []


async def test_nobody_is_told_to_act_as_somebody_who_is_not_there(flow: Workflow) -> None:
    with pytest.raises(Invalid) as refused:
        await flow.automation("wrong", NOTE, runs_as_id=str(uuid4()))
    assert [fault.pointer for fault in refused.value.faults] == ["/runs_as_id"]


async def test_everything_wrong_with_an_automation_is_said_at_once(flow: Workflow) -> None:
    with pytest.raises(Invalid) as refused:
        await flow.automation(
            "wrong",
            {"do": "act", "action": "cases.explode"},
            {"do": "act", "action": "cases.note", "body": {"text": "x", "body": "{{ a() }}"}},
            {"do": "act", "action": "automations.delete"},
            {"do": "mail", "template": "nothing", "to": ["nobody"]},
            {
                "do": "notify",
                "to": ["owner", "group:Nobody"],
                "title": "{{ secret }}",
                "when": "records.x == 1",
            },
            event_types=["unknowns.created", "cases.opened"],
            condition="map(",
        )
    assert sorted({f.pointer for f in refused.value.faults}) == [
        "/condition", "/event_types/0", "/steps/0/action", "/steps/1/body/body",
        "/steps/1/body/text", "/steps/1/record", "/steps/2/action", "/steps/3/template",
        "/steps/3/to/0", "/steps/4/title", "/steps/4/to/1", "/steps/4/when",
    ]  # fmt: skip
    assert await flow.admin.list("automations", key="wrong") == []


# ── Trying it first ──────────────────────────────────────────────────────────────────────────


async def test_a_dry_run_shows_what_would_be_done_and_keeps_nothing(flow: Workflow) -> None:
    urgent = await flow.case(impact=1, urgency=1)
    calm = await flow.case(impact=3, urgency=3)
    await flow.work()
    made = await flow.automation(
        "note_urgent", NOTE, {"do": "wait", "minutes": 5}, {"do": "act", "action": "cases.close"},
        condition="record.priority <= 2", active=False,
    )  # fmt: skip
    counted = """SELECT (SELECT count(*) FROM events WHERE tenant_id = $1) AS events,
                        (SELECT count(*) FROM audit_entries WHERE tenant_id = $1) AS entries"""
    before = await flow.sql(counted)
    told = await flow.admin.do("automations.dry_run", made["id"], events=10)
    after = await flow.sql(counted)
    assert (told.events, told.matches) == (2, 1)
    by_record = {each.record_id: each for each in told.tried}
    assert by_record[calm["id"]].matches is False
    trial = by_record[urgent["id"]]
    assert [(o["do"], o["outcome"]) for o in trial.outcomes] == [
        ("act", "done"),
        ("wait", "waited"),
    ]
    assert trial.fault, "the case cannot be closed as it is"
    assert [dict(r) for r in before] == [dict(r) for r in after]
    assert await flow.notes(urgent) == []
    assert await flow.runs("note_urgent") == []
