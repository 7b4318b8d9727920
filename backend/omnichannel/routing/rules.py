"""Who gets which work. Pure: agents and items go in, decisions come out, and the same input always
gives the same output, so that every stored decision can be replayed and explained.

An agent is asked whether each filter lets them through; of those left, the one who has waited
longest wins, then the smaller id. Places are counted as they are given, so a batch never fills
anyone beyond their capacity. Items that need the same are looked at together (`_Lane`): the
filters run once per agent and lane, and only what a decision changes is looked at again.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """What a filter said of an agent; one letter, for there is one for each agent and decision."""

    CHOSEN = "*"
    ELIGIBLE = "e"
    OFFLINE = "o"
    AWAY = "a"
    INACTIVE = "i"
    CUSTOMERS = "k"
    SKILLS = "s"
    CAPACITY = "c"
    DECLINED = "d"
    BUSY = "b"


FILTER_NAMES: Mapping[Reason, str] = {
    Reason.OFFLINE: "presence",
    Reason.AWAY: "presence",
    Reason.INACTIVE: "profile",
    Reason.CUSTOMERS: "customers",
    Reason.SKILLS: "skills",
    Reason.CAPACITY: "capacity",
    Reason.DECLINED: "declined",
    Reason.BUSY: "concurrent_change",
}
_PRESENCE = {"offline": Reason.OFFLINE, "away": Reason.AWAY}
_NEVER = datetime.min  # noqa: DTZ901  keys compare without zones, all in UTC


@dataclass(slots=True)
class Agent:
    """Somebody with a presence; `held` is false where another writer holds the row right now."""

    profile_id: UUID
    state: str
    capacity: int
    used: int
    last_assigned_at: datetime | None
    skills: Mapping[UUID, int] = field(default_factory=dict)
    customer_kinds: frozenset[str] = frozenset()
    active: bool = True
    held: bool = True

    @property
    def free(self) -> int:
        return self.capacity - self.used


@dataclass(frozen=True, slots=True)
class Need:
    """What an item asks of an agent."""

    customer_kind: str
    skills: tuple[tuple[UUID, int], ...] = ()
    size: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of work that waits."""

    id: UUID
    need: Need
    declined_by: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """An item and its agent; `letters` has a reason for each agent, in the order given."""

    item: Item
    agent: Agent
    letters: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to: decisions in their order, and the items that nobody can take now."""

    decisions: Sequence[Decision]
    declined_by_all: Sequence[Item]
    nobody: Sequence[Item]


def judge(agent: Agent, need: Need) -> Reason:
    """The first filter that removes the agent, or ELIGIBLE. Whether they declined comes after."""
    before = _away(agent, need)
    if before is not None:
        return before
    for skill, level in need.skills:
        if agent.skills.get(skill, 0) < level:
            return Reason.SKILLS
    if agent.used + need.size > agent.capacity:
        return Reason.CAPACITY
    return Reason.ELIGIBLE if agent.held else Reason.BUSY


def _away(agent: Agent, need: Need) -> Reason | None:
    """What removes the agent whatever they can do and however much room they have."""
    if not agent.active:
        return Reason.INACTIVE
    if agent.state != "available":
        return _PRESENCE.get(agent.state, Reason.OFFLINE)
    return None if need.customer_kind in agent.customer_kinds else Reason.CUSTOMERS


IdleKey = tuple[datetime, int, UUID]
"""Since when an agent waits: the smaller, the longer. The number orders what one batch gave."""


def idle_key(agent: Agent) -> IdleKey:
    """Where the agent stands before anything is given in this batch."""
    at = agent.last_assigned_at
    return (at.replace(tzinfo=None) if at else _NEVER, -1, agent.profile_id)


@dataclass(slots=True)
class _Lane:
    """Items of one need: each agent's letter, and those eligible with the longest idle on top."""

    need: Need
    letters: bytearray
    waiting: list[tuple[IdleKey, int]]


