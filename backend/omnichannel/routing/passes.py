"""A pass on file: everything that a batch was decided on, and what was decided, in a few kilobytes.

The agents stand first, in the order of every decision's letters. Needs are named once, and so are
the letters that a need's items share until somebody has no room left: a decision adds to them who
was chosen and who had declined. What is read back is what `Router` got, so the same decisions can
be made again and compared.

Three parts follow each other: the agents, which a walk of many pages compresses once; how they
stood and what was decided; and the ids of the items, which do not compress.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from backend.omnichannel.routing.router import Router
from backend.omnichannel.routing.rules import (
    Agent,
    Decision,
    Item,
    Need,
    micros,
    moment,
    spelled,
)

_UUID_BYTES = 16


@dataclass(frozen=True)
class StoredPass:
    """A batch read back; the agents stand as they did before its first decision."""

    at: datetime
    agents: list[Agent]
    items: list[Item]
    chosen: list[UUID]
    letters: list[str]

    def agrees(self) -> bool:
        """Whether deciding it again comes to the same: agent by agent, letter by letter."""
        outcome = Router(self.agents, self.at).route(self.items)
        return [(d.agent.profile_id, d.letters.decode()) for d in outcome.decisions] == list(
            zip(self.chosen, self.letters, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How the agents stand before a batch is decided, which changes them."""

    people: bytes
    used: list[int]
    since: list[int | None]


def people(agents: Sequence[Agent]) -> bytes:
    """What a batch does not change of the agents."""
    skills: dict[UUID, int] = {}
    groups: dict[UUID, int] = {}
    rows = [
        [
            agent.profile_id.hex, agent.state, agent.capacity, sorted(agent.customer_kinds),
            [[skills.setdefault(s, len(skills)), level] for s, level in agent.skills.items()],
            agent.active, agent.held,
            [groups.setdefault(g, len(groups)) for g in sorted(agent.group_ids)],
        ]
        for agent in agents
    ]  # fmt: skip
    named = [[one.hex for one in skills], rows, [one.hex for one in groups]]
    return zlib.compress(orjson.dumps(named), 1)


def standing(agents: Sequence[Agent], known: bytes | None = None) -> Standing:
    """How the agents stand now; `known` is what `people` said of the same ones before."""
    return Standing(
        known or people(agents),
        [agent.used for agent in agents],
        [None if (at := agent.last_assigned_at) is None else micros(at) for agent in agents],
    )


def pack(before: Standing, decisions: Sequence[Decision]) -> bytes:
    """The content of a pass."""
    needs: dict[int, tuple[int, Need]] = {}
    told: dict[int, tuple[int, bytes]] = {}
    rows: list[tuple[object, ...]] = []
    for item, _, place, letters, declined in decisions:
        need = needs.setdefault(id(item.need), (len(needs), item.need))
        one = told.setdefault(id(letters), (len(told), letters))
        row = (need[0], one[0], place)
        passed = [profile_id.hex for profile_id in item.declined_by]
        rows.append((*row, declined, passed) if passed else row)
    named = [
        [
            need.customer_kind,
            need.size,
            [[s.hex, level] for s, level in need.skills],
            need.group_id and need.group_id.hex,
        ]
        for _, need in needs.values()
    ]
    spelling = [letters.decode() for _, letters in told.values()]
    decided = zlib.compress(orjson.dumps([before.used, before.since, named, spelling, rows]), 1)
    return b"".join((before.people, decided, *[decision.item.id.bytes for decision in decisions]))


def unpack(content: bytes, at: datetime) -> StoredPass:
    """The inverse of `pack`."""
    first, second = zlib.decompressobj(), zlib.decompressobj()
    # Passes from before groups were looked at say nothing of them.
    skill_ids, known, *groups_told = orjson.loads(first.decompress(content))
    decided = orjson.loads(second.decompress(first.unused_data))
    used, since, named, told, rows = decided
    skills = [UUID(hex=skill) for skill in skill_ids]
    groups = [UUID(hex=group) for told_of in groups_told for group in told_of]
    needs = [
        Need(
            kind,
            tuple((UUID(hex=skill), level) for skill, level in wanted),
            size,
            UUID(hex=meant[0]) if meant and meant[0] else None,
        )
        for kind, size, wanted, *meant in named
    ]
    agents = [
        Agent(
            profile_id=UUID(hex=row[0]),
            state=row[1],
            capacity=row[2],
            used=places,
            last_assigned_at=None if given is None else moment(given),
            customer_kinds=frozenset(row[3]),
            skills={skills[place]: level for place, level in row[4]},
            active=row[5],
            held=row[6],
            group_ids=frozenset(groups[place] for place in (row[7] if len(row) > 7 else ())),
        )
        for row, places, given in zip(known, used, since, strict=True)
    ]
    ids = second.unused_data
    items, chosen, letters = [], [], []
    for number, (need, spelling, place, *passed) in enumerate(rows):
        declined, declined_by = passed or ((), ())
        item_id = UUID(bytes=ids[number * _UUID_BYTES : (number + 1) * _UUID_BYTES])
        items.append(Item(item_id, needs[need], frozenset(UUID(hex=one) for one in declined_by)))
        chosen.append(agents[place].profile_id)
        letters.append(spelled(told[spelling].encode(), place, declined).decode())
    return StoredPass(at=at, agents=agents, items=items, chosen=chosen, letters=letters)
