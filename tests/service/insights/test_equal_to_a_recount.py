"""Whatever happens to cases, in whatever order, and whenever marks are taken between: the figures
are what a count of the cases themselves would say."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asyncpg import ForeignKeyViolationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.platform.privacy.jobs import answer
from backend.service.insights import counting_queries as queries
from backend.service.insights.figures import Figures
from infra.kernel.errors import Conflict, Invalid, NotFound
from tests.service.desk import Desk, a_desk
from tests.service.insights.counting import (
    ask,
    count_behind,
    execute,
    fold,
    recounted,
    rows,
    said,
    wrong,
)
from tests.world import World

BYS = ("group", "agent", "case_type", "channel", "product_model", "account", "priority")
VERBS = (
    "open", "draft", "start", "resolve", "close", "reopen", "cancel", "rate", "assign", "team",
    "unassign", "retype", "reprioritise", "duplicate", "backdate", "breach", "answer", "move",
    "merge", "unmerge", "delete", "fold", "part",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3)), min_size=4, max_size=14)


@dataclass
class History:
    """Cases of a desk, and what may happen to them."""

    desk: Desk
    group: Any
    kind: Any
    other: Any
    survey: Any
    cases: list[Any] = field(default_factory=list)

    async def happen(self, verb: str, number: int) -> None:
        if verb in {"open", "draft"} or not self.cases:
            self.cases.append(await self.desk.case(draft=verb == "draft"))
            return
        if verb == "fold":
            await fold(self.desk.tenant)
            return
        case = self.cases[number % len(self.cases)]["id"]
        try:
            await getattr(self, verb)(case)
        except (Conflict, Invalid, NotFound):
            return  # the state did not allow it: nothing happened

    async def start(self, case: Any) -> None:
        await self.desk.agent.do("cases.start", case)

    async def resolve(self, case: Any) -> None:
        await self.desk.agent.do("cases.resolve", case, resolution="Done")

    async def close(self, case: Any) -> None:
        await self.desk.agent.do("cases.close", case)

    async def reopen(self, case: Any) -> None:
        await self.desk.agent.do("cases.reopen", case)

    async def cancel(self, case: Any) -> None:
        await self.desk.agent.do("cases.cancel", case)

    async def rate(self, case: Any) -> None:
        await self.desk.contact.do("cases.rate", case, rating=4)

    async def assign(self, case: Any) -> None:
        await self.desk.agent.do(
            "cases.assign", case, assigned_to_id=str(self.desk.agent.profile_id)
        )

    async def team(self, case: Any) -> None:
        group_id = str(self.group["id"])
        await self.desk.agent.do("cases.assign", case, assignment_group_id=group_id)

    async def unassign(self, case: Any) -> None:
        await self.desk.agent.do("cases.assign", case)

    async def retype(self, case: Any) -> None:
        await self.desk.admin.do("cases.update", case, case_type_id=str(self.kind["id"]))

    async def reprioritise(self, case: Any) -> None:
        await self.desk.admin.do("cases.update", case, priority=1)

    async def duplicate(self, case: Any) -> None:
        await self.desk.agent.do("cases.mark_duplicate", case, of=str(self.cases[0]["id"]))

    async def backdate(self, case: Any) -> None:
        await self._sql("UPDATE cases SET opened_at = opened_at - interval '45 days'", case)

    async def move(self, case: Any) -> None:
        """As a merger of companies does."""
        await self._sql(
            f"UPDATE cases SET account_id = '{self.other['id']}', contact_id = NULL", case
        )

    async def breach(self, case: Any) -> None:
        await execute(
            self.desk.tenant,
            """UPDATE task_slas SET state = 'breached', breached_at = now()
                WHERE tenant_id = $1 AND record_id = $2 AND state = 'running'""",
            case,
        )

    async def answer(self, case: Any) -> None:
        invitation = "gen_random_uuid()"
        await execute(
            self.desk.tenant,
            f"""WITH asked AS (INSERT INTO survey_invitations (tenant_id, id, survey_id, case_id,
                    round, state, created_at, updated_at)
                  SELECT $1, {invitation}, $3, $2, count(*), 'answered', now(), now()
                    FROM survey_invitations WHERE tenant_id = $1 AND case_id = $2 RETURNING id)
                INSERT INTO survey_answers (tenant_id, id, invitation_id, survey_id, case_id, score,
                    answers, door, created_at, updated_at)
                SELECT $1, gen_random_uuid(), id, $3, $2, 2, '{{}}', 'link', now(), now()
                  FROM asked""",
            case,
            UUID(str(self.survey["id"])),
        )

    async def merge(self, case: Any) -> None:
        others = [each["id"] for each in self.cases if each["id"] != case][:1]
        if others:
            await self.desk.agent.do("cases.merge", case, **{"from": [str(others[0])]})

    async def unmerge(self, case: Any) -> None:
        for each in self.cases:
            if (await self.desk.stored(each))["merged_into_id"] is not None:
                await self.desk.agent.do("cases.unmerge", each["id"])
                return

    async def delete(self, case: Any) -> None:
        """As an operator does who takes a case out altogether; what others name stays."""
        with suppress(ForeignKeyViolationError):
            await execute(
                self.desk.tenant,
                """WITH
                     uses AS (DELETE FROM entitlement_uses WHERE tenant_id = $1 AND case_id = $2),
                     clocks AS (DELETE FROM task_slas WHERE tenant_id = $1 AND record_id = $2),
                     tasks AS (DELETE FROM case_tasks WHERE tenant_id = $1 AND case_id = $2)
                   DELETE FROM cases WHERE tenant_id = $1 AND id = $2""",
                case,
            )
            self.cases = [each for each in self.cases if each["id"] != case]

    async def part(self, case: Any) -> None:
        """A few marks are taken, others stay."""
        async with self.desk.tenant.world.services.system(self.desk.tenant.id, reason="t") as ctx:
            assert await queries.hold_head(ctx)
            await queries.fold(ctx, 2)

    async def _sql(self, statement: str, case: Any) -> None:
        await execute(self.desk.tenant, f"{statement} WHERE tenant_id = $1 AND id = $2", case)


async def begun(world: World) -> History:
    desk = await a_desk(await world.tenant())
    return History(
        desk,
        await desk.admin.do("groups.create", name="Second line"),
        await desk.admin.do("case_types.create", key="fault", name="Fault"),
        await desk.tenant.account("Orchard Clinic"),
        await desk.admin.do("surveys.create", name="After", title="How was it?", active=False),
    )


def questions_of(history: History) -> list[dict[str, Any]]:
    """By whatever figures are divided, and narrowed by several things at once."""
    agent, account = str(history.desk.agent.profile_id), str(history.desk.account["id"])
    return [
        *({"by": by} for by in BYS),
        {"channel": "portal", "priority": 3, "by": "case_type"},
        {"group": str(history.group["id"]), "channel": "portal", "product_model": "none"},
        {"group": "none", "case_type": "none", "priority": 1, "by": "priority"},
        {"agent": agent, "channel": "portal"},
        {"agent": "none", "account": account, "by": "agent"},
        {"account": account, "case_type": str(history.kind["id"]), "by": "channel"},
        {"channel": "portal", "by": "agent"},
        {"priority": 3, "by": "account"},
    ]


async def is_equal_to_a_recount(history: History, numbers: Iterable[int]) -> None:
    """Before marks are taken, after it, and counted from nothing; and so are the lists behind."""
    desk, questions = history.desk, questions_of(history)
    chosen = [questions[number] for number in sorted(numbers)]
    live = [await ask(desk.admin, span="90d", **question) for question in chosen]
    await is_told_alike_case_by_case(desk)
    for measure in (measure for figures in live for measure in figures.measures):
        if measure.unit in {"cases", "promises", "answers"} and measure.link:
            assert await count_behind(desk.admin, measure.link) == measure.value, measure
    assert await wrong(desk.tenant) == []
    await fold(desk.tenant)
    assert await wrong(desk.tenant) == []
    assert [await ask(desk.admin, span="90d", **question) for question in chosen] == live
    await recounted(desk.tenant)
    assert [await ask(desk.admin, span="90d", **question) for question in chosen] == live


async def is_told_alike_case_by_case(desk: Desk) -> None:
    """All cases came in by one channel: narrowed to it, figures are read from the cases one by one,
    and are the same as those that are read from sums."""
    agent = str(desk.agent.profile_id)
    for question in ({"by": "agent"}, {"by": "account"}, {"agent": agent}, {"agent": "none"}):
        summed = await ask(desk.admin, span="90d", **question)
        one_by_one = await ask(desk.admin, span="90d", channel="portal", **question)
        assert (said(one_by_one), rows(one_by_one)) == (said(summed), rows(summed))
        assert (one_by_one.line, _ages(one_by_one)) == (summed.line, _ages(summed))


def _ages(figures: Figures) -> list[int]:
    return [age.open for age in figures.ages]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, numbers=st.sets(st.integers(0, 14), min_size=3, max_size=4))
async def test_figures_are_what_a_recount_says_at_any_moment(
    world: World, steps: list[tuple[str, int]], numbers: set[int]
) -> None:
    history = await begun(world)
    for verb, number in steps:
        await history.happen(verb, number)
    await is_equal_to_a_recount(history, numbers)


async def test_figures_stay_what_they_are_when_a_customer_is_erased(world: World) -> None:
    history = await begun(world)
    for verb in ("open", "start", "resolve", "rate", "answer", "open"):
        await history.happen(verb, 0)
    await fold(history.desk.tenant)
    before = await ask(history.desk.admin)
    tenant = history.desk.tenant
    made = await tenant.admin.do(
        "subject_requests.create", kind="erasure", subject_kind="contacts",
        subject_id=history.desk.contact_id,
    )  # fmt: skip
    told = await tenant.admin.do("subject_requests.start", made["id"])
    while told["state"] == "running":
        async with world.services.system(tenant.id, reason="test") as ctx:
            await answer(ctx, request_id=UUID(str(made["id"])))
        told = await tenant.admin.read("subject_requests", made["id"])
    assert told["state"] == "done"
    assert (await ask(history.desk.admin)).measures == before.measures
    await is_equal_to_a_recount(history, (0, 1, 5, 8, 11, 12))
