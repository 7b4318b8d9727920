"""What a case is owed: who it belongs to, which entitlement holds, which clocks run."""

from dataclasses import dataclass, replace
from uuid import UUID

from backend.foundation.entitlements.rules import Candidate, Choice, Situation, choose
from backend.foundation.entitlements.terms import Gap, gaps
from backend.platform.calendars.resources import calendar_assignments
from backend.platform.calendars.rules import WorkingHours
from backend.platform.slas.choosing import (
    CALENDAR_ORDER,
    Asked,
    Promise,
    choose_calendar,
    choose_definition,
    promises_of,
)
from backend.platform.slas.models import Target, TaskSla
from backend.platform.slas.promises import follow, resolution_due
from backend.platform.slas.terms import Moments
from backend.service.cases.models import Case, CaseState, EntitlementStatus
from backend.service.cases.placing import place_case
from backend.service.cases.queries import Facts, facts_about
from backend.service.cases.rules import FINISHED, Parties, complete, customer_kind
from infra.kernel.context import Context
from infra.kernel.errors import Invalid

PARTY_COLUMNS = frozenset(Parties.__dataclass_fields__)
"""Columns of a case that decide what is owed."""


@dataclass(frozen=True)
class Coverage:
    """The choice, what it promises and what it does not cover, in which hours of support."""

    choice: Choice
    promises: tuple[Promise, ...]
    gaps: tuple[Gap, ...]
    hours: WorkingHours


def parties_of(case: Case) -> Parties:
    """What the case names."""
    return Parties(**{name: getattr(case, name) for name in PARTY_COLUMNS})


async def cover(ctx: Context, case: Case) -> Coverage:
    """Complete the case's parties and store the entitlement that holds; raises Invalid with every
    contradiction."""
    named = parties_of(case)
    facts = await facts_about(
        ctx,
        named,
        case.priority,
        place_id=case.business_location_id,
        group_id=case.assignment_group_id,
    )
    parties, faults = complete(named, facts.known)
    faults += place_case(case, facts)
    if faults:
        raise Invalid(faults)
    for name in PARTY_COLUMNS:
        setattr(case, name, getattr(parties, name))
    if case.is_new or "consumer_id" in case.changes():
        case.household_id = facts.household_id
    case.customer_kind = customer_kind(parties)
    choice = choose_as_opened(ctx, case, facts)
    if case.contract_id is None and choice.entitlement is not None:
        case.contract_id = choice.entitlement.contract_id
    case.entitlement_id = choice.entitlement.id if choice.entitlement else None
    held = choice.entitlement
    hours = facts.hours(held.calendar_id if held else None)
    found = gaps(held, case.channel.value, case.opened_at or ctx.now, hours) if held else ()
    case.entitlement_status = EntitlementStatus(found[0].reason if found else choice.status)
    case.entitlement_explanation = choice.explanation()
    return Coverage(choice, owed(case, held, facts), found, hours)


def choose_as_opened(ctx: Context, case: Case, facts: Facts) -> Choice:
    """What held on the day the case was opened, else what holds today; what it has it keeps."""
    was_draft = case.stored("state") is CaseState.DRAFT
    situation = replace(
        situation_of(ctx, case, facts),
        on=(ctx.now if was_draft or case.opened_at is None else case.opened_at).date(),
        held_id=None if was_draft else case.stored("entitlement_id"),
    )
    found = choose(facts.candidates, situation)
    if found.entitlement is not None or situation.on == ctx.now.date():
        return found
    return choose(facts.candidates, replace(situation, on=ctx.now.date()))


