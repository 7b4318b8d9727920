"""Which rows are configuration: what admins set up, kept as text and moved between tenants.

A resource that is configuration says how its objects are told apart in text. Everything else is a
record: a fact of one tenant, which never travels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STAMPS = frozenset({"id", "created_at", "updated_at", "version"})


@dataclass(frozen=True)
class Configured:
    """How rows of a resource are written as text.

    `key`: the columns that name an object wherever it lives; `unique`: whether no two share one.
    `columns`: what is written; by default all that staff may read and set, but for ids of records.
    `references`: place in a column without a foreign key (`action.arguments.group_id`) → resource.
    `secrets`: what stays behind and is set by hand afterwards. `after`: resources whose objects are
    named in plain text. `gives_access`: whether a change moves what people may do. `where`: which
    rows count. `ends`: the verb that takes an object away; `returns`: the one that brings back what
    ended, where its key is not given to another.
    """

    key: tuple[str, ...] = ("name",)
    unique: bool = True
    columns: tuple[str, ...] | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    gives_access: bool = False
    ends: str = "delete"
    returns: str = ""

    def faults(self, shown: frozenset[str]) -> list[str]:
        """What is wrong with it, given the columns that staff may read."""
        named = {*self.key, *(self.columns or ()), *self.where}
        named |= {place.split(".", 1)[0] for place in self.references}
        wrong = [f"staff read no column {name!r}" for name in sorted(named - shown)]
        if not self.key:
            wrong.append("names no key")
        wrong += [f"{name!r} is no configuration" for name in sorted(named & STAMPS)]
        return wrong
