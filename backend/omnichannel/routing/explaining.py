"""Why an offer went to whom it went: a stored decision told again, agent by agent.

The pass keeps who was there, how they stood, and a letter for each of them in each decision. What
the same pass had given before is added, and nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from backend.omnichannel.routing import queries
from backend.omnichannel.routing.models import WorkItem, WorkState
from backend.omnichannel.routing.passes import StoredPass, unpack
from backend.omnichannel.routing.rules import (
    FILTER_NAMES,
    Agent,
    IdleKey,
    Need,
    Reason,
    beginning,
    idle_key,
    judge,
    moment,
)
from infra.kernel.context import Context


class Candidate(BaseModel):
    """An agent, and what became of them in this decision."""

    profile_id: UUID
    name: str
    outcome: Literal["chosen", "eligible", "removed"]
    removed_by: str | None
    detail: str
    used: int
    capacity: int
    idle_since: datetime | None
    place: int | None
    """Among those eligible, 1 for the longest idle."""


class RoutingExplanation(BaseModel):
    """A decision with a reason for each agent; of a waiting item, what each would be told now."""

    work_item_id: UUID
    state: WorkState
    waiting_reason: str | None
    decided_at: datetime | None
    config_version: int | None
    chosen_profile_id: UUID | None
    tie_break: str
    candidates: list[Candidate]


TIE_BREAK = "longest idle first, then the smaller profile id"


async def explain(ctx: Context, item: WorkItem) -> RoutingExplanation:
    """The last stored decision on the item; while it waits, how it stands now."""
    stored = None
    if item.pass_id is not None and item.state is not WorkState.QUEUED:
        stored = await queries.stored_pass(ctx, item.pass_id)
    if stored is None or item.pass_place is None:
        return await _as_it_stands(ctx, item)
    decided = unpack(stored["content"], stored["at"])
    order = _catch_up(decided, item.pass_place)
    return RoutingExplanation(
        work_item_id=item.id,
        state=item.state,
        waiting_reason=None,
        decided_at=stored["at"],
        config_version=stored["config_version"],
        chosen_profile_id=decided.chosen[item.pass_place],
        tie_break=TIE_BREAK,
        candidates=await _candidates(
            ctx,
            decided.agents,
            [Reason(letter) for letter in decided.letters[item.pass_place]],
            decided.items[item.pass_place].need,
            order,
        ),
    )


async def _as_it_stands(ctx: Context, item: WorkItem) -> RoutingExplanation:
    agents = await queries.presence_of_all(ctx)
    levels = tuple(zip(item.required_skills, item.required_levels, strict=True))
    need = Need(item.customer_kind.value, levels, item.size, item.assignment_group_id)
    declined = set(item.declined_by_ids)
    reasons = []
    for agent in agents:
        reason = judge(agent, need)
        passed = reason is Reason.ELIGIBLE and agent.profile_id in declined
        reasons.append(Reason.DECLINED if passed else reason)
    order = [idle_key(agent) for agent in agents]
    return RoutingExplanation(
        work_item_id=item.id,
        state=item.state,
        waiting_reason=item.waiting_reason,
        decided_at=None,
        config_version=None,
        chosen_profile_id=item.accepted_by_id or item.offered_to_id,
        tie_break=TIE_BREAK,
        candidates=await _candidates(ctx, agents, reasons, need, order),
    )


def _catch_up(decided: StoredPass, upto: int) -> list[IdleKey]:
    """Let the agents stand as they did when this decision was made; answers their idle keys."""
    places = {agent.profile_id: place for place, agent in enumerate(decided.agents)}
    keys = [idle_key(agent) for agent in decided.agents]
    begins = beginning(decided.agents, decided.at)
    for number in range(upto):
        place = places[decided.chosen[number]]
        agent = decided.agents[place]
        agent.used += decided.items[number].need.size
        agent.last_assigned_at = moment(begins + number + 1)
        keys[place] = idle_key(agent)
    return keys


async def _candidates(
    ctx: Context,
    agents: Sequence[Agent],
    reasons: Sequence[Reason],
    need: Need,
    order: Sequence[IdleKey],
) -> list[Candidate]:
    names = await queries.names_of(ctx, [agent.profile_id for agent in agents])
    skills = await queries.skill_names(ctx, [skill for skill, _ in need.skills])
    left = sorted(
        (place for place, reason in enumerate(reasons) if reason in _LEFT), key=order.__getitem__
    )
    rank = {place: number for number, place in enumerate(left, 1)}
    told = [
        Candidate(
            profile_id=agent.profile_id,
            name=names.get(agent.profile_id, ""),
            outcome=_OUTCOMES.get(reason, "removed"),
            removed_by=FILTER_NAMES.get(reason),
            detail=_detail(agent, reason, need, skills),
            used=agent.used,
            capacity=agent.capacity,
            idle_since=agent.last_assigned_at,
            place=rank.get(place),
        )
        for place, (agent, reason) in enumerate(zip(agents, reasons, strict=True))
    ]
    return sorted(told, key=lambda one: (one.place or len(told) + 1, one.name, one.profile_id))


_LEFT = frozenset({Reason.CHOSEN, Reason.ELIGIBLE})
_OUTCOMES: Mapping[Reason, Literal["chosen", "eligible"]] = {
    Reason.CHOSEN: "chosen",
    Reason.ELIGIBLE: "eligible",
}


def _detail(agent: Agent, reason: Reason, need: Need, names: Mapping[UUID, str]) -> str:
    """The filter's answer in words."""
    if reason is Reason.SKILLS:
        lacking = [
            f"{names.get(skill, str(skill))} at level {level} (has {agent.skills.get(skill, 0)})"
            for skill, level in need.skills
            if agent.skills.get(skill, 0) < level
        ]
        return f"lacks {', '.join(lacking)}"
    if reason is Reason.CAPACITY:
        return f"{agent.used} of {agent.capacity} places taken, {need.size} needed"
    return _WORDS[reason].format(kind=need.customer_kind)


_WORDS: Mapping[Reason, str] = {
    Reason.CHOSEN: "waited longest of all who could take it",
    Reason.ELIGIBLE: "could take it, but another waited longer",
    Reason.OFFLINE: "is offline",
    Reason.AWAY: "is away",
    Reason.INACTIVE: "the profile is not active",
    Reason.CUSTOMERS: "does not work for {kind} customers",
    Reason.GROUP: "is not in the group that it is assigned to",
    Reason.DECLINED: "passed on it, or did not answer, before",
    Reason.BUSY: "was being changed at that moment",
}
