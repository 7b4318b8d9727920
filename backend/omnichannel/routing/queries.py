"""The few statements of routing, each over a whole batch.

Order of locks, so that nobody waits in a circle: who has an item's row may wait for an agent's;
who has agents' rows, taken in the order of their ids, never waits for an item but skips it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.omnichannel.routing.events import WorkItemOffered
from backend.omnichannel.routing.rules import NOBODY, Agent, Decision, Item, Need
from infra.kernel.context import Context
from infra.kernel.ids import uuid7
from infra.kernel.writing import dumps

Cursor = tuple[int, datetime, UUID]
"""Where a page of waiting items ended: rank, age, id."""

NeedBook = dict[tuple[str, str, str, int, UUID | None], Need]
"""Customer kind, skills and levels as the database spells them, size and group → the need."""

SkillBook = Mapping[UUID, Mapping[UUID, int]]
"""Profile → skill → level."""

GroupBook = Mapping[UUID, frozenset[UUID]]
"""Profile → the groups that the person belongs to and that are in use."""


async def try_writer_lock(ctx: Context) -> bool:
    """Whether this is the tenant's only routing writer. An optimisation: rows are what is right."""
    return bool(
        await ctx.fetchval(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('routing ' || $1::text, 0))",
            str(ctx.tenant_id),
        )
    )


_AGENT = """SELECT a.profile_id, a.state, a.capacity, a.used, a.last_assigned_at, a.customer_kinds,
              p.state = 'active' AS active, a.version
       FROM agent_presence a JOIN profiles p ON p.tenant_id = a.tenant_id AND p.id = a.profile_id
      WHERE a.tenant_id = $1 AND p.tenant_id = $1"""


async def agents_with_presence(ctx: Context, skills: SkillBook, groups: GroupBook) -> list[Agent]:
    """Everybody with a presence; those who could take something are locked first, and held."""
    held = await ctx.fetch(
        f"""{_AGENT} AND a.state = 'available' AND a.used < a.capacity AND p.state = 'active'
            ORDER BY a.id FOR UPDATE OF a""",
        ctx.tenant_id,
    )
    if not held:
        return []
    ids = [row["profile_id"] for row in held]
    others = await ctx.fetch(
        f"{_AGENT} AND a.profile_id <> ALL ($2::uuid[]) ORDER BY a.id", ctx.tenant_id, ids
    )
    return [_agent(row, skills, groups, held=True) for row in held] + [
        _agent(row, skills, groups, held=False) for row in others
    ]


async def stand_as_left(ctx: Context, agents: Sequence[Agent]) -> bool:
    """Lock those who could take something; whether everybody is as a pass knows them."""
    able = await ctx.fetch(
        """SELECT a.profile_id, a.version
             FROM agent_presence a
             JOIN profiles p ON p.tenant_id = a.tenant_id AND p.id = a.profile_id
            WHERE a.tenant_id = $1 AND p.tenant_id = $1 AND a.state = 'available'
              AND a.used < a.capacity AND p.state = 'active'
            ORDER BY a.id FOR UPDATE OF a""",
        ctx.tenant_id,
    )
    others = await ctx.fetch(
        """SELECT a.profile_id, a.version, p.state = 'active' AS active
             FROM agent_presence a
             JOIN profiles p ON p.tenant_id = a.tenant_id AND p.id = a.profile_id
            WHERE a.tenant_id = $1 AND p.tenant_id = $1
              AND NOT (a.state = 'available' AND a.used < a.capacity AND p.state = 'active')""",
        ctx.tenant_id,
    )
    found = {profile_id: (version, True, True) for profile_id, version in able}
    found |= {profile_id: (version, active, False) for profile_id, version, active in others}
    return found == {a.profile_id: (a.version, a.active, a.could_take) for a in agents}


