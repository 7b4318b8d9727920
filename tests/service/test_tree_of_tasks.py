"""The tree of a case's tasks: parts, waiting for others, escalation, and all of it on one page."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.cases.errors import CaseTaskBlocked, CaseTaskCircle, CaseTaskHasOpenParts
from backend.service.cases.structure import Node, Tree, tree_of
from infra.kernel.errors import Invalid
from tests.service.desk import Desk, same
from tests.service.network import Network


async def a_task(desk: Desk, case: dict[str, Any], subject: str, **values: Any) -> dict[str, Any]:
    given = {"case_id": case["id"], "subject": subject} | values
    made: dict[str, Any] = await desk.agent.do(
        "case_tasks.create", **{k: str(v) for k, v in given.items()}
    )
    return made


async def wait_for(desk: Desk, task: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = await desk.agent.do(
        "case_task_dependencies.create", task_id=str(task["id"]), depends_on_id=str(other["id"])
    )
    return made


async def test_a_task_waits_for_what_it_depends_on(desk: Desk) -> None:
    case = await desk.case()
    measure, repair = await a_task(desk, case, "Measure"), await a_task(desk, case, "Repair")
    await wait_for(desk, repair, measure)
    for verb in ("start", "complete"):
        with pytest.raises(CaseTaskBlocked) as refused:
            await desk.agent.do(f"case_tasks.{verb}", repair["id"])
        assert refused.value.extra["blocked_by"] == [str(measure["id"])]
    stored = await desk.admin.read("case_tasks", repair["id"])
    assert (stored["state"], stored["version"]) == ("new", 1)
    await desk.agent.do("case_tasks.complete", measure["id"])
    assert (await desk.agent.do("case_tasks.start", repair["id"]))["state"] == "in_progress"


async def test_a_part_waits_for_what_the_whole_depends_on(desk: Desk) -> None:
    case = await desk.case()
    permit, whole = await a_task(desk, case, "Permit"), await a_task(desk, case, "Dig")
    part = await a_task(desk, case, "Dig here", parent_id=whole["id"])
    await wait_for(desk, whole, permit)
    with pytest.raises(CaseTaskBlocked):
        await desk.agent.do("case_tasks.start", part["id"])
    await desk.agent.do("case_tasks.cancel", permit["id"])
    await desk.agent.do("case_tasks.start", part["id"])
    with pytest.raises(CaseTaskHasOpenParts):
        await desk.agent.do("case_tasks.complete", whole["id"])
    await desk.agent.do("case_tasks.complete", part["id"])
    assert (await desk.agent.do("case_tasks.complete", whole["id"]))["state"] == "done"


async def test_nothing_waits_for_itself(desk: Desk) -> None:
    case = await desk.case()
    one, two, three = [await a_task(desk, case, name) for name in ("1", "2", "3")]
    await wait_for(desk, two, one)
    await wait_for(desk, three, two)
    part = await a_task(desk, case, "Part", parent_id=three["id"])
    for task, other in ((one, one), (one, three), (one, part), (part, three), (three, part)):
        with pytest.raises(CaseTaskCircle):
            await wait_for(desk, task, other)
    with pytest.raises(CaseTaskCircle):
        await desk.agent.do("case_tasks.update", three["id"], parent_id=str(part["id"]))
    assert len(await desk.admin.list("case_task_dependencies")) == 2


async def test_a_tree_stays_within_its_case(desk: Desk) -> None:
    one, other = await desk.case(), await desk.case()
    here, there = await a_task(desk, one, "Here"), await a_task(desk, other, "There")
    with pytest.raises(Invalid) as refused:
        await wait_for(desk, here, there)
    assert [fault.code for fault in refused.value.faults] == ["other_case"]
    with pytest.raises(Invalid) as refused:
        await a_task(desk, one, "Part", parent_id=there["id"])
    assert [fault.pointer for fault in refused.value.faults] == ["/parent_id"]


async def test_cancelling_a_task_cancels_its_parts(desk: Desk) -> None:
    case = await desk.case()
    whole = await a_task(desk, case, "Whole")
    part = await a_task(desk, case, "Part", parent_id=whole["id"])
    grain = await a_task(desk, case, "Grain", parent_id=part["id"])
    beside = await a_task(desk, case, "Beside")
    await desk.agent.do("case_tasks.cancel", whole["id"])
    states = {row["id"]: row["state"] for row in await desk.admin.list("case_tasks")}
    assert {states[task["id"]] for task in (whole, part, grain)} == {"cancelled"}
    assert states[beside["id"]] == "new"


async def test_an_escalated_task_escalates_what_it_is_a_part_of(desk: Desk) -> None:
    case = await desk.case()
    whole = await a_task(desk, case, "Whole")
    part = await a_task(desk, case, "Part", parent_id=whole["id"])
    beside = await a_task(desk, case, "Beside")
    await desk.agent.do("case_tasks.escalate", part["id"], reason="Nobody comes")
    tasks = {row["id"]: row["escalated_at"] for row in await desk.admin.list("case_tasks")}
    assert tasks[whole["id"]] == tasks[part["id"]] is not None
    assert tasks[beside["id"]] is None
    listed = await desk.agent.list("cases", **{"escalated_at[null]": "false"})
    assert [row["id"] for row in listed] == [case["id"]]
    notes = [row["body"] for row in await desk.stream(case) if row["entry_type"] == "note"]
    assert notes == [f"Escalated. {part['number']}: Nobody comes"]
    assert "Nobody comes" not in str(await desk.stream(case, desk.contact))


async def test_an_escalated_case_escalates_what_is_open_of_it(desk: Desk) -> None:
    case = await desk.case()
    done, open_ = await a_task(desk, case, "Done"), await a_task(desk, case, "Open")
    await desk.agent.do("case_tasks.complete", done["id"])
    await desk.agent.do("cases.escalate", case["id"], reason="They called the press")
    later = await a_task(desk, case, "Later")
    flags = {row["id"]: bool(row["escalated_at"]) for row in await desk.admin.list("case_tasks")}
    assert flags == {done["id"]: False, open_["id"]: True, later["id"]: True}
    await desk.agent.do("cases.deescalate", case["id"])
    assert (await desk.stored(case))["escalated_at"] is None
    assert all(row["escalated_at"] is None for row in await desk.admin.list("case_tasks"))


async def test_one_answer_tells_what_a_case_hangs_together_with(desk: Desk) -> None:
    net = Network(desk.tenant)
    store = await net.place(await net.organization("North"), "Main Street", city="Berlin")
    await net.serve(desk.account, store)
    group = await desk.admin.do("groups.create", name="Line repair")
    case = await desk.case()
    await desk.agent.do(
        "cases.assign", case["id"], assigned_to_id=str(desk.agent.profile_id),
        assignment_group_id=str(group["id"]),
    )  # fmt: skip
    measure, repair = await a_task(desk, case, "Measure"), await a_task(desk, case, "Repair")
    splice = await a_task(desk, case, "Splice", parent_id=repair["id"])
    await wait_for(desk, repair, measure)
    told = await desk.agent.do("cases.structure", case["id"])
    assert told.assigned_to.id == desk.agent.profile_id
    assert told.service_organization.name == "North"
    assert (told.business_location.name, told.business_location.city) == ("Main Street", "Berlin")
    assert told.sold_product.serial_number == "R7-0001"
    assert [branch.subject for branch in told.tasks] == ["Measure", "Repair"]
    first, second = told.tasks
    assert (first.blocked_by, second.blocked_by) == ([], [measure["id"]])
    assert [part.subject for part in second.tasks] == ["Splice"]
    assert (second.tasks[0].id, second.tasks[0].blocked_by) == (splice["id"], [measure["id"]])


async def test_customers_see_of_the_structure_what_they_see_elsewhere(desk: Desk) -> None:
    case = await desk.case()
    await a_task(desk, case, "Internal work")
    told = await desk.contact.do("cases.structure", case["id"])
    assert (told.tasks, told.assigned_to, told.group) == ([], None, None)
    assert same(told.sold_product.id, desk.router["id"])


# ── The rule itself ──────────────────────────────────────────────────────────────────────────

_LINKS = st.lists(
    st.tuples(st.sampled_from(["parent", "depends"]), st.integers(0, 5), st.integers(0, 5)),
    max_size=14,
)


@given(_LINKS)
def test_whatever_is_accepted_can_be_finished(links: list[tuple[str, int, int]]) -> None:
    tree = tree_of((Node(UUID(int=n), None, False) for n in range(6)), ())
    for kind, one, other in links:
        grow = tree.with_parent if kind == "parent" else tree.with_dependency
        wanted = grow(UUID(int=one), UUID(int=other))
        if not wanted.is_circular():
            tree = wanted
    for _ in count():
        left = [node for node in tree.nodes.values() if not node.is_over]
        if not left:
            break
        ready = [n for n in left if not tree.blockers(n.id) and not tree.open_parts(n.id)]
        assert ready, "nothing can be finished any more"
        tree = finished(tree, ready[0].id)


@given(_LINKS)
def test_whatever_is_refused_could_never_be_finished(links: list[tuple[str, int, int]]) -> None:
    tree = tree_of((Node(UUID(int=n), None, False) for n in range(6)), ())
    for kind, one, other in links:
        grow = tree.with_parent if kind == "parent" else tree.with_dependency
        tree = grow(UUID(int=one), UUID(int=other))
        if tree.is_circular():
            break
    else:
        return
    while True:
        left = [node for node in tree.nodes.values() if not node.is_over]
        ready = [n for n in left if not tree.blockers(n.id) and not tree.open_parts(n.id)]
        if not ready:
            break
        tree = finished(tree, ready[0].id)
    assert left


def finished(tree: Tree, task_id: UUID) -> Tree:
    """The tree once the task is over."""
    node = tree.nodes[task_id]
    nodes = {**tree.nodes, task_id: Node(node.id, node.parent_id, True)}
    return Tree(nodes, tree.dependencies)
