"""Where a promise that holds does not reach: channels, hours and units, and what follows. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backend.foundation.entitlements.errors import ChannelNotCovered, OutsideSupportHours
from backend.foundation.entitlements.models import Policy
from backend.foundation.entitlements.rules import Candidate, covers
from backend.foundation.units.errors import UnitsExhausted
from backend.foundation.units.models import BillReason, EntitlementPool
from backend.platform.calendars.rules import NeverOpens, WorkingHours
from backend.platform.calendars.schedule import add_working_time, is_open
from infra.kernel.errors import Conflict

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Gap:
    """Something that the promise does not cover, and what is to follow."""

    reason: BillReason
    policy: Policy


def gaps(held: Candidate, channel: str, at: datetime, hours: WorkingHours) -> tuple[Gap, ...]:
    """What is not covered of a case that comes by this channel at this moment."""
    found = []
    if not covers(held, channel):
        found.append(Gap(BillReason.UNCOVERED_CHANNEL, Policy(held.channel_policy)))
    if held.hours_policy is not None and not is_open(at, hours):
        found.append(Gap(BillReason.OUTSIDE_HOURS, Policy(held.hours_policy)))
    return tuple(found)


def refusal(gap: Gap, held: Candidate, at: datetime, hours: WorkingHours) -> Conflict:
    """Why the case is refused, and what would help."""
    if gap.reason is BillReason.UNCOVERED_CHANNEL:
        ways = sorted(held.channels)
        return ChannelNotCovered(
            f"{held.name} covers {', '.join(ways)}",
            covered_channels=ways,
            help=[f"ask by {way}" for way in ways],
        )
    opens = opens_at(at, hours)
    when = opens.isoformat().replace("+00:00", "Z") if opens else None
    return OutsideSupportHours(
        f"{held.name} covers support hours only",
        opens_at=when,
        help=[f"ask again from {when}"] if when else [],
    )


def exhausted(held: Candidate, pool: EntitlementPool, on: date) -> UnitsExhausted:
    """Why there is nothing to draw on the day, and what would help."""
    renews = pool.period_ends_on + timedelta(days=1) if pool.period_ends_on else None
    if on < pool.starts_on:
        renews = pool.starts_on
    helps = ["add units to the pool", "name another product or contract that is entitled"]
    if renews:
        helps.insert(0, f"wait for the units of {renews.isoformat()}")
    facts: dict[str, Any] = {
        "unit": pool.unit.value,
        "remaining": str(pool.remaining),
        "needed": str(held.units_per_case),
        "renews_on": renews.isoformat() if renews else None,
    }
    return UnitsExhausted(
        f"{held.name}: {pool.remaining} of {pool.name} remain", **facts, help=helps
    )


def opens_at(at: datetime, hours: WorkingHours) -> datetime | None:
    """When working time begins next, None where it never does."""
    try:
        return (add_working_time(at, _INSTANT, hours) - _INSTANT).astimezone(UTC)
    except NeverOpens:
        return None
