"""What a case is owed: who it belongs to, which entitlement holds, which clocks run."""

from dataclasses import dataclass

from backend.foundation.entitlements.rules import Choice, Situation, choose
from backend.platform.slas.models import Target, TaskKind, TaskSla
from backend.platform.slas.promises import Promise, revise, start
from backend.platform.slas.rules import choose_definition
from backend.service.cases.models import Case, EntitlementStatus
from backend.service.cases.placing import place_case
from backend.service.cases.queries import Facts, facts_about
from backend.service.cases.rules import Parties, complete, customer_kind
from infra.kernel.context import Context
from infra.kernel.errors import Invalid

PARTY_COLUMNS = frozenset(Parties.__dataclass_fields__)
"""Columns of a case that decide what is owed."""


@dataclass(frozen=True)
class Coverage:
    """The choice, and what it promises."""

    choice: Choice
    promises: tuple[Promise, ...]


def parties_of(case: Case) -> Parties:
    """What the case names."""
    return Parties(**{name: getattr(case, name) for name in PARTY_COLUMNS})


async def cover(ctx: Context, case: Case) -> Coverage:
    """Complete the case's parties and store the entitlement that holds; raises Invalid with every
    contradiction."""
    named = parties_of(case)
    facts = await facts_about(ctx, named, case.priority, place_id=case.business_location_id)
    parties, faults = complete(named, facts.known)
    faults += place_case(case, facts)
    if faults:
        raise Invalid(faults)
    for name in PARTY_COLUMNS:
        setattr(case, name, getattr(parties, name))
    if case.is_new or "consumer_id" in case.changes():
        case.household_id = facts.household_id
    case.customer_kind = customer_kind(parties)
    choice = choose(facts.candidates, situation_of(ctx, case, facts))
    case.entitlement_id = choice.entitlement.id if choice.entitlement else None
    case.entitlement_status = EntitlementStatus(choice.status)
    case.entitlement_explanation = choice.explanation()
    return Coverage(choice, promises_of(case, choice, facts))


def situation_of(ctx: Context, case: Case, facts: Facts) -> Situation:
    """The case as the choice of an entitlement sees it; what a business between is owed holds for
    its own customers and employees too, where it has agreed on that."""
    between = case.intermediary_account_id if facts.known.link_is_entitled else None
    return Situation(
        on=ctx.now.date(),
        channel=case.channel.value,
        sold_product_id=case.sold_product_id,
        product_model_id=case.product_model_id,
        contract_id=case.contract_id,
        account_id=case.account_id or between,
        consumer_id=case.consumer_id,
    )


def promises_of(case: Case, choice: Choice, facts: Facts) -> tuple[Promise, ...]:
    """A promise per target: the entitlement's own minutes and hours, else the house's rule."""
    held = choice.entitlement
    rule = choose_definition(
        facts.definitions, priority=case.priority, tier=held.tier if held else None
    )
    found = []
    for target in Target:
        name = f"{target.value}_minutes"
        own = getattr(held, name) if held else None
        minutes = own or (getattr(rule, name) if rule else None)
        if minutes is None:
            continue
        calendar_id = (held.calendar_id if held else None) or (rule.calendar_id if rule else None)
        found.append(
            Promise(
                target=target,
                minutes=minutes,
                hours=facts.hours(calendar_id),
                calendar_id=calendar_id,
                definition_id=rule.id if rule and not own else None,
                warning_percent=rule.warning_percent if rule else 75,
            )
        )
    return tuple(found)


async def start_clocks(ctx: Context, case: Case, coverage: Coverage) -> None:
    """Start what is promised for a case that has just been opened."""
    slas = await start(ctx, TaskKind.CASES, case.id, coverage.promises)
    take_deadline(case, slas)


async def revise_clocks(ctx: Context, case: Case, coverage: Coverage) -> None:
    """Go on by what is promised now, after the case has changed."""
    slas = await revise(ctx, case.id, coverage.promises)
    started = {sla.target for sla in slas}
    fresh = [promise for promise in coverage.promises if promise.target not in started]
    take_deadline(case, slas + await start(ctx, TaskKind.CASES, case.id, fresh))


def take_deadline(case: Case, slas: list[TaskSla]) -> None:
    """The case is due when its resolution is."""
    for sla in slas:
        if sla.target is Target.RESOLUTION:
            case.due_at = sla.due_at
