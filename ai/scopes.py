"""What a search may look at: kinds of records, each with the condition its caller reads it by."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kernel.access import Plan
from infra.kernel.context import Context
from infra.kernel.paths import PathCompiler
from infra.kernel.registry import Registry
from infra.kernel.resource import Resource
from infra.kernel.sql import Parameters

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

Condition = Callable[[str, Parameters], str]


@dataclass(frozen=True, slots=True)
class Scope:
    """One kind of record in a search.

    `condition` writes the caller's access predicate for a table alias, adding its values to the
    statement's; None says that the caller reads every record of the kind in the tenant.
    """

    kind: str
    table: str
    condition: Condition | None = None
    hits_max: int = 10
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Both are written into the statement's text; they come from code, and stay names.
        if not _NAME.fullmatch(self.kind) or not _NAME.fullmatch(self.table):
            raise ValueError(f"not a name: {self.kind!r}, {self.table!r}")


def scope_of(
    registry: Registry,
    plan: Plan,
    attributes: Mapping[str, Any],
    *,
    columns: Iterable[str] = (),
    hits_max: int = 10,
) -> Scope | None:
    """The records that a caller with this plan and these attributes reads, or None for none.

    `columns` are those that the kind's pieces are made of: a caller who may not read one of them
    on every path searches none of the pieces, as each piece may quote it.
    """
    if not plan.may("read") or not set(columns) <= plan.open_columns:
        return None

    def condition(alias: str, parameters: Parameters) -> str:
        return PathCompiler(registry, parameters).reaches(plan, "read", alias)

    return Scope(
        plan.resource.name,
        plan.resource.table,
        None if plan.is_total("read") else condition,
        hits_max,
        attributes,
    )


def scopes_of(
    ctx: Context, wanted: Mapping[Resource, Iterable[str]], *, hits_max: int = 10
) -> list[Scope]:
    """What this caller may search of these resources, each with the columns its pieces quote."""
    found = (
        scope_of(
            ctx.services.registry,
            ctx.plan(resource),
            ctx.caller.attributes,
            columns=columns,
            hits_max=hits_max,
        )
        for resource, columns in wanted.items()
    )
    return [scope for scope in found if scope is not None]
