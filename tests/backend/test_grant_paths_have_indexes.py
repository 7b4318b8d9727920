"""A list reached by a path is read from that path's own index, or it reads the whole tenant."""

import asyncpg
import pytest_asyncio

from backend.domains import DOMAINS
from infra.kernel.config import Settings
from infra.kernel.registry import Registry
from infra.kernel.resource import Match, Path, Resource, Subtree, Through

REGISTRY = Registry(DOMAINS)
INDEXES = """
SELECT t.relname AS name, array_agg(a.attname ORDER BY u.place) AS columns
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
  CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY u (number, place)
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = u.number
 GROUP BY t.relname, x.indexrelid"""
# Rows of one person or one parent, of which there are a handful: sorting them costs nothing.
FEW = {"profiles", "user_skills", "api_keys", "sessions", "agent_presence", "modules"}


@pytest_asyncio.fixture
async def indexes(settings: Settings) -> dict[str, list[list[str]]]:
    connection = await asyncpg.connect(settings.owner_dsn)
    try:
        rows = await connection.fetch(INDEXES)
    finally:
        await connection.close()
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(list(row["columns"]))
    return found


def leading(resource: Resource, path: Path) -> list[str] | None:
    """What the index of this path must begin with."""
    if isinstance(path, Subtree):
        return ["tenant_id", path.column]
    if isinstance(path, (Match, Through)) and path.column != "id":
        rest = [] if resource.name in FEW else [resource.default_sort.lstrip("-")]
        return ["tenant_id", path.column, *rest]
    return None


async def test_every_path_that_roles_read_by_has_its_index(
    indexes: dict[str, list[list[str]]],
) -> None:
    missing = set()
    for grant in REGISTRY.grants:
        resource = REGISTRY.resources[grant.resource]
        wanted = leading(resource, resource.paths[grant.path]) if "read" in grant.verbs else None
        has_table = resource.table in indexes  # a view has its table's
        if wanted and has_table:
            starts = [columns[: len(wanted)] for columns in indexes[resource.table]]
            if wanted not in starts:
                missing.add(f"{resource.table} ({', '.join(wanted)})")
    assert sorted(missing) == []


async def test_every_sort_has_its_index(indexes: dict[str, list[list[str]]]) -> None:
    """The sort that a list has unless asked otherwise."""
    missing = []
    for resource in REGISTRY.resources.values():
        wanted = ["tenant_id", resource.default_sort.lstrip("-")]
        if resource.table in indexes and resource.table not in FEW:
            starts = [columns[:2] for columns in indexes[resource.table]]
            if wanted not in starts:
                missing.append(f"{resource.table} ({', '.join(wanted)})")
    assert sorted(missing) == []
