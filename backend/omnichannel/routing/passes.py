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

from backend.omnichannel.routing.rules import Agent, Decision, Item, Need, Reason, Router

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
    needs: dict[int, Need] = {}
    rows: list[list[object]] = []
    for decision in decisions:
        item = decision.item
        needs[id(item.need)] = item.need
        row: list[object] = [item.id.hex, id(item.need)]
        rows.append(row + [one.hex for one in item.declined_by])
    told = {
        key: [need.customer_kind, need.size, [[s.hex, level] for s, level in need.skills]]
        for key, need in needs.items()
    }
    named = orjson.dumps([told, rows], option=orjson.OPT_NON_STR_KEYS)
    letters = (decision.letters for decision in decisions)
    return zlib.compress(b"".join((agents, b"\n", named, b"\n", *letters)), 1)


def unpack(content: bytes, at: datetime) -> StoredPass:
    """The inverse of `pack`."""
    standing, named, letters = zlib.decompress(content).decode().split("\n")
    (skill_ids, people), (needs, rows) = orjson.loads(standing), orjson.loads(named)
    skills = [UUID(hex=skill) for skill in skill_ids]
    known = {
        int(key): Need(kind, tuple((UUID(hex=skill), level) for skill, level in wanted), size)
        for key, (kind, size, wanted) in needs.items()
    }
    told = [letters[n * len(people) : (n + 1) * len(people)] for n in range(len(rows))]
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
            Item(UUID(hex=key), known[need], frozenset(UUID(hex=one) for one in declined))
            for key, need, *declined in rows
        ],
        chosen=[UUID(hex=people[one.index(Reason.CHOSEN)][0]) for one in told],
        letters=told,
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND
