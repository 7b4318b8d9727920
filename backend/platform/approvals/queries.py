"""Whom a rule means, and what is due: reads that a View cannot say."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from infra.kernel.context import Context

PEOPLE_MAX = 200

_PERSON = """
  FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
 WHERE p.tenant_id = $1 AND p.state = 'active' AND u.state <> 'suspended'
"""
_FIRST_PROFILE = """
SELECT DISTINCT ON (u.id) p.id
  FROM users u JOIN profiles p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
 WHERE u.tenant_id = $1 AND p.state = 'active' AND u.state <> 'suspended' AND {which}
 ORDER BY u.id, (p.kind = 'staff') DESC, cardinality(p.roles) > 0 DESC,
          p.is_default DESC, p.id LIMIT 200
"""
# The nearest manager up the line of each group who is in the house, and not the one who asks.
_MANAGERS = """
WITH RECURSIVE led AS NOT MATERIALIZED (
  SELECT g.id, g.parent_id, CASE WHEN EXISTS (
      SELECT 1 FROM profiles p JOIN users u ON u.tenant_id = $1 AND u.id = p.user_id
       WHERE p.tenant_id = $1 AND p.user_id = g.manager_id AND p.state = 'active'
         AND u.state <> 'suspended') THEN g.manager_id END AS manager_id
    FROM groups g WHERE g.tenant_id = $1 AND g.active),
line AS (
  SELECT g.id AS start, g.id, g.parent_id, g.manager_id, 0 AS depth
    FROM group_members m JOIN led g ON g.id = m.group_id
   WHERE m.tenant_id = $1 AND m.user_id = $2
  UNION ALL
  SELECT l.start, g.id, g.parent_id, g.manager_id, l.depth + 1
    FROM line l JOIN led g ON g.id = l.parent_id
   WHERE (l.manager_id IS NULL OR l.manager_id = $2) AND l.depth < 20)
SELECT DISTINCT ON (start) manager_id FROM line
 WHERE manager_id IS NOT NULL AND manager_id <> $2 ORDER BY start, depth
"""
# One profile of each person: a company's people for whoever of them was asked, staff for staff.
_COLLEAGUES = """
SELECT id, name FROM (
  SELECT DISTINCT ON (u.id) p.id, u.name
    FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
   WHERE p.tenant_id = $1 AND p.state = 'active' AND u.state <> 'suspended' AND u.id <> $2
     AND CASE WHEN $4 = 'staff' THEN p.kind = 'staff'
         ELSE p.kind <> 'staff'
          AND p.account_id = (SELECT account_id FROM profiles WHERE tenant_id = $1 AND id = $3)
          AND EXISTS (SELECT 1 FROM approvals a WHERE a.tenant_id = $1 AND a.approver_id = $3)
         END
     AND ($5::text IS NULL OR lower(u.email) = $5)
   ORDER BY u.id, p.is_default DESC, p.id) each
 ORDER BY lower(name), id LIMIT 200
"""
_THEIRS = """
  FROM approvals a
 WHERE a.tenant_id = $1 AND a.state = 'open'
   AND (a.approver_user_id = $2 OR a.approver_user_id IN (
     SELECT d.principal_user_id FROM approval_deputies d
      WHERE d.tenant_id = $1 AND d.deputy_user_id = $2 AND d.active
        AND d.starts_at <= $5 AND d.ends_at > $5))
   AND (a.approver_kind = 'staff') = ($4 = 'staff')
   AND ($4 = 'staff' OR a.approver_id = $3 OR a.approver_user_id <> $2)
"""
_WAITING = f"""
SELECT w.id AS approval_id, r.id AS request_id, r.number, r.kind, r.record_id, r.subject, r.action,
       r.note, r.requester_name, r.requested_at, r.waits_for_answer, w.why, w.due_at,
       w.due_at <= $5 AS is_overdue, w.for_name
  FROM (SELECT DISTINCT ON (a.request_id) a.id, a.request_id, a.why, a.due_at,
          CASE WHEN a.approver_user_id <> $2 THEN a.approver_name END AS for_name
          {_THEIRS} ORDER BY a.request_id, (a.approver_user_id = $2) DESC, a.id) w
  JOIN approval_requests r ON r.tenant_id = $1 AND r.id = w.request_id AND r.state = 'pending'
 ORDER BY w.due_at NULLS LAST, r.requested_at, r.id LIMIT $6
