"""A pass on file: everything that a batch was decided on, and what was decided, in a few kilobytes.

The agents stand first, in the order of every decision's letters; needs are named once. What is
read back is what `Router` got, so the same decisions can be made again and compared.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from backend.omnichannel.routing.rules import Agent, Decision, Item, Need, Router

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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


def agents_json(agents: Sequence[Agent]) -> bytes:
    """How the agents stand now; taken before the batch is decided, which changes them."""
    skills: dict[UUID, int] = {}
    rows = [
        [
            agent.profile_id.hex, agent.state, agent.capacity, agent.used,
            _micros(agent.last_assigned_at), sorted(agent.customer_kinds),
            [[skills.setdefault(s, len(skills)), level] for s, level in agent.skills.items()],
            agent.active, agent.held,
        ]
        for agent in agents
    ]  # fmt: skip
    return orjson.dumps([[skill.hex for skill in skills], rows])


def pack(agents: bytes, decisions: Sequence[Decision]) -> bytes:
    """The content of a pass."""
    needs: dict[Need, int] = {}
    rows = [
        [
            d.item.id.hex, needs.setdefault(d.item.need, len(needs)),
            [declined.hex for declined in d.item.declined_by], d.agent.profile_id.hex,
        ]
        for d in decisions
    ]  # fmt: skip
    told = [[n.customer_kind, n.size, [[s.hex, level] for s, level in n.skills]] for n in needs]
    named = orjson.dumps([told, rows])
    return zlib.compress(
        b"".join((agents, b"\n", named, b"\n", *(d.letters for d in decisions))), 1
    )


def unpack(content: bytes, at: datetime) -> StoredPass:
    """The inverse of `pack`."""
    standing, named, letters = zlib.decompress(content).decode().split("\n")
    (skill_ids, people), (needs, rows) = orjson.loads(standing), orjson.loads(named)
    skills = [UUID(hex=skill) for skill in skill_ids]
    known = [
        Need(kind, tuple((UUID(hex=skill), level) for skill, level in wanted), size)
        for kind, size, wanted in needs
    ]
    return StoredPass(
        at=at,
        agents=[
            Agent(
                profile_id=UUID(hex=row[0]),
                state=row[1],
                capacity=row[2],
                used=row[3],
                last_assigned_at=None if row[4] is None else _EPOCH + row[4] * _MICROSECOND,
                customer_kinds=frozenset(row[5]),
                skills={skills[place]: level for place, level in row[6]},
                active=row[7],
                held=row[8],
            )
            for row in people
        ],
        items=[
            Item(UUID(hex=row[0]), known[row[1]], frozenset(UUID(hex=one) for one in row[2]))
            for row in rows
        ],
        chosen=[UUID(hex=row[3]) for row in rows],
        letters=[letters[n * len(people) : (n + 1) * len(people)] for n in range(len(rows))],
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND
