"""Who gets which work. Pure: agents and items go in, decisions come out, and the same input always
gives the same output, so that every stored decision can be replayed and explained.

An agent is asked whether each filter lets them through; of those left, the one who has waited
longest wins, then the smaller id. Who decides by these rules is `router`.
"""

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
    GROUP = "g"
    SKILLS = "s"
    CAPACITY = "c"
    DECLINED = "d"
    BUSY = "b"


FILTER_NAMES: Mapping[Reason, str] = {
    Reason.OFFLINE: "presence",
    Reason.AWAY: "presence",
    Reason.INACTIVE: "profile",
    Reason.CUSTOMERS: "customers",
    Reason.GROUP: "group",
    Reason.SKILLS: "skills",
    Reason.CAPACITY: "capacity",
    Reason.DECLINED: "declined",
    Reason.BUSY: "concurrent_change",
}
# A letter as it stands among those of all agents.
ELIGIBLE, CHOSEN, DECLINED = ord(Reason.ELIGIBLE), ord(Reason.CHOSEN), ord(Reason.DECLINED)
FULL, UNSKILLED = ord(Reason.CAPACITY), ord(Reason.SKILLS)

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
    group_ids: frozenset[UUID] = frozenset()
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
    group_id: UUID | None = None


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
        return self.told.count(ELIGIBLE) - 1 - len(self.declined)


def spelled(told: bytes, place: int, declined: Iterable[int]) -> bytes:
    """The letters of one decision, from those of its need."""
    letters = bytearray(told)
    letters[place] = CHOSEN
    for one in declined:
        letters[one] = DECLINED
    return bytes(letters)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch came to: decisions in their order, and the items that nobody can take now."""

    decisions: Sequence[Decision]
    declined_by_all: Sequence[Item]
    nobody: Sequence[Item]


def judge(agent: Agent, need: Need) -> Reason:
    """The first filter that removes the agent, or ELIGIBLE. Whether they declined comes after."""
    before = away(agent, need)
    if before is not None:
        return before
    for skill, level in need.skills:
        if agent.skills.get(skill, 0) < level:
            return Reason.SKILLS
    if agent.used + need.size > agent.capacity:
        return Reason.CAPACITY
    return Reason.ELIGIBLE if agent.held else Reason.BUSY


def away(agent: Agent, need: Need) -> Reason | None:
    """What removes the agent whatever they can do and however much room they have."""
    if not agent.active:
        return Reason.INACTIVE
    if agent.state != "available":
        return _PRESENCE.get(agent.state, Reason.OFFLINE)
    if need.customer_kind not in agent.customer_kinds:
        return Reason.CUSTOMERS
    in_group = need.group_id is None or need.group_id in agent.group_ids
    return None if in_group else Reason.GROUP


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