"""
_HOW_MANY = f"SELECT count(DISTINCT a.request_id) {_THEIRS}"
_MAY_DECIDE = """
SELECT EXISTS (
  SELECT 1 FROM approvals a JOIN profiles p ON p.tenant_id = $1 AND p.id = ANY ($3)
   WHERE a.tenant_id = $1 AND a.request_id = $2 AND a.state = 'open'
     AND (a.approver_user_id = p.user_id OR EXISTS (
       SELECT 1 FROM approval_deputies d
        WHERE d.tenant_id = $1 AND d.principal_user_id = a.approver_user_id
          AND d.deputy_user_id = p.user_id AND d.active)))
"""
_DUE = """
SELECT id, request_id FROM approval_steps
 WHERE tenant_id = $1 AND state = 'open' AND overdue_at IS NULL AND held_at IS NULL
   AND due_at <= $2 ORDER BY due_at, id LIMIT $3
"""
_TO_REMIND = """
SELECT id, request_id FROM approval_steps
 WHERE tenant_id = $1 AND state = 'open' AND held_at IS NULL
   AND remind_at <= $2 ORDER BY remind_at, id LIMIT $3
"""
_TOUCHED = """
SELECT id FROM approval_requests
 WHERE tenant_id = $1 AND record_id = ANY ($2) AND state IN ('pending', 'approved')
   AND performed_at IS NULL AND failure IS NULL ORDER BY id
"""


async def asked_by_themselves(connection: Any, tenant_id: UUID) -> dict[str, set[str]]:
    """Kinds of records about which rules ask by themselves, and on which occasions."""
    rows = await connection.fetch(
        """SELECT resource, array_agg(DISTINCT occasion) AS occasions FROM approval_rules
            WHERE tenant_id = $1 AND active AND occasion <> 'by_hand' AND action = ''
            GROUP BY resource""",
        tenant_id,
    )
    return {row["resource"]: set(row["occasions"]) for row in rows}


async def follows_from(ctx: Context, question_id: UUID, request_id: str) -> bool:
    """Whether what was sent by this request answered the question."""
    if not request_id:
        return False
    found = await ctx.fetchval(
        """SELECT EXISTS (SELECT 1 FROM events WHERE tenant_id = $1 AND record_id = $2
             AND kind = 'approval_requests' AND request_id = $3
             AND type IN ('approval_requests.approved', 'approval_requests.rejected'))""",
        ctx.tenant_id,
        question_id,
        request_id,
    )
    return bool(found)


async def people(ctx: Context, profiles: Iterable[UUID]) -> dict[UUID, Any]:
    """Those of the profiles that are in force, with their people, by id."""
    rows = await ctx.fetch(
        f"""SELECT p.id, p.user_id, p.kind, p.account_id, u.name, u.email, u.locale {_PERSON}
              AND p.id = ANY ($2)""",
        ctx.tenant_id,
        list(profiles),
    )
    return {row["id"]: row for row in rows}


async def profiles_of(ctx: Context, people: Iterable[Any]) -> dict[UUID, list[UUID]]:
    """By profile: all profiles as which the person might look at it. Members of staff may have
    several; a company's people act for that company as one."""
    staff = {row["user_id"] for row in people if row["kind"] == "staff"}
    rows = await ctx.fetch(
        f"SELECT p.id, p.user_id {_PERSON} AND p.kind = 'staff' AND p.user_id = ANY ($2)",
        ctx.tenant_id,
        list(staff),
    )
    of_user: dict[UUID, list[UUID]] = {}
    for row in rows:
        of_user.setdefault(row["user_id"], []).append(row["id"])
    return {
        row["id"]: of_user[row["user_id"]] if row["kind"] == "staff" else [row["id"]]
        for row in people
    }


async def of_addresses(ctx: Context, emails: Sequence[str]) -> list[UUID]:
    """The profile with which each of these people begins; staff's before others."""
    return await _first(ctx, "lower(u.email) = ANY ($2)", [each.lower() for each in emails])


async def of_users(ctx: Context, users: Sequence[UUID]) -> list[UUID]:
    """The same of people by their ids."""
    return await _first(ctx, "u.id = ANY ($2)", list(users))


