"""Who may do what: a role, its verbs on a resource, and the path by which rows are reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Grant:
    """`columns` narrows what is read along this path; None leaves all of the audience's View."""

    role: str
    resource: str
    verbs: tuple[str, ...]
    path: str = "all"
    columns: tuple[str, ...] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.role, self.resource, self.verbs, self.path))
