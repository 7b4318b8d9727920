"""Deciding a batch by the rules.

Places are counted as they are given, so a batch never fills anyone beyond their capacity. Items
that need the same are looked at together (`_Lane`): the filters run once per agent and lane, and
only what a decision changes is looked at again. A router whose agents stand as it left them
decides the next batch as a new one would.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.omnichannel.routing.rules import (
    ELIGIBLE,
    FULL,
    UNSKILLED,
    Agent,
    Decision,
    Item,
    Need,
    Outcome,
    Reason,
    away,
    beginning,
    idle_key,
    judge,
    moment,
)


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
        self._before_skills: dict[tuple[str, UUID | None], bytearray] = {}
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

    @property
    def groups_at_hand(self) -> list[UUID]:
        """Groups of those with room: what is meant for another waits anyway."""
        able = (agent.group_ids for agent in self.agents if agent.could_take)
        return sorted(frozenset[UUID]().union(*able))

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
        whose = (need.customer_kind, need.group_id)
        base = self._before_skills.get(whose)
        if base is None:
            base = self._before_skills[whose] = self._judged_before_skills(need)
        letters = bytearray(base)
        able: Iterable[int] = range(len(letters))
        if need.skills:
            able = self._skilled.get(need.skills[0][0], ())
        waiting = []
        for place in able:
            if letters[place] != UNSKILLED:
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
        """Each agent's letter for a need of these customers and this group, were nobody skilled."""
        return bytearray(
            UNSKILLED if (why := away(agent, need)) is None else ord(why) for agent in self.agents
        )

    def _longest_idle(self, lane: _Lane, declined_by: frozenset[UUID]) -> tuple[int | None, bool]:
        """The place of the agent who wins, and whether somebody was passed over who declined."""
        aside: list[int] = []
        found: int | None = None
        waiting, letters, keys, by_id = lane.waiting, lane.letters, self._keys, self._by_id
        while waiting:
            key = waiting[0]
            place = by_id[key % len(by_id)]
            if letters[place] != ELIGIBLE:
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
        return tuple(sorted(at for at in places if at is not None and told[at] == ELIGIBLE))

    def _fill(self, place: int, agent: Agent) -> None:
        """Take the agent out of the lanes whose items are too large for what room is left."""
        for lane in self._lanes.values():
            if lane.letters[place] == ELIGIBLE and agent.free < lane.need.size:
                lane.letters[place] = FULL
                lane.told = None