def situation_of(ctx: Context, case: Case, facts: Facts) -> Situation:
    """The case as the choice of an entitlement sees it; what a business between is owed holds for
    its own customers and employees too, where it has agreed on that."""
    between = case.intermediary_account_id if facts.known.link_is_entitled else None
    return Situation(
        on=ctx.now.date(),
        channel=case.channel.value,
        asset_id=case.asset_id,
        sold_product_id=case.sold_product_id,
        product_model_id=case.product_model_id,
        contract_id=case.contract_id,
        account_id=case.account_id or between,
        consumer_id=case.consumer_id,
        location_id=facts.location_id,
        product_contract_id=facts.known.product.contract_id if facts.known.product else None,
    )


def owed(case: Case, held: Candidate | None, facts: Facts) -> tuple[Promise, ...]:
    """A promise per target: the entitlement's own minutes and hours, else the house's rule."""
    rule = choose_definition(facts.definitions, asked_of(case, held.tier if held else None))
    own = (held.calendar_id if held else None) or (rule.calendar_id if rule else None)
    order = rule.calendar_order if rule else CALENDAR_ORDER
    calendar_id = choose_calendar(order, {**facts.assigned, "own": own})
    minutes: dict[str, int | None] = {
        Target.RESPONSE: held.response_minutes if held else None,
        Target.RESOLUTION: held.resolution_minutes if held else None,
    }
    return promises_of(rule, hours=facts.hours(calendar_id), calendar_id=calendar_id, own=minutes)


def asked_of(case: Case, tier: str | None) -> Asked:
    """The case as the choice of a definition sees it."""
    return Asked(
        priority=case.priority,
        tier=tier,
        channel=case.channel.value,
        customer_kind=case.customer_kind.value,
        account_id=case.account_id,
        consumer_id=case.consumer_id,
    )


async def start_clocks(ctx: Context, case: Case, coverage: Coverage) -> None:
    """Start what is promised for a case that has just been opened."""
    case.awaits_answer_since = ctx.now
    promises = coverage.promises
    take_deadline(case, await follow(ctx, case, moments_of(case), promises, is_opening=True))


async def revise_clocks(ctx: Context, case: Case, coverage: Coverage) -> None:
    """Go on by what is promised now, after the case has changed."""
    take_deadline(case, await follow(ctx, case, moments_of(case), coverage.promises))


async def follow_clocks(ctx: Context, case: Case) -> None:
    """Let the clocks do what their terms say, after the case has changed."""
    take_deadline(case, await follow(ctx, case, moments_of(case)))


async def follow_group(ctx: Context, case: Case, before: UUID | None) -> None:
    """Let the clocks go on by the hours of the group that has the case now, where that one or the
    one before has hours of its own."""
    groups = {before, case.assignment_group_id} - {None}
    own = ctx.every(calendar_assignments).filter(group_id__in=list(groups))
    if before == case.assignment_group_id or not await own.exists():
        await follow_clocks(ctx, case)
        return
    facts = await facts_about(
        ctx, parties_of(case), case.priority, group_id=case.assignment_group_id
    )
    held = next((each for each in facts.candidates if each.id == case.entitlement_id), None)
    if case.entitlement_id is not None and held is None:
        await follow_clocks(ctx, case)
        return
    slas = await follow(ctx, case, moments_of(case), owed(case, held, facts))
    take_deadline(case, slas)


def moments_of(case: Case) -> Moments:
    """What a case tells its clocks."""
    return Moments(
        answered=case.first_responded_at is not None,
        awaited=case.awaits_answer_since is not None,
        waits=case.state is CaseState.WAITING_CUSTOMER or case.held_since is not None,
        held=case.held_since is not None,
        finished=case.state in FINISHED and case.merged_into_id is None,
        cancelled=case.state is CaseState.CANCELLED or case.merged_into_id is not None,
        escalated=case.escalated_at is not None,
    )


def take_deadline(case: Case, slas: list[TaskSla]) -> None:
    """The case is due when its resolution is."""
    clock = resolution_due(slas)
    if clock is not None and clock.withdrawn_at is not None:
        case.due_at = None
    elif clock is not None and clock.due_at is not None:
        case.due_at = clock.due_at
