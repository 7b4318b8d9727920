"""Asking what a customer is owed, before there is a case: the very choice that a case would get."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from backend.foundation.entitlements.models import Channel, Policy
from backend.foundation.entitlements.resources import entitlements
from backend.foundation.entitlements.rules import Candidate, Choice, choose
from backend.foundation.entitlements.terms import exhausted, gaps, refusal
from backend.foundation.units.models import EntitlementPool
from backend.foundation.units.resources import entitlement_pools
from backend.foundation.units.rules import lacks, renew
from backend.platform.calendars.rules import NeverOpens
from backend.platform.calendars.schedule import add_working_time
from backend.service.cases.coverage import owed, situation_of
from backend.service.cases.models import Case
from backend.service.cases.queries import Facts, facts_about
from backend.service.cases.resources import Priority
from backend.service.cases.rules import Parties, complete, customer_kind
from infra.kernel.actions import action
from infra.kernel.columns import Moment
from infra.kernel.context import Context
from infra.kernel.errors import BadRequest


class Owed(BaseModel):
    """The level of support that holds."""

    id: UUID
    name: str
    scope: str
    tier: str
    contract_id: UUID | None
    channels: list[str]


class Shortfall(BaseModel):
    """What is not covered, what would follow, and what would help."""

    reason: str
    policy: str
    help: list[str]


class Units(BaseModel):
    """How a case would draw from the pool."""

    unit: str
    remaining: str
    needed: str
    period_ends_on: str | None


class Promised(BaseModel):
    """By when, were the case opened at that moment."""

    target: str
    minutes: int
    due_at: datetime | None


class Verification(BaseModel):
    """What is owed and why; `outcome` is what would become of a case: covered, warn, bill, block.

    The explanation names the entitlements that were weighed, as far as the caller may see them.
    """

    status: str
    outcome: str
    entitlement: Owed | None
    shortfalls: list[Shortfall]
    units: Units | None
    promises: list[Promised]
    explanation: list[dict[str, str]]


@action(entitlements, on="collection", method="GET", verb="read")
async def verify(
    ctx: Context,
    *,
    account_id: UUID | None = None,
    consumer_id: UUID | None = None,
    asset_id: UUID | None = None,
    sold_product_id: UUID | None = None,
    product_model_id: UUID | None = None,
    contract_id: UUID | None = None,
    channel: Channel = Channel.PORTAL,
    priority: Priority = 3,
    at: Moment | None = None,
) -> Verification:
    """What a customer is owed for a product by a channel at a moment, and why just that."""
    if ctx.caller.audience in {"customer", "partner"} and not (account_id or consumer_id):
        consumer_id = ctx.caller.attributes.get("consumer_id")
        account_id = None if consumer_id else ctx.caller.attributes.get("account_id")
    named = Parties(
        account_id=account_id,
        consumer_id=consumer_id,
        asset_id=asset_id,
        sold_product_id=sold_product_id,
        product_model_id=product_model_id,
        contract_id=contract_id,
    )
    facts = await facts_about(ctx, named, priority)
    parties, faults = complete(named, facts.known)
    if faults:
        raise BadRequest(faults)
    when = at or ctx.now
    case = Case(subject="", priority=priority, channel=channel, **vars(parties))
    case.customer_kind = customer_kind(parties)
    choice = choose(facts.candidates, replace(situation_of(ctx, case, facts), on=when.date()))
    return await told(ctx, case, choice, facts, when)


async def told(
    ctx: Context, case: Case, choice: Choice, facts: Facts, when: datetime
) -> Verification:
    """The answer, as far as the caller may know it."""
    held = choice.entitlement
    seen = await ctx.many(entitlements, [candidate.id for candidate, _ in choice.reasons])
    visible = replace(choice, reasons=tuple(pair for pair in choice.reasons if pair[0].id in seen))
    hours = facts.hours(held.calendar_id if held else None)
    found = gaps(held, case.channel.value, when, hours) if held else ()
    short = [
        Shortfall(
            reason=gap.reason.value,
            policy=gap.policy.value,
            help=refusal(gap, held, when, hours).extra["help"],
        )
        for gap in found
        if held
    ]
    pool = await _pool(ctx, held, when)
    if held and pool and lacks(pool, held.units_per_case, when.date()):
        helps = exhausted(held, pool, when.date()).extra["help"]
        short.append(Shortfall(reason="exhausted", policy=held.exhausted_policy, help=helps))
    return Verification(
        status=short[0].reason if short else choice.status,
        outcome=outcome_of([each.policy for each in short]),
        entitlement=_owed(held) if held and held.id in seen else None,
        shortfalls=short,
        units=_units(held, pool) if held and pool else None,
        promises=_promised(case, choice, facts, when),
        explanation=visible.explanation(),
    )


def outcome_of(policies: list[str]) -> str:
    """What follows from all shortfalls together: the strictest."""
    order = (Policy.BLOCK.value, Policy.BILL.value, Policy.WARN.value)
    return next((policy for policy in order if policy in policies), "covered")


async def _pool(ctx: Context, held: Candidate | None, when: datetime) -> EntitlementPool | None:
    """The pool as it would stand then; nothing of that is stored."""
    pool: EntitlementPool | None = await ctx.find(entitlement_pools, held.pool_id if held else None)
    if pool is not None:
        renew(pool, when.date())
    return pool


def _owed(held: Candidate) -> Owed:
    return Owed(
        id=held.id,
        name=held.name,
        scope=held.scope,
        tier=held.tier,
        contract_id=held.contract_id,
        channels=list(held.channels),
    )


def _units(held: Candidate, pool: EntitlementPool) -> Units:
    return Units(
        unit=pool.unit.value,
        remaining=str(pool.remaining),
        needed=str(held.units_per_case),
        period_ends_on=pool.period_ends_on.isoformat() if pool.period_ends_on else None,
    )


def _promised(case: Case, choice: Choice, facts: Facts, when: datetime) -> list[Promised]:
    found = []
    for promise in owed(case, choice.entitlement, facts):
        try:
            due = add_working_time(when, timedelta(minutes=promise.minutes), promise.hours)
        except NeverOpens:
            due = None
        found.append(Promised(target=str(promise.target), minutes=promise.minutes, due_at=due))
    return found