async def presence_of_all(ctx: Context) -> list[Agent]:
    """Everybody with a presence, as they are now; nobody is locked."""
    rows = await ctx.fetch(f"{_AGENT} ORDER BY a.id", ctx.tenant_id)
    skills, groups = await skill_book(ctx), await group_book(ctx)
    return [_agent(row, skills, groups, held=True) for row in rows]


def _agent(row: Mapping[str, Any], skills: SkillBook, groups: GroupBook, *, held: bool) -> Agent:
    return Agent(
        profile_id=row["profile_id"],
        state=row["state"],
        capacity=row["capacity"],
        used=row["used"],
        last_assigned_at=row["last_assigned_at"],
        skills=skills.get(row["profile_id"], {}),
        customer_kinds=frozenset(row["customer_kinds"]),
        group_ids=groups.get(row["profile_id"], frozenset()),
        active=row["active"],
        held=held,
        version=row["version"],
    )


async def skill_book(ctx: Context) -> SkillBook:
    """What everybody with a presence can do; a skill is one object wherever it is named, which is
    what makes looking it up cheap."""
    rows = await ctx.fetch(
        """SELECT s.profile_id, array_agg(s.skill_id) AS skills, array_agg(s.level) AS levels
             FROM user_skills s
             JOIN agent_presence a ON a.tenant_id = s.tenant_id AND a.profile_id = s.profile_id
            WHERE s.tenant_id = $1 AND a.tenant_id = $1 GROUP BY s.profile_id""",
        ctx.tenant_id,
    )
    one: dict[UUID, UUID] = {}
    return {
        profile_id: {
            one.setdefault(skill, skill): level for skill, level in zip(skills, levels, strict=True)
        }
        for profile_id, skills, levels in rows
    }


async def group_book(ctx: Context) -> GroupBook:
    """The groups of everybody with a presence."""
    rows = await ctx.fetch(
        """SELECT a.profile_id, array_agg(m.group_id) AS groups FROM agent_presence a
             JOIN profiles p ON p.tenant_id = a.tenant_id AND p.id = a.profile_id
             JOIN group_members m ON m.tenant_id = p.tenant_id AND m.user_id = p.user_id
             JOIN groups g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
            WHERE a.tenant_id = $1 AND p.tenant_id = $1 AND m.tenant_id = $1
              AND g.tenant_id = $1 AND g.active GROUP BY a.profile_id""",
        ctx.tenant_id,
    )
    return {profile_id: frozenset(groups) for profile_id, groups in rows}


async def waiting_items(
    ctx: Context,
    skills: Sequence[UUID],
    groups: Sequence[UUID],
    after: Cursor | None,
    limit: int,
    needs: NeedBook,
) -> tuple[list[Item], Cursor | None]:
    """The next items in the order of service that need nothing but these skills and are for no
    group but these, locked, and where they end; items that somebody else has locked are being
    dealt with and left out."""
    rank, queued_at, item_id = after or (-1, None, None)
    rows = await ctx.fetch(
        f"""SELECT w.id, w.rank, w.queued_at, w.customer_kind, w.required_skills::text,
                  w.required_levels::text, w.size,
                  CASE WHEN cardinality(w.declined_by_ids) > 0 THEN w.declined_by_ids END,
                  w.waiting_reason, w.assignment_group_id, q.offer_seconds, q.retry_seconds
             FROM work_items w JOIN queues q ON q.tenant_id = w.tenant_id AND q.id = w.queue_id
            WHERE w.tenant_id = $1 AND q.tenant_id = $1 AND w.state = 'queued'
              AND w.required_skills <@ $2::uuid[]
              AND (w.assignment_group_id IS NULL OR w.assignment_group_id = ANY ($3::uuid[]))
              {_AFTER if after else ""}
            ORDER BY w.rank, w.queued_at, w.id LIMIT {int(limit)} FOR UPDATE OF w SKIP LOCKED""",
        *(
            (ctx.tenant_id, list(skills), list(groups), rank, queued_at, item_id)
            if after
            else (ctx.tenant_id, list(skills), list(groups))
        ),
    )
    items = []
    for item_id, _, _, kind, wanted, levels, size, declined, reason, group, offer, retry in rows:
        key = (kind, wanted, levels, size, group)
        need = needs.get(key)
        if need is None:
            need = needs[key] = _need(*key)
        passed = frozenset(declined) if declined else NOBODY
        items.append(Item(item_id, need, passed, offer, retry, reason))
    last = rows[-1] if rows else None
    return items, last and (last["rank"], last["queued_at"], last["id"])


