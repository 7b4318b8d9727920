"""(i) fifty of many cases for callers whose rows come along five grant paths.

The caller has a role with five paths of the real resource: the cases of his contact, of his
account, of the accounts below his, those assigned to him and those he opened. Narrow reaches thirty
cases, middle a region's, wide a whole corporation's. The floor is the merge that one would write by
hand for exactly these five, in one transaction under the policy; ours is the reading layer that
every list goes through. Both run in this process, on one connection at a time.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.service.cases.resources import cases
from bench import domain, seeds
from bench.ground import Firm, Ground
from bench.results import Result, Rounds, at_most, paired
from infra.kernel.access import Caller
from infra.kernel.reading import read_list, read_one
from infra.kernel.sql import prefix_end

GOAL = 1.5
KEYS = "SELECT c.opened_at, c.id FROM cases c WHERE c.tenant_id = $1"
TAIL = "ORDER BY c.opened_at DESC, c.id DESC LIMIT 51"


def merge_sql(columns: Sequence[str], after: bool) -> str:
    """The newest fifty-one of each path from its own index, united, sorted, cut, then joined."""
    keyset = "AND (c.opened_at, c.id) < ($7::timestamptz, $8::uuid)" if after else ""
    plain = [
        f"({KEYS} AND c.{column} = ${n} {keyset} {TAIL})"
        for column, n in (("contact_id", 2), ("account_id", 3), ("assigned_to_id", 6),
                          ("opened_by_id", 6))
    ]  # fmt: skip
    below = (
        f"(SELECT p.* FROM accounts a CROSS JOIN LATERAL ({KEYS} AND c.account_id = a.id "
        f"{keyset} {TAIL}) p WHERE a.tenant_id = $1 AND a.path >= $4 AND a.path < $5 "
        f"ORDER BY p.opened_at DESC, p.id DESC LIMIT 51)"
    )
    united = " UNION ".join([*plain, below])
    shown = ", ".join(f'c."{name}"' for name in columns)
    return (
        f"SELECT {shown} FROM (SELECT * FROM ({united}) u ORDER BY opened_at DESC, id DESC "
        f"LIMIT 51) k JOIN cases c ON c.tenant_id = $1 AND c.id = k.id "
        f"ORDER BY c.opened_at DESC, c.id DESC"
    )


def all_sql(columns: Sequence[str], after: bool) -> str:
    """The newest fifty-one of the tenant."""
    keyset = "AND (c.opened_at, c.id) < ($2::timestamptz, $3::uuid)" if after else ""
    shown = ", ".join(f'c."{name}"' for name in columns)
    return f"SELECT {shown} FROM cases c WHERE c.tenant_id = $1 {keyset} {TAIL}"


def one_sql(columns: Sequence[str]) -> str:
    """One row, if any of the five paths reaches it."""
    shown = ", ".join(f'c."{name}"' for name in columns)
    return (
        f"SELECT {shown} FROM cases c WHERE c.tenant_id = $1 AND c.id = $7 AND (c.contact_id = $2 "
        f"OR c.account_id = $3 OR c.assigned_to_id = $6 OR c.opened_by_id = $6 OR c.account_id IN "
        f"(SELECT a.id FROM accounts a WHERE a.tenant_id = $1 AND a.path >= $4 AND a.path < $5))"
    )


@dataclass(frozen=True)
class Reader:
    """A caller, and the values that the hand-written statements take of him."""

    name: str
    caller: Caller
    values: tuple[Any, ...]
    sees_all: bool = False

    def statement(self, columns: Sequence[str], *, after: bool) -> str:
        return (all_sql if self.sees_all else merge_sql)(columns, after)


def readers(firm: Firm) -> list[Reader]:
    """Narrow, middle, wide, and one who sees every case."""
    leaf = seeds.REGIONS * seeds.LEAVES // 2
    return [
        _reader(firm, "narrow", seeds.NARROW, f"contact {seeds.NARROW}", "N/", seeds.NARROW),
        _reader(firm, "middle", f"leaf {leaf}", f"contact {leaf} 1", _region(leaf), "7"),
        _reader(firm, "wide", "leaf 0", "contact 0 0", "R/", "3"),
        Reader("all", firm.admin, (firm.id,), sees_all=True),
    ]


def _region(leaf: int) -> str:
    return "/".join(seeds.leaf_path(leaf).split("/")[:2]) + "/"


def _reader(firm: Firm, name: str, account: str, contact: str, path: str, agent: str) -> Reader:
    attributes = {
        "contact_id": seeds.key(firm.id, contact),
        "account_id": seeds.key(firm.id, account),
        "account_path": path,
        "profile_id": seeds.key(firm.id, f"agent {agent}"),
    }
    caller = Caller(
        firm.id, "staff", roles=frozenset({domain.FIVE}), attributes=attributes, name=name
    )
    values = (
        firm.id, attributes["contact_id"], attributes["account_id"], path, prefix_end(path),
        attributes["profile_id"],
    )  # fmt: skip
    return Reader(name, caller, values)


class Hand:
    """The hand-written side."""

    def __init__(self, ground: Ground, firm: Firm) -> None:
        self._pool = ground.services.database.pool
        self._begin = f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{firm.id}'"
        self.columns = cases.views["staff"].read

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """What the statement finds, as Python values by column."""
        async with self._pool.acquire() as connection:
            await connection.execute(self._begin)
            rows = await connection.fetch(statement, *values)
            await connection.execute("COMMIT")
        return [dict(row) for row in rows[:50]]


async def five_paths(ground: Ground) -> list[Result]:
    """Page 1, 2 and 20 for each caller, and one row by id."""
    firm = ground.firms[-1]
    results = []
    for reader in readers(firm):
        results += await _pages(ground, firm, reader)
        results.append(await _one(ground, firm, reader))
    return results


async def _pages(ground: Ground, firm: Firm, reader: Reader) -> list[Result]:
    hand = Hand(ground, firm)
    cursors = await _cursors(ground, reader)
    results = []
    for number, (cursor, last) in sorted(cursors.items()):
        query = {"limit": "50"} | ({"after": cursor} if cursor else {})
        statement = reader.statement(hand.columns, after=last is not None)
        values = (*reader.values, *(last or ()))

        async def ours(query: dict[str, str] = query) -> list[Any]:
            return (await read_list(ground.services, reader.caller, "cases", query)).data

        async def floor(statement: str = statement, values: tuple[Any, ...] = values) -> list[Any]:
            return await hand.rows(statement, *values)

        a, b = await ours(), await floor()
        if [str(row["id"]) for row in a] != [str(row["id"]) for row in b]:
            raise RuntimeError(f"{reader.name}, page {number}: the two lists differ")
        rounds = await side_by_side(ours, floor, 30 if ground.is_quick else 150)
        name = f"i  {reader.name}, page {number} of {firm.size:,} ({len(a)} rows)"
        results.append(at_most(name, rounds, "ms", None if reader.sees_all else GOAL))
    return results


async def _cursors(
    ground: Ground, reader: Reader
) -> dict[int, tuple[str | None, tuple[datetime, UUID] | None]]:
    """Where pages 1, 2 and 20 begin, for ours and for the hand-written statement."""
    found: dict[int, tuple[str | None, tuple[datetime, UUID] | None]] = {1: (None, None)}
    cursor: str | None = None
    for number in range(2, 21):
        query = {"limit": "50"} | ({"after": cursor} if cursor else {})
        page = await read_list(ground.services, reader.caller, "cases", query)
        if page.next is None:
            return found
        cursor = page.next
        if number in {2, 20}:
            opened_at = page.data[-1]["opened_at"]
            moment = opened_at if isinstance(opened_at, datetime) else _moment(opened_at)
            found[number] = (cursor, (moment, UUID(str(page.data[-1]["id"]))))
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _one(ground: Ground, firm: Firm, reader: Reader) -> Result:
    hand = Hand(ground, firm)
    page = await read_list(ground.services, reader.caller, "cases", {"limit": "50"})
    record_id = UUID(str(page.data[-1]["id"]))
    shown = ", ".join(f'c."{name}"' for name in hand.columns)
    plain = f"SELECT {shown} FROM cases c WHERE c.tenant_id = $1 AND c.id = $2"
    statement = plain if reader.sees_all else one_sql(hand.columns)

    async def ours() -> Any:
        return await read_one(ground.services, reader.caller, "cases", record_id)

    async def floor() -> Any:
        return await hand.rows(statement, *reader.values, record_id)

    rounds = await side_by_side(ours, floor, 60 if ground.is_quick else 300)
    return at_most(f"i  {reader.name}, one by id", rounds, "ms", None)


async def side_by_side(
    ours: Callable[[], Awaitable[Any]], floor: Callable[[], Awaitable[Any]], pairs: int
) -> Rounds:
    """Single calls in turn, in milliseconds; the ratio is that of the two medians, as a single
    pair is too short to share any weather."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs + 6):
        for side in (0, 1) if number % 2 else (1, 0):
            began = time.perf_counter()
            await (floor if side else ours)()
            if number >= 6:  # the first few prepare the statements
                times[side].append((time.perf_counter() - began) * 1000)
    rounds = paired(*times)
    return Rounds(rounds.value, rounds.floor, rounds.value / rounds.floor)
