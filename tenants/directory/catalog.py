"""Which tables hold a tenant's rows, and in which order they can go: asked of the database itself,
so that no table of a later domain can be forgotten."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.kernel.database import Connection


@dataclass(frozen=True)
class Table:
    """A tenant's table, and what the application may do with it."""

    name: str
    columns: tuple[str, ...]
    is_deletable: bool


@dataclass(frozen=True)
class Reference:
    """`child.column` names rows of `parent`."""

    child: str
    parent: str
    column: str
    is_nullable: bool


async def tenant_tables(connection: Connection) -> list[Table]:
    """Every table with a tenant_id that is not part of a bigger one."""
    rows = await connection.fetch(
        """SELECT c.relname AS name, has_table_privilege(c.oid, 'DELETE') AS deletable,
             array_agg(a.attname::text ORDER BY a.attnum) AS columns
           FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'citus:%'
           GROUP BY c.oid, c.relname
           HAVING bool_or(a.attname = 'tenant_id') ORDER BY c.relname"""
    )
    return [Table(row["name"], tuple(row["columns"]), row["deletable"]) for row in rows]


async def references(connection: Connection) -> list[Reference]:
    """Foreign keys between tenants' tables, other than those of a table to itself."""
    rows: list[Any] = await connection.fetch(
        """SELECT child.relname AS child, parent.relname AS parent, a.attname AS column,
             NOT a.attnotnull AS nullable
           FROM pg_constraint k
           JOIN pg_class child ON child.oid = k.conrelid AND NOT child.relispartition
           JOIN pg_class parent ON parent.oid = k.confrelid AND NOT parent.relispartition
           JOIN pg_namespace n ON n.oid = child.relnamespace AND n.nspname = 'public'
           JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
             AND a.attname <> 'tenant_id'
           WHERE k.contype = 'f' AND k.conrelid <> k.confrelid"""
    )
    return [Reference(r["child"], r["parent"], r["column"], r["nullable"]) for r in rows]


def deletion_order(
    names: Iterable[str], edges: Iterable[Reference]
) -> tuple[list[str], list[Reference]]:
    """Children before parents. Where tables name each other in a circle, the nullable references
    that have to be emptied first. Raises ValueError for a circle that nothing opens."""
    left = set(names)
    open_edges = [edge for edge in edges if edge.child in left and edge.parent in left]
    order: list[str] = []
    emptied: list[Reference] = []
    while left:
        named = {edge.parent for edge in open_edges if edge.child in left}
        free = sorted(left - named)
        if free:
            order += free
            left -= set(free)
            open_edges = [edge for edge in open_edges if edge.child in left]
            continue
        loose = next((edge for edge in open_edges if edge.is_nullable), None)
        if loose is None:
            raise ValueError(f"tables that name each other: {', '.join(sorted(left))}")
        emptied.append(loose)
        open_edges.remove(loose)
    return order, emptied