def _need(kind: str, skills: str, levels: str, size: int, group_id: UUID | None) -> Need:
    """What the arrays say, as the database spells them: few needs, many items."""
    ids = [UUID(one) for one in skills.strip("{}").split(",") if one]
    wanted = tuple(zip(ids, map(int, levels.strip("{}").split(",")), strict=False))
    return Need(kind, wanted, size, group_id)


_AFTER = "AND (w.rank, w.queued_at, w.id) > ($4::int, $5::timestamptz, $6::uuid)"


_STORE = """
WITH given AS (
  SELECT g.*, $6::timestamptz + make_interval(secs => g.seconds) AS expires_at
    FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[])
      WITH ORDINALITY AS g (id, profile_id, seconds, words, place)
), offered AS (
  UPDATE work_items w
     SET state = 'offered', offered_to_id = g.profile_id, offered_at = $6, waiting_reason = NULL,
         offer_expires_at = g.expires_at, offer_reason = g.words, retry_at = NULL, pass_id = $7,
         pass_place = g.place - 1, updated_at = $6, version = w.version + 1
    FROM given g
   WHERE w.tenant_id = $1 AND w.id = g.id AND w.id = ANY ($2::uuid[]) RETURNING w.id
), taken AS (
  UPDATE agent_presence a
     SET used = t.used, last_assigned_at = t.at, updated_at = $6, version = a.version + 1
    FROM unnest($8::uuid[], $9::int[], $10::timestamptz[]) AS t (profile_id, used, at)
   WHERE a.tenant_id = $1 AND a.profile_id = t.profile_id RETURNING a.id
), kept AS (
  INSERT INTO routing_passes (tenant_id, id, at, config_version, decided, content)
  SELECT $1, $7, $6, s.config_version, cardinality($2::uuid[]), $11
    FROM tenant_state s WHERE s.tenant_id = $1 RETURNING id
), told AS (
  INSERT INTO events (tenant_id, id, type, kind, record_id, at, actor, payload)
  SELECT $1, uuidv7(), $13, 'work_items', g.id, $6, $12::text::jsonb,
         jsonb_build_object('work_item_id', g.id, 'offered_to_id', g.profile_id,
           'expires_at', g.expires_at, 'pass_id', $7::uuid, 'pass_place', g.place - 1)
    FROM given g RETURNING id
)
SELECT (SELECT count(*) FROM offered) AS offered, (SELECT count(*) FROM taken) AS taken,
       (SELECT count(*) FROM kept) + (SELECT count(*) FROM told) AS told
"""


async def store_decisions(
    ctx: Context, content: bytes, decisions: Sequence[Decision], words: Sequence[str]
) -> list[Agent]:
    """Write a batch in one statement: offers, places, reasons, and the events that tell of them.
    The items are locked and known to wait; saying so again would scan all that wait. Answers those
    who were given something.

    The events are `WorkItemOffered`, one for each item, as `ctx.emit` would write them one by one.
    """
    taken = list({decision.place: decision.agent for decision in decisions}.values())
    done = await ctx.fetchrow(
        _STORE,
        ctx.tenant_id,
        [d.item.id for d in decisions],
        [d.agent.profile_id for d in decisions],
        [d.item.offer_seconds for d in decisions],
        words,
        ctx.now,
        uuid7(),
        [agent.profile_id for agent in taken],
        [agent.used for agent in taken],
        [agent.last_assigned_at for agent in taken],
        content,
        dumps(ctx.actor),
        WorkItemOffered.type,
    )
    if done is None or done["offered"] != len(decisions) or done["taken"] != len(taken):
        raise RuntimeError("a locked row changed under a routing pass")
    return taken


