"""Who gets which work. Pure: agents and items go in, decisions come out, and the same input always
gives the same output, so that every stored decision can be replayed and explained.

An agent is asked whether each filter lets them through; of those left, the one who has waited
longest wins, then the smaller id. Places are counted as they are given, so a batch never fills
anyone beyond their capacity. Items that need the same are looked at together (`_Lane`): the
filters run once per agent and lane, and only what a decision changes is looked at again. A router
whose agents stand as it left them decides the next batch as a new one would.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
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
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


@dataclass(slots=True)
class Agent:
    """Somebody with a presence; `held` is false where another writer holds the row right now, and
    `version` is what the row had when it was read."""

    profile_id: UUID
    state: str
    capacity: int
    used: int
    last_assigned_at: datetime | None
    skills: Mapping[UUID, int] = field(default_factory=dict)
    customer_kinds: frozenset[str] = frozenset()
    active: bool = True
    held: bool = True
    version: int = 0

    @property
    def free(self) -> int:
        return self.capacity - self.used

    @property
    def could_take(self) -> bool:
        """Whether there is room for the smallest piece of work."""
        return self.held and self.active and self.state == "available" and self.used < self.capacity


@dataclass(frozen=True, slots=True)
class Need:
    """What an item asks of an agent."""

    customer_kind: str
    skills: tuple[tuple[UUID, int], ...] = ()
    size: int = 1


NOBODY: frozenset[UUID] = frozenset()


class Item(NamedTuple):
    """A piece of work that waits, and what its queue says of offers."""

    id: UUID
    need: Need
    declined_by: frozenset[UUID] = NOBODY
    offer_seconds: int = 30
    retry_seconds: int = 60
    waiting_reason: str = "routing"


class Decision(NamedTuple):
    """An item and its agent. `told` has a letter for each agent as all items of the need had it at
    that moment; who was chosen, and who declined this one, stand beside it by their places."""

    item: Item
    agent: Agent
    place: int
    told: bytes
    declined: tuple[int, ...] = ()

    @property
    def letters(self) -> bytes:
        """A reason for each agent, in the order given."""
        return spelled(self.told, self.place, self.declined)

    @property
    def others(self) -> int:
        """How many more could have taken it."""
        return self.told.count(_ELIGIBLE) - 1 - len(self.declined)


def spelled(told: bytes, place: int, declined: Iterable[int]) -> bytes:
    """The letters of one decision, from those of its need."""
    letters = bytearray(told)
    letters[place] = _CHOSEN
    for one in declined:
        letters[one] = _DECLINED
    return bytes(letters)


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


IdleKey = tuple[int, UUID]
"""Since when an agent waits, and who it is: the smaller, the longer."""


def micros(moment: datetime) -> int:
    """Microseconds since the epoch."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(since: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + since * _MICROSECOND


def beginning(agents: Sequence[Agent], now: datetime) -> int:
    """From when a batch counts its decisions, each a microsecond later than the one before: now,
    or the latest that anyone was given something, lest a slow clock put them before others."""
    given = (agent.last_assigned_at for agent in agents if agent.last_assigned_at is not None)
    return micros(max((now, *given)))


def idle_key(agent: Agent) -> IdleKey:
    """Where the agent stands among those who could take something."""
    at = agent.last_assigned_at
    return (micros(at) if at else _NEVER, agent.profile_id)


@dataclass(slots=True)
class _Lane:
    """Items of one need: each agent's letter, the keys of those eligible with the longest idle on
    top, and the letters as last told, until one changes."""

    need: Need
    letters: bytearray
    waiting: list[int]
    told: bytes | None = None


