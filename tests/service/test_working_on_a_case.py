"""A case's way: taken, talked about, waited on, resolved, reopened, rated."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.platform.activity.entries import Author
from backend.platform.activity.models import AuthorKind
from backend.service.cases.actions.talk import receive
from backend.service.cases.errors import (
    CaseAlreadyRated,
    CaseNotDraft,
    CaseNotOpen,
    CaseNotResolved,
    CaseOver,
    CaseTaskOver,
)
from backend.service.cases.resources import cases
from infra.kernel.errors import Forbidden, Invalid, NotFound
from tests.service.desk import Desk


async def test_whoever_starts_a_case_has_it(desk: Desk) -> None:
    case = await desk.case()
    told = await desk.agent.do("cases.start", case["id"])
    assert (told["state"], told["assigned_to_id"]) == ("in_progress", desk.agent.profile_id)


async def test_a_case_is_given_to_staff_only(desk: Desk) -> None:
    case = await desk.case()
    with pytest.raises(Invalid) as refused:
        await desk.admin.do("cases.assign", case["id"], assigned_to_id=str(desk.contact.profile_id))
    assert [fault.pointer for fault in refused.value.faults] == ["/assigned_to_id"]
    told = await desk.admin.do(
        "cases.assign", case["id"], assigned_to_id=str(desk.agent.profile_id)
    )
    assert (told["state"], told["assigned_to_id"]) == ("new", desk.agent.profile_id)


async def test_the_first_public_words_of_staff_stop_the_response_clock(desk: Desk) -> None:
    case = await desk.case()
    await desk.contact.do("cases.comment", case["id"], body="Hello?")
    await desk.agent.do("cases.note", case["id"], body="Looks like the fuse")
    assert (await desk.clocks(case))["response"]["state"] == "running"
    await desk.agent.do("cases.comment", case["id"], body="We are on it")
    clocks = await desk.clocks(case)
    assert (clocks["response"]["state"], clocks["resolution"]["state"]) == ("met", "running")
    first = (await desk.stored(case))["first_responded_at"]
    await desk.agent.do("cases.comment", case["id"], body="Nearly there")
    assert (await desk.stored(case))["first_responded_at"] == first


async def test_waiting_for_the_customer_holds_the_clocks_until_they_answer(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.start", case["id"])
    told = await desk.agent.do("cases.wait", case["id"])
    assert told["state"] == "waiting_customer"
    assert {c["state"] for c in (await desk.clocks(case)).values()} == {"paused"}
    await desk.contact.do("cases.comment", case["id"], body="Here is the serial number")
    clocks = await desk.clocks(case)
    assert {c["state"] for c in clocks.values()} == {"running"}
    assert len(clocks["resolution"]["pauses"]) == 1
    after = await desk.stored(case)
    assert (after["state"], after["due_at"]) == ("in_progress", clocks["resolution"]["due_at"])


async def test_waiting_for_somebody_inside_stops_no_clock(desk: Desk) -> None:
    case = await desk.case()
    told = await desk.agent.do("cases.wait", case["id"], on="internal")
    assert told["state"] == "waiting_internal"
    assert {c["state"] for c in (await desk.clocks(case)).values()} == {"running"}


async def test_a_resolution_keeps_both_promises_and_the_customer_reads_it(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do(
        "cases.resolve", case["id"], resolution="Changed the fuse", resolution_code="workaround"
    )
    seen = await desk.contact.read("cases", case["id"])
    assert (seen["state"], seen["resolution"]) == ("resolved", "Changed the fuse")
    assert {c["state"] for c in (await desk.clocks(case)).values()} == {"met"}


async def test_a_refused_verb_names_the_states_that_allow_it_and_changes_nothing(
    desk: Desk,
) -> None:
    case = await desk.case()
    with pytest.raises(CaseNotResolved) as refused:
        await desk.agent.do("cases.close", case["id"])
    assert "resolved" in refused.value.detail
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    before = await desk.stored(case)
    with pytest.raises(CaseNotOpen):
        await desk.agent.do("cases.resolve", case["id"], resolution="Done again")
    assert await desk.stored(case) == before
    await desk.contact.do("cases.close", case["id"])
    with pytest.raises(CaseOver):
        await desk.contact.do("cases.comment", case["id"], body="One more thing")


async def test_a_reopened_case_runs_on_and_may_be_rated_again(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.start", case["id"])
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    await desk.contact.do("cases.rate", case["id"], rating=2, comment="Not really")
    with pytest.raises(CaseAlreadyRated):
        await desk.contact.do("cases.rate", case["id"], rating=5)
    told = await desk.contact.do("cases.reopen", case["id"], reason="Dark again")
    assert (told["state"], told["reopened_count"], told["rating"]) == ("in_progress", 1, None)
    clocks = await desk.clocks(case)
    assert (clocks["response"]["state"], clocks["resolution"]["state"]) == ("met", "running")
    await desk.agent.do("cases.resolve", case["id"], resolution="New router")
    told = await desk.contact.do("cases.rate", case["id"], rating=5)
    assert told["rating"] == 5


async def test_only_the_customer_rates(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    with pytest.raises(Forbidden):
        await desk.agent.do("cases.rate", case["id"], rating=5)
    with pytest.raises(Invalid):
        await desk.contact.do("cases.rate", case["id"], rating=6)


async def test_a_withdrawn_case_owes_nothing(desk: Desk) -> None:
    case = await desk.case()
    told = await desk.contact.do("cases.cancel", case["id"], reason="Found it")
    assert told["state"] == "cancelled"
    assert {c["state"] for c in (await desk.clocks(case)).values()} == {"cancelled"}


async def test_customers_rewrite_drafts_only(desk: Desk) -> None:
    case = await desk.case()
    with pytest.raises(CaseNotDraft):
        await desk.contact.do("cases.update", case["id"], subject="Other words")


async def test_what_is_owed_follows_the_product(desk: Desk) -> None:
    case = await desk.agent.do("cases.create", subject="?", contact_id=desk.contact_id)
    assert case["entitlement_status"] == "none"
    told = await desk.agent.do(
        "cases.update", case["id"], sold_product_id=str(desk.router["id"]), priority=1
    )
    assert told["entitlement_status"] == "uncovered_channel"
    assert set(await desk.clocks(case)) == {"response", "resolution"}
    back = await desk.agent.do("cases.update", case["id"], sold_product_id=None)
    assert (back["entitlement_id"], back["contract_id"], back["product_model_id"]) == (None,) * 3


async def test_the_stream_tells_who_changed_the_state_and_when(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.start", case["id"])
    changes = [e for e in await desk.stream(case) if e["entry_type"] == "change"]
    assert [(e["details"]["verb"], e["author_kind"]) for e in changes] == [
        ("create", "customer"),
        ("start", "staff"),
    ]
    assert changes[1]["details"] == {"verb": "start", "from": "new", "to": "in_progress"}


async def test_a_breach_is_told_without_anybody_saving(desk: Desk) -> None:
    case = await desk.case()
    await go_back(desk, case, timedelta(hours=2))
    await desk.tenant.world.work(desk.tenant)
    clocks = await desk.clocks(case)
    assert clocks["response"]["state"] == "breached"
    assert clocks["response"]["breached_at"] == clocks["response"]["due_at"]
    assert clocks["resolution"]["state"] == "running"
    told = [e["body"] for e in await desk.stream(case) if e["entry_type"] == "system"]
    assert told == ["The time promised for the first answer is over."]
    await desk.tenant.world.work(desk.tenant)
    assert len([e for e in await desk.stream(case) if e["entry_type"] == "system"]) == 1


async def test_a_warning_comes_before_a_breach(desk: Desk) -> None:
    case = await desk.case()
    await go_back(desk, case, timedelta(minutes=50))
    await desk.tenant.world.work(desk.tenant)
    response = (await desk.clocks(case))["response"]
    assert (response["state"], response["breached_at"]) == ("running", None)
    assert response["warned_at"] is not None


async def go_back(desk: Desk, case: dict[str, object], by: timedelta) -> None:
    """As if the case had been opened that much earlier."""
    async with desk.tenant.world.services.database.transaction(desk.tenant.id) as connection:
        await connection.execute(
            """UPDATE task_slas SET started_at = started_at - $3::interval,
                 warn_at = warn_at - $3::interval, due_at = due_at - $3::interval
               WHERE tenant_id = $1 AND record_id = $2""",
            desk.tenant.id,
            UUID(str(case["id"])),
            by,
        )
        await connection.execute(
            """UPDATE jobs SET run_at = run_at - $2::interval
               WHERE tenant_id = $1 AND name = 'slas.fire'""",
            desk.tenant.id,
            by,
        )


async def test_case_tasks_go_to_the_back_office_and_come_back(desk: Desk) -> None:
    case = await desk.case()
    clerk = await desk.tenant.member("middle_office", name="Karl Clerk")
    task = await desk.agent.do(
        "case_tasks.create", case_id=str(case["id"]), subject="Check the invoice",
        assigned_to_id=str(clerk.profile_id),
    )  # fmt: skip
    assert task["number"].startswith("CTSK000")
    await clerk.do("case_tasks.start", task["id"])
    done = await clerk.do("case_tasks.complete", task["id"], outcome="It was right")
    assert (done["state"], done["outcome"]) == ("done", "It was right")
    assert isinstance(done["closed_at"], datetime | str)
    kinds = {row["kind"] for row in await desk.admin.list("tasks")}
    assert kinds == {"cases", "case_tasks"}
    with pytest.raises(CaseTaskOver, match="new, in_progress, waiting"):
        await clerk.do("case_tasks.complete", task["id"])
    other = await desk.agent.do("case_tasks.create", case_id=str(case["id"]), subject="Other")
    with pytest.raises(NotFound):
        await clerk.do("case_tasks.complete", other["id"])


async def test_a_task_of_a_case_has_its_own_promise(desk: Desk) -> None:
    case = await desk.case()
    await desk.admin.do(
        "sla_definitions.create", name="Back office", kind="case_tasks", resolution_minutes=60
    )
    task = await desk.agent.do("case_tasks.create", case_id=str(case["id"]), subject="Check")
    (clock,) = (await desk.clocks(task)).values()
    assert (clock["target"], clock["due_at"]) == ("resolution", task["due_at"])
    await desk.agent.do("case_tasks.complete", task["id"])
    assert (await desk.clocks(task))["resolution"]["state"] == "met"


async def test_words_by_another_door_take_a_resolved_case_up_again(desk: Desk) -> None:
    case = await desk.case()
    await desk.agent.do("cases.resolve", case["id"], resolution="Done")
    tenant = desk.tenant
    async with tenant.world.services.system(tenant.id, reason="mail") as ctx:
        row = await ctx.find(cases, case["id"], lock=True)
        author = Author(AuthorKind.CUSTOMER, "Maya", desk.contact.profile_id)
        await receive(ctx, row, "Still dark", author=author)
    told = await desk.stored(case)
    assert (told["state"], told["reopened_count"]) == ("new", 1)
    (mail,) = [e for e in await desk.stream(case, desk.contact) if e["entry_type"] == "email"]
    assert (mail["author_name"], mail["author_kind"]) == ("Maya", "customer")
    assert (await desk.clocks(case))["resolution"]["state"] == "running"