async def _first(ctx: Context, which: str, values: list[Any]) -> list[UUID]:
    rows = await ctx.fetch(_FIRST_PROFILE.format(which=which), ctx.tenant_id, values)
    return [row["id"] for row in rows]


async def of_person(ctx: Context, column: str, key: UUID) -> list[UUID]:
    """The profile of a contact or a consumer."""
    rows = await ctx.fetch(f"SELECT p.id {_PERSON} AND p.{column} = $2", ctx.tenant_id, key)
    return [row["id"] for row in rows]


async def of_company(ctx: Context, account_id: UUID, role: str) -> list[UUID]:
    """People of a company who have the role there."""
    rows = await ctx.fetch(
        f"SELECT p.id {_PERSON} AND p.account_id = $2 AND p.kind <> 'staff' AND $3 = ANY (p.roles)"
        " ORDER BY p.id LIMIT 200",
        ctx.tenant_id,
        account_id,
        role,
    )
    return [row["id"] for row in rows]


async def colleagues_of(
    ctx: Context, user_id: UUID, profile_id: UUID, kind: str, *, address: str | None = None
) -> list[Any]:
    """Who could decide in somebody's place; whoever has this address alone, where one is given."""
    return await ctx.fetch(_COLLEAGUES, ctx.tenant_id, user_id, profile_id, kind, address)


async def managers_of(ctx: Context, user_id: UUID) -> list[UUID]:
    """Who leads the groups of a person, or those above, as people."""
    rows = await ctx.fetch(_MANAGERS, ctx.tenant_id, user_id)
    return [row["manager_id"] for row in rows]


async def members(ctx: Context, group_id: UUID, users: Iterable[UUID]) -> set[UUID]:
    """Those of the people who belong to the group."""
    rows = await ctx.fetch(
        """SELECT user_id FROM group_members
            WHERE tenant_id = $1 AND group_id = $2 AND user_id = ANY ($3)""",
        ctx.tenant_id,
        group_id,
        list(users),
    )
    return {row["user_id"] for row in rows}


async def holders_on(ctx: Context, key: str, anchor_kind: str, anchor_id: UUID) -> list[UUID]:
    """Who holds the responsibility on the record: profiles, groups, contacts, accounts alike."""
    rows = await ctx.fetch(
        """SELECT DISTINCT h.holder_id FROM held_responsibilities h
             JOIN responsibilities r ON r.tenant_id = $1 AND r.id = h.responsibility_id
            WHERE h.tenant_id = $1 AND h.anchor_kind = $3 AND h.anchor_id = $4
              AND r.key = $2 AND r.active LIMIT 200""",
        ctx.tenant_id,
        key,
        anchor_kind,
        anchor_id,
    )
    return [row["holder_id"] for row in rows]


async def waiting_for(
    ctx: Context, user_id: UUID, profile_id: UUID, kind: str, most: int
) -> list[Any]:
    """What waits for somebody, in their own name or as a deputy; the most urgent first."""
    return await ctx.fetch(_WAITING, ctx.tenant_id, user_id, profile_id, kind, ctx.now, most)


async def how_many_wait(ctx: Context, user_id: UUID, profile_id: UUID, kind: str) -> int:
    """How many questions wait for somebody."""
    found = await ctx.fetchval(_HOW_MANY, ctx.tenant_id, user_id, profile_id, kind, ctx.now)
    return int(found)


async def any_may_decide(ctx: Context, request_id: UUID, profiles: list[UUID]) -> bool:
    """Whether a decision waits for one of these people, or for whom they stand in for."""
    return bool(await ctx.fetchval(_MAY_DECIDE, ctx.tenant_id, request_id, profiles))


async def due_steps(ctx: Context, most: int) -> list[Any]:
    """Steps whose time is over, and that nobody was told of yet."""
    return await ctx.fetch(_DUE, ctx.tenant_id, ctx.now, most)


async def steps_to_remind(ctx: Context, most: int) -> list[Any]:
    """Steps of which their people are to be reminded."""
    return await ctx.fetch(_TO_REMIND, ctx.tenant_id, ctx.now, most)


async def touched(connection: Any, tenant_id: UUID, records: list[UUID]) -> list[UUID]:
    """Questions that rest on one of these records."""
    rows = await connection.fetch(_TOUCHED, tenant_id, records)
    return [row["id"] for row in rows]