async def note_waiting(
    ctx: Context, nobody: Sequence[UUID], declined: Sequence[tuple[UUID, datetime]]
) -> None:
    """Say of items that nobody takes now what they wait for."""
    await ctx.execute(
        """UPDATE work_items w SET waiting_reason = n.reason, retry_at = n.retry_at,
                  updated_at = $2, version = w.version + 1
             FROM unnest($3::uuid[], $4::text[], $5::timestamptz[]) AS n (id, reason, retry_at)
            WHERE w.tenant_id = $1 AND w.id = n.id AND w.state = 'queued'""",
        ctx.tenant_id,
        ctx.now,
        [*nobody, *(item_id for item_id, _ in declined)],
        ["no_agent"] * len(nobody) + ["declined_by_all"] * len(declined),
        [None] * len(nobody) + [at for _, at in declined],
    )


async def take_back_expired(ctx: Context) -> list[tuple[UUID, UUID]]:
    """Return offers that nobody answered to the queue, with their age; (item, agent) of each."""
    agents = await ctx.fetch(
        """SELECT a.id FROM agent_presence a WHERE a.tenant_id = $1 AND a.profile_id IN (
             SELECT w.offered_to_id FROM work_items w
              WHERE w.tenant_id = $1 AND w.offered_to_id IS NOT NULL
                AND w.offer_expires_at <= now())
           ORDER BY a.id FOR UPDATE""",
        ctx.tenant_id,
    )
    if not agents:
        return []
    rows = await ctx.fetch(
        """WITH late AS (
             SELECT w.id, w.offered_to_id, w.size, q.presence_after_timeout FROM work_items w
               JOIN queues q ON q.tenant_id = w.tenant_id AND q.id = w.queue_id
               JOIN agent_presence a ON a.tenant_id = w.tenant_id AND a.profile_id = w.offered_to_id
              WHERE w.tenant_id = $1 AND q.tenant_id = $1 AND a.tenant_id = $1
                AND w.offered_to_id IS NOT NULL AND w.offer_expires_at <= now()
                AND a.id = ANY ($2::uuid[])
              ORDER BY w.id FOR UPDATE OF w SKIP LOCKED
           ), returned AS (
             UPDATE work_items w
                SET state = 'queued', waiting_reason = 'routing', offered_to_id = NULL,
                    offered_at = NULL, offer_expires_at = NULL, offer_reason = NULL,
                    declined_by_ids = array_append(w.declined_by_ids, late.offered_to_id),
                    updated_at = $3, version = w.version + 1
               FROM late WHERE w.tenant_id = $1 AND w.id = late.id RETURNING w.id
           ), freed AS (
             UPDATE agent_presence a
                SET used = a.used - f.size, updated_at = $3, version = a.version + 1,
                    state = CASE WHEN f.away AND a.state = 'available' THEN 'away' ELSE a.state END
               FROM (SELECT offered_to_id, sum(size)::int AS size,
                            bool_or(presence_after_timeout = 'away') AS away
                       FROM late GROUP BY offered_to_id) f
              WHERE a.tenant_id = $1 AND a.profile_id = f.offered_to_id RETURNING a.id
           )
           SELECT late.id, late.offered_to_id FROM late
            WHERE (SELECT count(*) FROM returned) >= 0 AND (SELECT count(*) FROM freed) >= 0""",
        ctx.tenant_id,
        [row["id"] for row in agents],
        ctx.now,
    )
    return [(row["id"], row["offered_to_id"]) for row in rows]


