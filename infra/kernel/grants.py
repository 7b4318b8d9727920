"""Who may do what: a role, its verbs on a resource, and the path by which rows are reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kernel.resource import Path


@dataclass(frozen=True)
class Grant:
    """`columns` narrows what is read along this path; None leaves all of the audience's View.

    `path` names one of the resource's own paths, unless the grant brings a path made for it
    `along`, as a responsibility's does.
    """

    role: str
    resource: str
    verbs: tuple[str, ...]
    path: str = "all"
    columns: tuple[str, ...] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    along: Path | None = None

    def __hash__(self) -> int:
        return hash((self.role, self.resource, self.verbs, self.path))