class Router:
    """Gives items to agents, one after the other, counting as it goes.

    An agent's letter for a need is what `judge` says; it is found here from the few agents who
    have the need's first skill, for a lane is opened for each need of a batch.
    """

    def __init__(self, agents: Sequence[Agent], now: datetime) -> None:
        self._agents = agents
        self._places = {agent.profile_id: place for place, agent in enumerate(agents)}
        self._keys = [idle_key(agent) for agent in agents]
        self._lanes: dict[Need, _Lane] = {}
        self._before_skills: dict[str, bytearray] = {}
        self._skilled: dict[UUID, list[int]] = {}
        for place, agent in enumerate(agents):
            for skill in agent.skills:
                self._skilled.setdefault(skill, []).append(place)
        self._now = now.replace(tzinfo=None)
        self._given = 0
        self._largest = 1

    @property
    def has_room(self) -> bool:
        """Whether anyone at all could take one more piece of work."""
        return any(_could_take(agent) for agent in self._agents)

    def route(self, items: Sequence[Item]) -> Outcome:
        """Decide each item in turn."""
        decisions: list[Decision] = []
        declined: list[Item] = []
        nobody: list[Item] = []
        # Items of one need mostly share the object, and finding that costs less than its value.
        lanes: dict[int, _Lane] = {}
        for item in items:
            lane = lanes.get(id(item.need))
            if lane is None:
                lane = self._lanes.get(item.need) or self._open(item.need)
                lanes[id(item.need)] = lane
            place, passed = self._longest_idle(lane, item.declined_by)
            if place is not None:
                decisions.append(self._give(item, lane, place))
            elif passed:
                declined.append(item)
            else:
                nobody.append(item)
        return Outcome(decisions, declined, nobody)

    def _open(self, need: Need) -> _Lane:
        base = self._before_skills.get(need.customer_kind)
        if base is None:
            base = self._before_skills[need.customer_kind] = self._judged_before_skills(need)
        letters = bytearray(base)
        able: Iterable[int] = range(len(letters))
        if need.skills:
            able = self._skilled.get(need.skills[0][0], ())
        waiting = []
        for place in able:
            if letters[place] != _UNSKILLED:
                continue
            reason = judge(self._agents[place], need)
            letters[place] = ord(reason)
            if reason is Reason.ELIGIBLE:
                waiting.append((self._keys[place], place))
        heapq.heapify(waiting)
        self._largest = max(self._largest, need.size)
        lane = self._lanes[need] = _Lane(need, letters, waiting)
        return lane

    def _judged_before_skills(self, need: Need) -> bytearray:
        """Each agent's letter for a need of these customers that nobody has the skills for."""
        return bytearray(
            _UNSKILLED if (why := _away(agent, need)) is None else ord(why)
            for agent in self._agents
        )

    def _longest_idle(self, lane: _Lane, declined_by: frozenset[UUID]) -> tuple[int | None, bool]:
        """The place of the agent who wins, and whether somebody was passed over who declined."""
        aside: list[tuple[IdleKey, int]] = []
        found: int | None = None
        waiting = lane.waiting
        while waiting:
            key, place = waiting[0]
            if lane.letters[place] != _ELIGIBLE:
                heapq.heappop(waiting)
            elif key != self._keys[place]:
                # Given something through another lane since: they stand further back now.
                heapq.heapreplace(waiting, (self._keys[place], place))
            elif declined_by and self._agents[place].profile_id in declined_by:
                aside.append(heapq.heappop(waiting))
            else:
                found = place
                break
        for entry in aside:
            heapq.heappush(waiting, entry)
        return found, bool(aside)

    def _give(self, item: Item, lane: _Lane, place: int) -> Decision:
        letters = bytearray(lane.letters)
        letters[place] = _CHOSEN
        for profile_id in item.declined_by:
            at = self._places.get(profile_id)
            if at is not None and letters[at] == _ELIGIBLE:
                letters[at] = _DECLINED
        agent = self._agents[place]
        agent.used += item.need.size
        self._keys[place] = (self._now, self._given, agent.profile_id)
        self._given += 1
        if agent.free < self._largest:
            self._fill(place, agent)
        return Decision(item, agent, bytes(letters))

    def _fill(self, place: int, agent: Agent) -> None:
        """Take the agent out of the lanes whose items are too large for what room is left."""
        for lane in self._lanes.values():
            if lane.letters[place] == _ELIGIBLE and agent.free < lane.need.size:
                lane.letters[place] = _FULL


_ELIGIBLE, _CHOSEN = ord(Reason.ELIGIBLE), ord(Reason.CHOSEN)
_DECLINED, _FULL = ord(Reason.DECLINED), ord(Reason.CAPACITY)
_UNSKILLED = ord(Reason.SKILLS)


def _could_take(agent: Agent) -> bool:
    return agent.held and agent.active and agent.state == "available" and agent.free > 0


def skills_at_hand(agents: Iterable[Agent]) -> frozenset[UUID]:
    """Skills of anyone who could take something now: an item that needs another waits anyway."""
    return frozenset().union(*(agent.skills for agent in agents if _could_take(agent)))