async def take_back_offers_to(ctx: Context, profile_id: UUID) -> list[tuple[UUID, int]]:
    """Return what is offered to somebody who goes away; their row is locked by the caller."""
    rows = await ctx.fetch(
        """WITH open AS (
             SELECT id, size FROM work_items
              WHERE tenant_id = $1 AND offered_to_id = $2 AND state = 'offered'
              ORDER BY id FOR UPDATE SKIP LOCKED
           )
           UPDATE work_items w
              SET state = 'queued', waiting_reason = 'routing', offered_to_id = NULL,
                  offered_at = NULL, offer_expires_at = NULL, offer_reason = NULL,
                  updated_at = $3, version = w.version + 1
             FROM open WHERE w.tenant_id = $1 AND w.id = open.id RETURNING w.id, w.size""",
        ctx.tenant_id,
        profile_id,
        ctx.now,
    )
    return [(row["id"], row["size"]) for row in rows]


async def belongs(ctx: Context, profile_id: UUID | None, group_id: UUID | None) -> bool:
    """Whether the profile's person is a member of the group, and the group is in use."""
    return bool(
        await ctx.fetchval(
            """SELECT EXISTS (SELECT FROM profiles p
                 JOIN group_members m ON m.tenant_id = p.tenant_id AND m.user_id = p.user_id
                 JOIN groups g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
                WHERE p.tenant_id = $1 AND m.tenant_id = $1 AND g.tenant_id = $1 AND p.id = $2
                  AND m.group_id = $3 AND g.active)""",
            ctx.tenant_id,
            profile_id,
            group_id,
        )
    )


async def free_places(ctx: Context, profile_id: UUID, size: int) -> None:
    """Give back what an item took of somebody's room."""
    await ctx.execute(
        """UPDATE agent_presence SET used = greatest(used - $3, 0), updated_at = $4,
                  version = version + 1
            WHERE tenant_id = $1 AND profile_id = $2""",
        ctx.tenant_id,
        profile_id,
        size,
        ctx.now,
    )


async def take_places(ctx: Context, profile_id: UUID, size: int) -> None:
    """Count work given by hand; whoever gives it may go beyond the capacity, routing never."""
    await ctx.execute(
        """UPDATE agent_presence SET used = used + $3, last_assigned_at = $4, updated_at = $4,
                  version = version + 1
            WHERE tenant_id = $1 AND profile_id = $2""",
        ctx.tenant_id,
        profile_id,
        size,
        ctx.now,
    )


async def forget_declines_due(ctx: Context) -> int:
    """Let items that everybody passed on be offered again; how many."""
    rows = await ctx.fetch(
        """WITH due AS (
             SELECT id FROM work_items WHERE tenant_id = $1 AND retry_at <= now()
                AND state = 'queued' ORDER BY id FOR UPDATE SKIP LOCKED)
           UPDATE work_items w SET declined_by_ids = '{}', retry_at = NULL,
                  waiting_reason = 'routing', updated_at = $2, version = w.version + 1
             FROM due WHERE w.tenant_id = $1 AND w.id = due.id RETURNING w.id""",
        ctx.tenant_id,
        ctx.now,
    )
    return len(rows)


async def anything_to_do(ctx: Context) -> tuple[bool, bool, bool]:
    """Whether items wait while somebody has room; an offer is overdue; a retry is due."""
    row = await ctx.fetchrow(
        """SELECT EXISTS (SELECT FROM work_items WHERE tenant_id = $1 AND state = 'queued')
              AND EXISTS (SELECT FROM agent_presence WHERE tenant_id = $1 AND state = 'available'
                             AND used < capacity),
                  EXISTS (SELECT FROM work_items WHERE tenant_id = $1
                             AND offered_to_id IS NOT NULL AND offer_expires_at <= now()),
                  EXISTS (SELECT FROM work_items WHERE tenant_id = $1 AND retry_at <= now())""",
        ctx.tenant_id,
    )
    return (row[0], row[1], row[2]) if row else (False, False, False)


async def make_presence(ctx: Context, profile_id: UUID, kinds: Sequence[str]) -> None:
    """See to it that the profile has a presence row; two at once make one."""
    await ctx.execute(
        """INSERT INTO agent_presence (tenant_id, id, profile_id, state, customer_kinds,
                                       state_since, created_at, updated_at)
           VALUES ($1, $2, $3, 'offline', $4, $5, $5, $5) ON CONFLICT DO NOTHING""",
        ctx.tenant_id,
        uuid7(),
        profile_id,
        list(kinds),
        ctx.now,
    )


