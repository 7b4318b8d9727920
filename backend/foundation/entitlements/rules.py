"""Which promise holds for a case: the most specific that fits.

An asset's own entitlement goes before the sold product's, that before its model's, that before the
contract's, that before the customer's. Among equals the better tier wins, then the earlier start,
then the smaller id, so the same facts always give the same answer. Everything that an entitlement
names must fit, and the contract that it comes from must be in force. What a case has been given
goes on for it, whatever becomes of it for others. Whether channel, hours and units suffice does not
choose; it is told about the choice, and `terms` says what follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from infra.kernel.money import Money

SCOPES = ("asset", "sold_product", "product_model", "contract", "account", "consumer")
TIERS = ("platinum", "gold", "silver", "bronze", "standard")
REASONS_MAX = 20
_RANK = dict(zip(SCOPES, (0, 1, 2, 3, 4, 4), strict=True))
_MUST_FIT = (*(f"{scope}_id" for scope in SCOPES), "location_id")

Status = Literal["verified", "none", "uncovered_channel", "expired"]
Verdict = Literal[
    "chosen", "less_specific", "other_customer", "not_active", "not_yet", "expired", "contract_over"
]  # fmt: skip


@dataclass(frozen=True)
class ContractTerm:
    """How the contract behind an entitlement stands."""

    state: str
    starts_on: date
    ends_on: date | None

    def in_force(self, on: date) -> bool:
        """Whether it counts on the day, whatever has become of it since and whether or not a job
        has said so yet."""
        begun = self.state in {"active", "scheduled", "expired"} and self.starts_on <= on
        return begun and (self.ends_on is None or self.ends_on >= on)


@dataclass(frozen=True)
class Candidate:
    """An entitlement as far as the choice needs it; no channels means all of them."""

    id: UUID
    name: str
    scope: str
    tier: str
    starts_on: date
    ends_on: date | None = None
    state: str = "active"
    channels: tuple[str, ...] = ()
    asset_id: UUID | None = None
    sold_product_id: UUID | None = None
    product_model_id: UUID | None = None
    contract_id: UUID | None = None
    account_id: UUID | None = None
    consumer_id: UUID | None = None
    location_id: UUID | None = None
    calendar_id: UUID | None = None
    response_minutes: int | None = None
    resolution_minutes: int | None = None
    channel_policy: str = "warn"
    hours_policy: str | None = None
    exhausted_policy: str = "block"
    pool_id: UUID | None = None
    units_per_case: Decimal = Decimal(1)
    price: Money | None = None
    contract: ContractTerm | None = None


@dataclass(frozen=True)
class Situation:
    """What a case is about and when and how it came."""

    on: date
    channel: str
    asset_id: UUID | None = None
    sold_product_id: UUID | None = None
    product_model_id: UUID | None = None
    contract_id: UUID | None = None
    account_id: UUID | None = None
    consumer_id: UUID | None = None
    location_id: UUID | None = None
    product_contract_id: UUID | None = None
    """The contract that the product came with, which nobody had to name."""
    held_id: UUID | None = None
    """The entitlement that the case was given before."""


@dataclass(frozen=True)
class Choice:
    """The entitlement that holds, and why: a reason for each candidate, the best first."""

    status: Status
    entitlement: Candidate | None = None
    reasons: tuple[tuple[Candidate, Verdict], ...] = field(default=())

    def explanation(self) -> list[dict[str, str]]:
        """The reasons as stored with a case, as far as anybody reads."""
        return [
            {
                "entitlement_id": str(candidate.id),
                "name": candidate.name,
                "scope": candidate.scope,
                "tier": candidate.tier,
                "verdict": verdict,
                "reason": _reason(candidate, verdict),
            }
            for candidate, verdict in self.reasons[:REASONS_MAX]
        ]


def choose(candidates: Iterable[Candidate], situation: Situation) -> Choice:
    """The most specific candidate in force that fits the situation."""
    ranked = sorted(candidates, key=preference)
    winner: Candidate | None = None
    reasons: list[tuple[Candidate, Verdict]] = []
    for candidate in ranked:
        verdict = judge(candidate, situation)
        if verdict == "chosen" and winner is not None:
            verdict = "less_specific"
        elif verdict == "chosen":
            winner = candidate
        reasons.append((candidate, verdict))
    return Choice(_status(winner, reasons, situation.channel), winner, tuple(reasons))


def preference(candidate: Candidate) -> tuple[int, int, date, UUID]:
    """The order in which candidates win."""
    return (
        _RANK[candidate.scope],
        TIERS.index(candidate.tier),
        candidate.starts_on,
        candidate.id,
    )


def judge(candidate: Candidate, situation: Situation) -> Verdict:
    """Whether this candidate could hold by itself, or why not."""
    for name in _MUST_FIT:
        wanted, given = getattr(candidate, name), getattr(situation, name)
        if name == "contract_id" and _need_not_name(candidate, situation):
            continue
        if wanted is not None and wanted != given:
            return "other_customer"
    if candidate.id == situation.held_id:
        return "chosen"
    if candidate.state != "active":
        return "not_active"
    if candidate.starts_on > situation.on:
        return "not_yet"
    if candidate.ends_on is not None and candidate.ends_on < situation.on:
        return "expired"
    if candidate.contract is not None and not candidate.contract.in_force(situation.on):
        return "contract_over"
    return "chosen"


def _need_not_name(candidate: Candidate, situation: Situation) -> bool:
    """Whether a thing is covered without anybody naming the contract that covers it."""
    is_own = situation.contract_id in {None, situation.product_contract_id}
    return is_own and candidate.scope in SCOPES[:3]


def covers(candidate: Candidate, channel: str) -> bool:
    """Whether support is owed by this channel."""
    return not candidate.channels or channel in candidate.channels


def scope_of(
    *,
    asset_id: UUID | None,
    sold_product_id: UUID | None,
    product_model_id: UUID | None,
    contract_id: UUID | None,
    account_id: UUID | None,
    consumer_id: UUID | None,
) -> str | None:
    """The most specific of the references, None without any."""
    named = (asset_id, sold_product_id, product_model_id, contract_id, account_id, consumer_id)
    return next((scope for scope, given in zip(SCOPES, named, strict=True) if given), None)


def _status(
    winner: Candidate | None, reasons: list[tuple[Candidate, Verdict]], channel: str
) -> Status:
    if winner is not None:
        return "verified" if covers(winner, channel) else "uncovered_channel"
    over = {"expired", "contract_over"}
    return "expired" if any(verdict in over for _, verdict in reasons) else "none"


def _reason(candidate: Candidate, verdict: Verdict) -> str:
    on = candidate.scope.replace("_", " ")
    return {
        "chosen": f"the most specific that holds: by the {on}, tier {candidate.tier}",
        "less_specific": f"holds by the {on}, tier {candidate.tier}, but another goes before it",
        "other_customer": "names another customer, contract or product",
        "not_active": f"is {candidate.state}",
        "not_yet": f"begins on {candidate.starts_on.isoformat()}",
        "contract_over": "comes from a contract that is not in force",
        "expired": f"ended on {candidate.ends_on.isoformat() if candidate.ends_on else ''}",
    }[verdict]
