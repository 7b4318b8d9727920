"""What a change of access would do, before it is saved: who gains and who loses which records.

The proposed changes run as the actions they are, inside a transaction that is never committed. What
each concerned profile reaches is read before and after; ways that the change leaves alone are left
out on both sides, so that a manager who sees a million cases costs nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict

from backend.platform.responsibilities import queries
from backend.platform.responsibilities.concerned import Watching, concerned, shapes_access
from infra.kernel.access import Caller, Plan, Way
from infra.kernel.database import Connection
from infra.kernel.errors import BadRequest, Fault, Forbidden, Invalid, Problem
from infra.kernel.holding import is_held
from infra.kernel.paths import PathCompiler
from infra.kernel.performing import perform_in
from infra.kernel.resource import Beneath, Everything, Readable, Resource, Through
from infra.kernel.services import Services
from infra.kernel.sql import Parameters, Slot, Statement
from tenants.signin.bearers import caller_of
from tenants.signin.queries import load_profiles

CHANGES_MOST = 500
PROFILES_MOST = 500
ROWS_MOST = 10_000
TOLD_MOST = 1_000
Word = Annotated[str, MinLen(1), MaxLen(100)]


class Change(BaseModel):
    """One action as it would be asked of the API: `create`, `update`, `delete` or another verb."""

    model_config = ConfigDict(extra="forbid")

    collection: Word
    op: Word
    id: Annotated[str, MaxLen(40)] | None = None
    body: dict[str, Any] = {}


class Proposal(BaseModel):
    """Changes to try together, and the verb whose reach is compared."""

    model_config = ConfigDict(extra="forbid")

    changes: Annotated[list[Change], MinLen(1), MaxLen(CHANGES_MOST)]
    verb: Word = "read"


class Effect(BaseModel):
    """One person's gain or loss of one record."""

    profile_id: UUID
    name: str
    resource: str
    record_id: UUID


class AccessPreview(BaseModel):
    """Who gains and loses what; `truncated` where there is more than is told."""

    profiles: int
    gained: int
    lost: int
    gains: list[Effect]
    losses: list[Effect]
    truncated: bool


Pair = tuple[UUID, str, UUID]
"""(profile, resource, record)."""


@dataclass
class _Reach:
    """What of the rows that the change may touch is reached, before or after."""

    pairs: set[Pair] = field(default_factory=set)
    truncated: bool = False


@dataclass(frozen=True)
class _Question:
    """One profile's ways to one resource: those that stay, and those that were and will be."""

    profile_id: UUID
    resource: Resource
    stable: tuple[Way, ...]
    before: tuple[Way, ...]
    after: tuple[Way, ...]
    callers: tuple[Caller, Caller]


class _Undone(Exception):
    """Carries the answer out of the transaction, which falls back with it."""

    def __init__(self, answer: AccessPreview) -> None:
        super().__init__("nothing of it is kept")
        self.answer = answer


async def preview(services: Services, caller: Caller, proposal: Proposal) -> AccessPreview:
    """Try the changes and tell their effect; nothing of them is kept. Raises Forbidden for whoever
    does not administer the tenant, and as the actions themselves do, every fault named."""
    if "admin" not in caller.roles and not caller.is_system:
        raise Forbidden("only an admin may look at others' access")

    async def work(connection: Connection, caller: Caller) -> AccessPreview:
        ctx = Watching(services, connection, caller, action="access.preview")
        answer = await effect(ctx, lambda: _try(ctx, proposal.changes), proposal.verb)
        raise _Undone(answer)

    try:
        return await services.transact(caller, work)
    except _Undone as undone:
        return undone.answer


async def effect(ctx: Watching, attempt: Callable[[], Awaitable[None]], verb: str) -> AccessPreview:
    """What the attempt gives and takes. It is made three times and undone three times: to see
    whom it concerns, how they will be, and what they will reach."""
    await ctx.execute("SAVEPOINT proposed")
    await attempt()
    touched = list(ctx.touched)
    everybody = await concerned(ctx, touched)
    await ctx.execute("ROLLBACK TO SAVEPOINT proposed")
    # Asked on both sides: whoever holds nothing any more is found only before.
    everybody |= await concerned(ctx, touched)
    chosen = sorted(everybody)[:PROFILES_MOST]
    before = await _callers(ctx, chosen)
    await attempt()
    after = await _callers(ctx, chosen)
    await ctx.execute("ROLLBACK TO SAVEPOINT proposed")
    questions = _questions(ctx.services, before, after, verb)
    old = await _reach(ctx, ctx.services, questions, 0)
    await attempt()
    new = await _reach(ctx, ctx.services, questions, 1)
    names = await queries.people_named(ctx, chosen)
    await ctx.execute("ROLLBACK TO SAVEPOINT proposed; RELEASE SAVEPOINT proposed")
    gained, lost = new.pairs - old.pairs, old.pairs - new.pairs
    more = len(everybody) > PROFILES_MOST or old.truncated or new.truncated
    return AccessPreview(
        profiles=len({profile for profile, _, _ in gained | lost}),
        gained=len(gained),
        lost=len(lost),
        gains=_told(gained, names),
        losses=_told(lost, names),
        truncated=more or max(len(gained), len(lost)) > TOLD_MOST,
    )