async def make_queue(ctx: Context, channel: str, name: str, priority: int) -> None:
    """See to it that the channel has its queue; two at once make one."""
    await ctx.execute(
        """INSERT INTO queues (tenant_id, id, name, channel, priority, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING""",
        ctx.tenant_id,
        uuid7(),
        name,
        channel,
        priority,
        ctx.now,
    )


async def insert_item(ctx: Context, values: Mapping[str, Any]) -> UUID | None:
    """Queue an item for a record that has none; its id, or None where there is one already."""
    names = list(values)
    found: UUID | None = await ctx.fetchval(
        f"""INSERT INTO work_items (tenant_id, {", ".join(names)})
            VALUES ($1, {", ".join(f"${n + 2}" for n in range(len(names)))})
            ON CONFLICT DO NOTHING RETURNING id""",
        ctx.tenant_id,
        *values.values(),
    )
    return found


async def skills_by_rule(ctx: Context, queue_id: UUID, category: str | None) -> dict[UUID, int]:
    """Skill → level that rules ask for work of this queue and category."""
    rows = await ctx.fetch(
        """SELECT skill_id, max(level) AS level FROM skill_rules
            WHERE tenant_id = $1 AND (queue_id IS NULL OR queue_id = $2)
              AND (category IS NULL OR category = $3) GROUP BY skill_id""",
        ctx.tenant_id,
        queue_id,
        category,
    )
    return {row["skill_id"]: row["level"] for row in rows}


async def stored_pass(ctx: Context, pass_id: UUID) -> Mapping[str, Any] | None:
    """A pass: when, under which configuration, and its content."""
    return await ctx.fetchrow(
        """SELECT at, config_version, content FROM routing_passes
            WHERE tenant_id = $1 AND id = $2""",
        ctx.tenant_id,
        pass_id,
    )


async def names_of(ctx: Context, profile_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Profile → the person's name."""
    rows = await ctx.fetch(
        """SELECT p.id, u.name FROM profiles p
             JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
            WHERE p.tenant_id = $1 AND u.tenant_id = $1 AND p.id = ANY ($2::uuid[])""",
        ctx.tenant_id,
        list(profile_ids),
    )
    return {row["id"]: row["name"] for row in rows}


async def skill_names(ctx: Context, skill_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Skill → its name."""
    rows = await ctx.fetch(
        "SELECT id, name FROM skills WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        ctx.tenant_id,
        list(skill_ids),
    )
    return {row["id"]: row["name"] for row in rows}


async def forget_old(ctx: Context) -> None:
    """Forget passes after ninety days."""
    await ctx.execute(
        """DELETE FROM routing_passes WHERE tenant_id = $1 AND id IN (
             SELECT id FROM routing_passes WHERE tenant_id = $1
                AND at < now() - interval '90 days' ORDER BY at LIMIT 1000)""",
        ctx.tenant_id,
    )


async def customer_name(
    ctx: Context, contact_id: UUID | None, consumer_id: UUID | None, account_id: UUID | None
) -> str:
    """Whom the work is for, as an agent would call them; empty for nobody known."""
    found: str | None = await ctx.fetchval(
        """SELECT coalesce(
             (SELECT c.name || ', ' || a.name FROM contacts c
                JOIN accounts a ON a.tenant_id = c.tenant_id AND a.id = c.account_id
               WHERE c.tenant_id = $1 AND c.id = $2),
             (SELECT name FROM consumers WHERE tenant_id = $1 AND id = $3),
             (SELECT name FROM accounts WHERE tenant_id = $1 AND id = $4), '')""",
        ctx.tenant_id,
        contact_id,
        consumer_id,
        account_id,
    )
    return found or ""