class Router:
    """Gives items to agents, one after the other, counting as it goes.

    An agent's letter for a need is what `judge` says; it is found here from the few agents who
    have the need's first skill, for a lane is opened for each need. An idle key is one number
    here, the time and then the place among the ids, since all that is done with it is to compare.
    """

    def __init__(self, agents: Sequence[Agent], now: datetime) -> None:
        self.agents = agents
        self._places = {agent.profile_id: place for place, agent in enumerate(agents)}
        self._by_id = sorted(range(len(agents)), key=lambda place: agents[place].profile_id)
        self._ranks = sorted(range(len(agents)), key=self._by_id.__getitem__)
        self._keys = [
            idle_key(agent)[0] * len(agents) + rank
            for agent, rank in zip(agents, self._ranks, strict=True)
        ]
        self._lanes: dict[Need, _Lane] = {}
        self._before_skills: dict[str, bytearray] = {}
        self._skilled: dict[UUID, list[int]] = {}
        for place, agent in enumerate(agents):
            for skill in agent.skills:
                self._skilled.setdefault(skill, []).append(place)
        self._largest = 1
        self.go_on(now)

    @property
    def has_room(self) -> bool:
        """Whether anyone at all could take one more piece of work."""
        return any(agent.could_take for agent in self.agents)

    @property
    def skills_at_hand(self) -> list[UUID]:
        """Skills of those with room: an item that needs another waits anyway."""
        agents = self.agents
        return [
            skill
            for skill, places in self._skilled.items()
            if any(agents[place].could_take for place in places)
        ]

    def go_on(self, now: datetime) -> None:
        """Begin a batch at this moment, with the agents as they stand."""
        self._begins = beginning(self.agents, now)

    def route(self, items: Sequence[Item]) -> Outcome:
        """Decide each item in turn."""
        decisions: list[Decision] = []
        declined: list[Item] = []
        nobody: list[Item] = []
        # Items of one need mostly share the object, and finding that costs less than its value.
        lanes: dict[int, _Lane] = {}
        clock, tick = (self._begins + 1) * len(self.agents), len(self.agents)
        for item in items:
            lane = lanes.get(id(item.need))
            if lane is None:
                lane = self._lanes.get(item.need) or self._open(item.need)
                lanes[id(item.need)] = lane
            place, passed = self._longest_idle(lane, item.declined_by)
            if place is not None:
                decisions.append(self._give(item, lane, place, clock))
                clock += tick
            elif passed:
                declined.append(item)
            else:
                nobody.append(item)
        for place, number in {d.place: number for number, d in enumerate(decisions)}.items():
            self.agents[place].last_assigned_at = moment(self._begins + number + 1)
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
            reason = judge(self.agents[place], need)
            letters[place] = ord(reason)
            if reason is Reason.ELIGIBLE:
                waiting.append(self._keys[place])
        heapq.heapify(waiting)
        self._largest = max(self._largest, need.size)
        lane = self._lanes[need] = _Lane(need, letters, waiting)
        return lane

    def _judged_before_skills(self, need: Need) -> bytearray:
        """Each agent's letter for a need of these customers that nobody has the skills for."""
        return bytearray(
            _UNSKILLED if (why := _away(agent, need)) is None else ord(why) for agent in self.agents
        )

    def _longest_idle(self, lane: _Lane, declined_by: frozenset[UUID]) -> tuple[int | None, bool]:
        """The place of the agent who wins, and whether somebody was passed over who declined."""
        aside: list[int] = []
        found: int | None = None
        waiting, letters, keys, by_id = lane.waiting, lane.letters, self._keys, self._by_id
        while waiting:
            key = waiting[0]
            place = by_id[key % len(by_id)]
            if letters[place] != _ELIGIBLE:
                heapq.heappop(waiting)
            elif key != keys[place]:
                # Given something through another lane since: they stand further back now.
                heapq.heapreplace(waiting, keys[place])
            elif declined_by and self.agents[place].profile_id in declined_by:
                aside.append(heapq.heappop(waiting))
            else:
                found = place
                break
        for key in aside:
            heapq.heappush(waiting, key)
        return found, bool(aside)

    def _give(self, item: Item, lane: _Lane, place: int, clock: int) -> Decision:
        told = lane.told
        if told is None:
            told = lane.told = bytes(lane.letters)
        declined = self._passed(item, told) if item.declined_by else ()
        agent = self.agents[place]
        agent.used += item.need.size
        self._keys[place] = clock + self._ranks[place]
        if agent.capacity - agent.used < self._largest:
            self._fill(place, agent)
        return Decision(item, agent, place, told, declined)

    def _passed(self, item: Item, told: bytes) -> tuple[int, ...]:
        """Places of those who would take it, had they not declined."""
        places = (self._places.get(profile_id) for profile_id in item.declined_by)
        return tuple(sorted(at for at in places if at is not None and told[at] == _ELIGIBLE))

    def _fill(self, place: int, agent: Agent) -> None:
        """Take the agent out of the lanes whose items are too large for what room is left."""
        for lane in self._lanes.values():
            if lane.letters[place] == _ELIGIBLE and agent.free < lane.need.size:
                lane.letters[place] = _FULL
                lane.told = None


_ELIGIBLE, _CHOSEN = ord(Reason.ELIGIBLE), ord(Reason.CHOSEN)
_DECLINED, _FULL = ord(Reason.DECLINED), ord(Reason.CAPACITY)
_UNSKILLED = ord(Reason.SKILLS)