async def _try(ctx: Watching, changes: Sequence[Change]) -> None:
    """Run the changes in their order; raises with each fault's pointer led by its change's."""
    ctx.touched.clear()
    for index, change in enumerate(changes):
        before = len(ctx.touched)
        pointer = f"/changes/{index}"
        body = None if change.op == "delete" else change.body
        asked = perform_in(ctx, f"{change.collection}.{change.op}", record_id=change.id, body=body)
        await _placed(asked, pointer)
        if not shapes_access(ctx.touched[before:]):
            message = "changes no role, group, profile or responsibility: not previewed"
            raise Invalid([Fault(pointer, "no_access", message)])


async def _placed(asked: Awaitable[Any], pointer: str) -> None:
    try:
        await asked
    except (Invalid, BadRequest) as refused:
        body = f"{pointer}/body"
        raise Invalid(
            [Fault(f"{body}{fault.pointer}", fault.code, fault.message) for fault in refused.faults]
        ) from None
    except Problem as refused:
        raise Invalid([Fault(pointer, refused.type, str(refused))]) from None


async def _callers(ctx: Watching, profiles: Iterable[UUID]) -> dict[UUID, Caller]:
    facts = await load_profiles(ctx, profiles)
    registry = ctx.services.registry
    return {
        profile: caller_of(ctx.tenant_id, profile, told, registry, invited=True)
        for profile, told in facts.items()
        if told["profile"]["state"] == "active" and told["user"]["state"] in {"active", "invited"}
    }


def _questions(
    services: Services, before: Mapping[UUID, Caller], after: Mapping[UUID, Caller], verb: str
) -> list[_Question]:
    """Where the change may make a difference: ways that come, go, or begin at what is held."""
    found = []
    for profile in sorted(before.keys() | after.keys()):
        nobody = _nobody(before.get(profile) or after[profile])
        callers = (before.get(profile, nobody), after.get(profile, nobody))
        for resource in services.registry.resources.values():
            ways = tuple(_ways(services.plans.of(who, resource), verb) for who in callers)
            stable = tuple(w for w in ways[0] if w in ways[1] and _stays(w, callers))
            if any(way.is_total for way in stable):
                continue
            moved = tuple(tuple(w for w in side if w not in stable) for side in ways)
            if any(moved):
                found.append(_Question(profile, resource, stable, moved[0], moved[1], callers))
    return found


def _nobody(known: Caller) -> Caller:
    """Whoever is not let in on one side: reaches nothing there."""
    return Caller(known.tenant_id, known.audience, attributes=known.attributes)


def _stays(way: Way, callers: tuple[Caller, Caller]) -> bool:
    """Whether the way leads to the same rows on both sides, none of the holds being asked."""
    path = way.path
    while isinstance(path, (Through, Beneath)):
        path = path.inner
    if isinstance(path, (Everything, Readable)):
        return True
    before, after = (caller.attributes.get(path.attribute) for caller in callers)
    return before == after and not is_held(way.path)


def _ways(plan: Plan, verb: str) -> tuple[Way, ...]:
    return plan.by(verb) if plan.view is not None else ()


async def _reach(
    ctx: Watching, services: Services, questions: Iterable[_Question], side: int
) -> _Reach:
    """The rows reached on one side by ways that move, unless one that stays reaches them too."""
    found = _Reach()
    for question in questions:
        ways = question.after if side else question.before
        if not ways:
            continue
        statement = _statement(services, question, ways)
        slots = {"tenant_id": ctx.tenant_id}
        values = statement.values(question.callers[side].attributes, slots)
        rows = await ctx.fetch(statement.text, *values)
        found.truncated |= len(rows) > ROWS_MOST
        name = question.resource.name
        found.pairs |= {(question.profile_id, name, row["id"]) for row in rows[:ROWS_MOST]}
    return found


def _statement(services: Services, question: _Question, ways: Sequence[Way]) -> Statement:
    parameters = Parameters()
    compiler = PathCompiler(services.registry, parameters)
    tenant = parameters.add(Slot("tenant_id"))
    reached = " OR ".join(f"({compiler.way(way, 'c')})" for way in ways)
    stable = " OR ".join(f"({compiler.way(way, 'c')})" for way in question.stable)
    rest = f" AND ({stable}) IS NOT TRUE" if stable else ""
    text = (
        f'SELECT c.id FROM "{question.resource.table}" c WHERE c.tenant_id = {tenant} '
        f"AND ({reached}){rest} ORDER BY c.id LIMIT {ROWS_MOST + 1}"
    )
    return Statement(text, tuple(parameters.tokens))


def _told(pairs: Iterable[Pair], names: Mapping[UUID, str]) -> list[Effect]:
    return [
        Effect(profile_id=profile, name=names.get(profile, ""), resource=name, record_id=record)
        for profile, name, record in sorted(pairs)[:TOLD_MOST]
    ]
