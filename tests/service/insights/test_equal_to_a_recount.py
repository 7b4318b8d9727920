"""Whatever happens to cases, in whatever order, and whenever marks are taken between: the figures
are what a count of the cases themselves would say."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.service.insights import counting_queries as queries
from infra.kernel.errors import Conflict, Invalid, NotFound
from tests.service.desk import Desk, a_desk
from tests.service.insights.counting import ask, count_behind, execute, fold, recounted, wrong
from tests.world import World

BYS = ("group", "agent", "case_type", "channel", "product_model", "account", "priority")
VERBS = (
    "open", "draft", "start", "resolve", "close", "reopen", "cancel", "rate", "assign", "team",
    "unassign", "retype", "reprioritise", "duplicate", "backdate", "breach", "answer", "move",
    "erase", "fold", "part",
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

    async def erase(self, case: Any) -> None:
        await self._sql("UPDATE cases SET contact_id = NULL, account_id = NULL", case)

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


async def everything(desk: Desk) -> list[Any]:
    """All that may be told, by whatever it is divided."""
    return [await ask(desk.admin, by=by, span="90d") for by in BYS]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_figures_are_what_a_recount_says_at_any_moment(
    world: World, steps: list[tuple[str, int]]
) -> None:
    history = await begun(world)
    desk = history.desk
    for verb, number in steps:
        await history.happen(verb, number)
    live = await everything(desk)
    for measure in live[0].measures:
        if measure.unit == "cases" and measure.link:
            assert await count_behind(desk.admin, measure.link) == measure.value, measure
    assert await wrong(desk.tenant) == []
    await fold(desk.tenant)
    assert await wrong(desk.tenant) == []
    assert await everything(desk) == live
    await recounted(desk.tenant)
    assert await everything(desk) == live
