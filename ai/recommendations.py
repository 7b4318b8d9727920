"""What may help with a case, best first, each with its reason and the verb that does it in place.

Candidates come from places whose scores cannot be compared: a search's, a rule an admin wrote, a
colleague's resolved case. So each source is ranked by itself, and ranks are fused. Nothing here
reads a record: what the caller may not read was never a candidate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

_FUSION = 60
RECOMMENDATIONS_MAX = 10
PER_SOURCE_MAX = 5


class Condition(Protocol):
    """A compiled rule; raises an exception with the messages for its author."""

    def matches(self, values: Mapping[str, Any]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Act:
    """The verb that does it in place, as the API names it, with its arguments."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may help; `strength` compares candidates of one source only."""

    source: str
    kind: str
    record_id: UUID
    title: str
    reason: str
    action: Act
    strength: float
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class RuleAdvice:
    """An admin's rule: where its condition holds, this is recommended; low ranks come first."""

    id: UUID
    name: str
    condition: Condition
    action: Act
    reason: str
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One piece of advice; `sources` says what agreed on it."""

    kind: str
    record_id: UUID
    title: str
    reason: str
    score: float
    action: Act
    sources: tuple[str, ...]
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules recommend, and which could not be evaluated and why."""

    candidates: tuple[Candidate, ...]
    faults: Mapping[UUID, str]


def apply_rules(
    rules: Iterable[RuleAdvice],
    values: Mapping[str, Any],
    *,
    failures: type[Exception] | tuple[type[Exception], ...],
) -> Ruled:
    """The rules that hold for these values; one that fails stands aside and is named.

    `failures` are what a condition may raise; anything else is ours and is not hidden.
    """
    candidates: list[Candidate] = []
    faults: dict[UUID, str] = {}
    for rule in sorted(rules, key=lambda r: (r.rank, r.name, str(r.id))):
        try:
            holds = rule.condition.matches(values)
        except failures as failure:
            faults[rule.id] = str(failure)
            continue
        if holds:
            candidates.append(
                Candidate(
                    source="rule",
                    kind="recommendation_rules",
                    record_id=rule.id,
                    title=rule.name,
                    reason=rule.reason,
                    action=rule.action,
                    strength=-float(rule.rank),
                )
            )
    return Ruled(tuple(candidates), faults)


def recommend(
    candidates: Iterable[Candidate],
    *,
    weights: Mapping[str, float] | None = None,
    most: int = RECOMMENDATIONS_MAX,
) -> list[Recommendation]:
    """The candidates fused by rank; one record that several sources name is one, and ranks higher.

    `weights` are by source, 1 where none is given; 0 silences a source. Equal input, in any order,
    gives equal output.
    """
    weight = weights or {}
    together: dict[tuple[str, UUID, str], list[tuple[float, Candidate]]] = {}
    for source, ranked in _by_source(candidates).items():
        share = weight.get(source, 1.0)
        if share <= 0:
            continue
        for place, candidate in enumerate(ranked[:PER_SOURCE_MAX], start=1):
            key = (candidate.kind, candidate.record_id, candidate.action.name)
            together.setdefault(key, []).append((share / (_FUSION + place), candidate))
    advice = [_one(found) for found in together.values()]
    advice.sort(key=lambda r: (-r.score, r.kind, str(r.record_id), r.action.name))
    return advice[:most]


def _by_source(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    sources: dict[str, dict[tuple[str, UUID, str], Candidate]] = {}
    for candidate in candidates:
        kept = sources.setdefault(candidate.source, {})
        key = (candidate.kind, candidate.record_id, candidate.action.name)
        if key not in kept or _order(candidate) < _order(kept[key]):
            kept[key] = candidate
    return {source: sorted(kept.values(), key=_order) for source, kept in sorted(sources.items())}


def _order(candidate: Candidate) -> tuple[float, str, str, str]:
    return (-candidate.strength, candidate.kind, str(candidate.record_id), candidate.title)


def _one(found: Sequence[tuple[float, Candidate]]) -> Recommendation:
    _, first = max(found, key=lambda pair: (pair[0], pair[1].source))
    reasons = dict.fromkeys([first.reason, *(c.reason for _, c in found)])
    return Recommendation(
        kind=first.kind,
        record_id=first.record_id,
        title=first.title,
        reason="; ".join(reason for reason in reasons if reason),
        score=round(sum(share for share, _ in found), 6),
        action=first.action,
        sources=tuple(sorted({c.source for _, c in found})),
        snippet=first.snippet or next((c.snippet for _, c in found if c.snippet), ""),
    )
