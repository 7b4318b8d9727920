"""People behind profiles and groups."""

import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from infra.kernel.context import Context

_PEOPLE = """
SELECT p.id, p.kind, u.name, u.email, u.locale
  FROM profiles p JOIN users u ON u.tenant_id = p.tenant_id AND u.id = p.user_id
 WHERE p.tenant_id = $1 AND p.id = ANY ($2) AND p.state = 'active' AND u.state = 'active'
 ORDER BY p.id
"""
_MEMBERS = """
SELECT DISTINCT ON (m.user_id) p.id
  FROM groups g JOIN group_members m ON m.tenant_id = g.tenant_id AND m.group_id = g.id
  JOIN profiles p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.kind = 'staff'
   AND p.state = 'active'
 WHERE g.tenant_id = $1 AND g.active AND {which}
 ORDER BY m.user_id, p.is_default DESC, p.id
 LIMIT 500
"""


async def people(ctx: Context, ids: list[UUID]) -> list[Any]:
    """Name, address and language of those of the profiles that are active."""
    return await ctx.fetch(_PEOPLE, ctx.tenant_id, ids) if ids else []


async def members_of(ctx: Context, group_id: UUID) -> list[UUID]:
    """The staff profiles of a group's members."""
    rows = await ctx.fetch(_MEMBERS.format(which="g.id = $2"), ctx.tenant_id, group_id)
    return [row["id"] for row in rows]


async def members_of_named(ctx: Context, name: str) -> list[UUID]:
    """The same of the group with this name, however it is written."""
    rows = await ctx.fetch(_MEMBERS.format(which="g.name_key = $2"), ctx.tenant_id, _key(name))
    return [row["id"] for row in rows]


async def unknown_groups(ctx: Context, names: Iterable[str]) -> set[str]:
    """Those of the names that no group has, however they are written."""
    keys = {name: _key(name) for name in names}
    if not keys:
        return set()
    rows = await ctx.fetch(
        "SELECT name_key FROM groups WHERE tenant_id = $1 AND name_key = ANY($2)",
        ctx.tenant_id,
        list(keys.values()),
    )
    known = {row["name_key"] for row in rows}
    return {name for name, key in keys.items() if key not in known}


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
