"""Responsibilities: lists, single checks and explanations for people whose rows come by what they
hold, among a million cases and 200,000 companies; and a hierarchy of 10,000 that moves.

Narrow looks after one company, middle after a region's, wide oversees a corporation with all that
lies beneath; each takes part in single cases too. The floor is the merge that one would write by
hand for these three flows, in one transaction under the policy.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bench import seeds
from bench.ground import Firm, Ground
from bench.lists import KEYS, TAIL, Hand, side_by_side
from bench.results import Result, Rounds, at_most, paired, told
from infra.kernel.access import Caller
from infra.kernel.explaining import explain
from infra.kernel.performing import perform
from infra.kernel.reading import read_list, visible
from tenants.signin.authenticator import Authenticator

CROWD, TOWER = 200_000, 10_000
LIST_GOAL, MOVE_GOAL = 1.5, 2.0
CASES_OF = {"narrow": 5, "middle": 50, "wide": 50}
_HELD = """SELECT h.anchor_id FROM held_responsibilities h WHERE h.tenant_id = $1
  AND h.holder_id = $2 AND h.responsibility_id = $3 AND h.anchor_kind = 'accounts'"""


@dataclass(frozen=True)
class Holder:
    """Somebody who holds responsibilities, and what they are called."""

    name: str
    profile_id: UUID
    caller: Caller
    responsibilities: tuple[UUID, UUID, UUID]

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.caller.tenant_id, self.profile_id, *self.responsibilities)


def merge_sql(columns: tuple[str, ...]) -> str:
    """Companies looked after, corporations overseen, single cases; the newest of each, united."""
    of_account = f"{KEYS} AND c.account_id = a.id {TAIL}"
    looked = (
        f"(SELECT p.* FROM ({_HELD}) a (id) CROSS JOIN LATERAL ({of_account}) p "
        f"ORDER BY p.opened_at DESC, p.id DESC LIMIT 51)"
    )
    overseen = (
        f"(SELECT p.* FROM (SELECT a.id FROM accounts t JOIN accounts a ON a.path >= t.path "
        f"AND a.path < left(t.path, -1) || '0' WHERE a.tenant_id = $1 AND t.tenant_id = $1 "
        f"AND t.id IN ({_HELD.replace('$3', '$4')})) a CROSS JOIN LATERAL ({of_account}) p "
        f"ORDER BY p.opened_at DESC, p.id DESC LIMIT 51)"
    )
    single = (
        f"({KEYS} AND c.id IN (SELECT h.anchor_id FROM held_responsibilities h "
        f"WHERE h.tenant_id = $1 AND h.holder_id = $2 AND h.responsibility_id = $5 "
        f"AND h.anchor_kind = 'cases') {TAIL})"
    )
    shown = ", ".join(f'c."{name}"' for name in columns)
    return (
        f"SELECT {shown} FROM (SELECT * FROM ({looked} UNION {overseen} UNION {single}) u "
        f"ORDER BY opened_at DESC, id DESC LIMIT 51) k JOIN cases c ON c.tenant_id = $1 "
        f"AND c.id = k.id ORDER BY c.opened_at DESC, c.id DESC"
    )


async def responsibilities(ground: Ground) -> list[Result]:
    """Page one, one row's check and one row's explanation for each of the three."""
    firm = ground.firms[-1]
    await populate(ground, firm)
    given = await _given(ground, firm)
    results = []
    for name in ("narrow", "middle", "wide"):
        holder = await _holder(ground, firm, name, given)
        results += await _measured(ground, firm, holder)
    return results


async def populate(ground: Ground, firm: Firm) -> None:
    """The companies beside the corporation, and the tower."""
    most = CROWD // 10 if ground.is_quick else CROWD
    async with seeds.bulk(ground.addresses.superuser_dsn) as connection:
        await seeds.crowd(connection, firm.id, most)
        await seeds.tower(connection, firm.id, TOWER)
        await connection.execute("ANALYZE accounts")


async def _given(ground: Ground, firm: Firm) -> tuple[UUID, UUID, UUID]:
    found = []
    for key, via, beneath in (
        ("looks_after", "account", False), ("oversees", "account", True), ("joins", "", False),
    ):  # fmt: skip
        made = await ground.do(
            firm, "responsibilities.create", key=f"bench_{key}", name=key, kind="employee"
        )
        await ground.do(
            firm, "access_configurations.create", key=f"bench_{key}_cases", resource="cases",
            responsibility_id=str(made["id"]), via=via, beneath=beneath, verbs=["read"],
        )  # fmt: skip
        found.append(UUID(str(made["id"])))
    return (found[0], found[1], found[2])


async def _holder(ground: Ground, firm: Firm, name: str, given: tuple[UUID, UUID, UUID]) -> Holder:
    profile_id, key = await ground.member(firm, "customer_data_viewer", name)
    looked, overseen, joined = given
    leaves = [seeds.key(firm.id, f"leaf {n}") for n in range(seeds.LEAVES)]
    accounts = {"narrow": [seeds.key(firm.id, seeds.NARROW)], "middle": leaves}.get(name, [])
    holds = [(looked, "accounts", account) for account in accounts]
    if name == "wide":
        holds.append((overseen, "accounts", seeds.key(firm.id, "root")))
    page = await ground.list_of(firm, "cases", limit=str(CASES_OF[name]), state="closed")
    holds += [(joined, "cases", UUID(str(row["id"]))) for row in page]
    async with ground.superuser() as connection:
        await connection.execute(
            """INSERT INTO held_responsibilities (tenant_id, id, responsibility_id, holder_id,
                 anchor_kind, anchor_id, source_kind, source_id, created_at, updated_at)
               SELECT $1, uuidv7(), h.r, $2, h.kind, h.anchor, 'bench', uuidv7(), now(), now()
                 FROM unnest($3::uuid[], $4::text[], $5::uuid[]) h (r, kind, anchor)""",
            firm.id, profile_id, *map(list, zip(*holds, strict=True)),
        )  # fmt: skip
        await connection.execute("ANALYZE held_responsibilities")
    caller = await ground.services.get(Authenticator).authenticate(key)
    return Holder(name, profile_id, caller, given)


async def _measured(ground: Ground, firm: Firm, holder: Holder) -> list[Result]:
    hand = Hand(ground, firm)
    statement = merge_sql(hand.columns)
    services, caller = ground.services, holder.caller

    async def ours() -> list[Any]:
        return (await read_list(services, caller, "cases", {"limit": "50"})).data

    async def floor() -> list[Any]:
        return await hand.rows(statement, *holder.values)

    a, b = await ours(), await floor()
    if [str(row["id"]) for row in a] != [str(row["id"]) for row in b] or not a:
        raise RuntimeError(f"{holder.name}: the two lists differ, or are empty")
    pairs = 20 if ground.is_quick else 100
    record = UUID(str(a[-1]["id"]))

    async def check() -> Any:
        return await visible(services, caller, "cases", [record])

    async def bare() -> Any:
        sql = "SELECT c.id FROM cases c WHERE c.tenant_id = $1 AND c.id = $2"
        return await hand.rows(sql, firm.id, record)

    async def explained() -> Any:
        query = {"profile": str(holder.profile_id)}
        return await explain(services, firm.admin, "cases", str(record), query)

    shown = await explained()
    if not any(link.holds for link in shown.grants):
        raise RuntimeError(f"{holder.name}: the explanation names no hold")
    name = f"access  {holder.name}, page 1 of {firm.size:,} by what is held ({len(a)} rows)"
    checked = await side_by_side(check, bare, pairs)
    told_in = await side_by_side(explained, bare, pairs)
    return [
        at_most(name, await side_by_side(ours, floor, pairs), "ms", LIST_GOAL),
        told(f"access  {holder.name}, may one row be read", checked.value, "ms", checked.floor),
        told(f"access  {holder.name}, one row explained", told_in.value, "ms", told_in.floor),
    ]


async def hierarchy(ground: Ground) -> list[Result]:
    """A tower of 10,000 companies moves from one ground to the other and back, paths and all."""
    firm = ground.firms[-1]
    async with ground.superuser() as connection:
        tower, *grounds = await connection.fetchrow(
            """SELECT md5($1::uuid::text || 'tower 0')::uuid,
                      md5($1::uuid::text || 'ground 0')::uuid,
                      md5($1::uuid::text || 'ground 1')::uuid""",
            firm.id,
        )
    place = 0
    ours: list[float] = []
    floors: list[float] = []
    for _ in range(2 if ground.is_quick else 5):
        for side in (ours, floors):
            place = 1 - place
            began = time.perf_counter()
            if side is ours:
                body = {"parent_id": str(grounds[place])}
                await perform(
                    ground.services, firm.admin, "accounts.update", record_id=tower, body=body
                )
            else:
                await _move_by_hand(ground, firm, tower, grounds[place], place)
            side.append((time.perf_counter() - began) * 1000)
        async with ground.superuser() as connection:
            await connection.execute("VACUUM (ANALYZE) accounts")
    rounds: Rounds = paired(ours, floors)
    return [at_most(f"access  {TOWER:,} companies move", rounds, "ms", MOVE_GOAL)]


async def _move_by_hand(ground: Ground, firm: Firm, tower: UUID, to: UUID, place: int) -> None:
    """The same rows by one statement each, with nothing said of it anywhere."""
    old, new = f"T{1 - place}G/T/", f"T{place}G/T/"
    async with ground.services.database.pool.acquire() as connection:
        await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{firm.id}'")
        await connection.execute(
            "UPDATE accounts SET parent_id = $3 WHERE tenant_id = $1 AND id = $2",
            firm.id, tower, to,
        )  # fmt: skip
        await connection.execute(
            """UPDATE accounts SET path = $3 || substr(path, length($2) + 1), version = version + 1,
                 updated_at = now() WHERE tenant_id = $1 AND path >= $2 AND path < $4""",
            firm.id, old, new, f"{old[:-1]}0",
        )  # fmt: skip
        await connection.execute("COMMIT")
