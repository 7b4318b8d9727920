"""Two cases about one thing become one, with all that was said; and two again."""

from typing import Any

import pytest

from backend.platform.merging.errors import MergedAlready
from backend.platform.merging.queries import references_to
from backend.service.cases.errors import CaseMergedAlready, CaseNotMerged, CaseNotOpen
from backend.service.cases.joining import STAY
from infra.kernel.errors import Forbidden, Invalid, Stale
from tests.platform.test_merging import bytes_of
from tests.service.desk import Desk, same
from tests.service.test_drawing_units import pool_of, stands

MOVED = {
    "activity_entries", "attachments", "case_articles", "case_tasks", "case_watchers", "cases",
    "catalog_requests", "external_ids", "held_responsibilities", "interactions", "legal_holds",
    "messages", "notifications", "outbound_mails", "related_parties", "subject_requests",
}  # fmt: skip


async def merged(desk: Desk, into: dict[str, Any], *others: dict[str, Any], **more: Any) -> Any:
    return await desk.agent.do(
        "cases.merge", into["id"], **{"from": [str(one["id"]) for one in others]}, **more
    )


async def words(desk: Desk, case: dict[str, Any]) -> set[str]:
    return {row["body"] for row in await desk.stream(case, desk.contact) if row["body"]}


async def test_everything_that_names_a_case_goes_along_or_stays(desk: Desk) -> None:
    async with desk.tenant.world.services.system(desk.tenant.id, reason="test") as ctx:
        named = {reference.table for reference in await references_to(ctx, "cases")}
    assert named - STAY == MOVED


async def test_what_was_said_in_one_is_read_in_the_other_which_the_customer_is_told(
    desk: Desk,
) -> None:
    first, second = await desk.case(), await desk.case(subject="Router is dark")
    await desk.contact.do("cases.comment", first["id"], body="Since nine")
    await desk.contact.do("cases.comment", second["id"], body="The fuse is fine")
    task = await desk.agent.do(
        "case_tasks.create", case_id=str(second["id"]), subject="Call the provider"
    )
    plan = await merged(desk, first, second)
    assert plan.merged_ids == [second["id"]]
    assert await words(desk, first) >= {"Since nine", "The fuse is fine"}
    assert same((await desk.admin.read("case_tasks", task["id"]))["case_id"], first["id"])
    over = await desk.contact.read("cases", second["id"])
    assert (over["state"], over["resolution_code"]) == ("closed", "merged")
    assert same(over["merged_into_id"], first["id"])
    assert (await desk.stored(first))["state"] == "new"
    found = await desk.agent.list("cases", q=second["number"])
    assert second["number"] in [row["number"] for row in found]


async def test_tasks_that_wait_for_each_other_go_together(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case()
    one, two = [
        await desk.agent.do("case_tasks.create", case_id=str(second["id"]), subject=name)
        for name in ("Measure", "Replace")
    ]
    await desk.agent.do(
        "case_task_dependencies.create", task_id=str(two["id"]), depends_on_id=str(one["id"])
    )
    await merged(desk, first, second)
    (link,) = await desk.admin.list("case_task_dependencies")
    assert same(link["case_id"], first["id"])
    await desk.agent.do("cases.unmerge", second["id"])
    (link,) = await desk.admin.list("case_task_dependencies")
    assert same(link["case_id"], second["id"])


async def test_clocks_and_units_of_the_merged_case_end_without_a_verdict(desk: Desk) -> None:
    pool = await pool_of(desk, "5")
    first, second = await desk.case(), await desk.case()
    assert await stands(desk, pool) == (3, 2)
    await merged(desk, first, second)
    assert await stands(desk, pool) == (4, 1)
    assert {c["state"] for c in (await desk.clocks(second)).values()} == {"cancelled"}
    assert {c["state"] for c in (await desk.clocks(first)).values()} == {"running"}


async def test_a_merged_case_leaves_the_queue_and_asks_for_no_opinion(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case()
    await desk.tenant.world.work(desk.tenant)
    await merged(desk, first, second)
    await desk.tenant.world.work(desk.tenant)
    items = {str(r["record_id"]): r["state"] for r in await desk.admin.list("work_items")}
    assert items[str(second["id"])] == "completed"
    assert items[str(first["id"])] == "queued"
    await desk.agent.do("cases.unmerge", second["id"])
    await desk.tenant.world.work(desk.tenant)
    items = {str(r["record_id"]): r["state"] for r in await desk.admin.list("work_items")}
    assert items[str(second["id"])] == "queued"


async def test_undoing_gives_both_cases_back_what_was_theirs(desk: Desk) -> None:
    pool = await pool_of(desk, "5")
    first, second = await desk.case(), await desk.case()
    child = await desk.agent.do("cases.create", subject="Part", parent_id=str(second["id"]))
    for case, body in ((first, "Since nine"), (second, "The fuse is fine")):
        await desk.contact.do("cases.comment", case["id"], body=body)
    before = {
        table: rows
        for table, rows in (await bytes_of(desk.tenant.world, desk.tenant)).items()
        if table in {"cases", "case_tasks", "task_slas", "messages", "case_watchers"}
    }
    await merged(desk, first, second)
    assert same((await desk.stored(child))["parent_id"], first["id"])
    await desk.contact.do("cases.comment", first["id"], body="Any news?")
    await desk.agent.do("cases.unmerge", second["id"])
    await desk.tenant.world.work(desk.tenant)
    after = await bytes_of(desk.tenant.world, desk.tenant)
    told = {str(row) for row in after["task_slas"]}
    assert {str(row) for row in before["task_slas"]} == told
    assert await words(desk, second) == {"The fuse is fine"}
    assert await words(desk, first) == {"Since nine", "Any news?"}
    again = await desk.stored(second)
    assert (again["state"], again["merged_into_id"]) == ("new", None)
    assert again["entitlement_status"] == "verified"
    assert await stands(desk, pool) == (3, 2)
    with pytest.raises(CaseNotMerged):
        await desk.agent.do("cases.unmerge", second["id"])


async def test_nobody_reads_what_another_person_said_by_a_merge(desk: Desk) -> None:
    colleague = await desk.tenant.contact(desk.account, name="Cora Colleague")
    theirs = await colleague.do("cases.create", subject="My own trouble")
    mine = await desk.case()
    with pytest.raises(Invalid) as refused:
        await merged(desk, mine, theirs)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/from/0", "other_customer")]
    assert (await desk.stored(theirs))["state"] == "new"
    with pytest.raises(Forbidden):
        await desk.contact.do("cases.merge", mine["id"], **{"from": [str(theirs["id"])]})


async def test_a_merged_case_takes_no_verb_and_is_merged_once(desk: Desk) -> None:
    first, second, third = [await desk.case() for _ in range(3)]
    await merged(desk, first, second)
    for verb, body in (("comment", {"body": "Hello?"}), ("reopen", {})):
        with pytest.raises(CaseMergedAlready):
            await desk.agent.do(f"cases.{verb}", second["id"], **body)
    with pytest.raises(MergedAlready):
        await merged(desk, third, second)
    await desk.agent.do("cases.cancel", third["id"])
    with pytest.raises(CaseNotOpen):
        await merged(desk, first, third)


async def test_a_merge_of_what_has_changed_since_it_was_read_is_refused(desk: Desk) -> None:
    first, second = await desk.case(), await desk.case()
    seen = (await desk.stored(second))["version"]
    await desk.agent.do("cases.start", second["id"])
    with pytest.raises(Stale):
        await merged(desk, first, second, versions={str(second["id"]): seen})
    plan = await merged(desk, first, second, dry_run=True)
    assert plan.merge_id is None
    assert (await desk.stored(second))["merged_into_id"] is None
