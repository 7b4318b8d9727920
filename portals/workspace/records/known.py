"""What the advice of a form rests on beside the form itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kernel.registry import Registry
from portals.workspace.reader import Row
from portals.workspace.records.composed import Values


@dataclass(frozen=True)
class Known:
    """The house and the record that is changed, with what of the tenant's own is offered."""

    registry: Registry
    row: Row | None
    audiences: tuple[str, ...]
    roles: tuple[Row, ...] = ()
    templates: tuple[str, ...] = ()
    groups: tuple[Row, ...] = ()
    needed: frozenset[str] = frozenset()
    """Fields that a case of the chosen type must fill in."""
    lists: Mapping[str, Row] = field(default_factory=dict)
    """What columns of cases may say, by the tenant's lists."""


Advice = Callable[[Known, str, Values], Row]


def codes(names: Any) -> list[Row]:
    """Codes as choices, which the page puts into words."""
    return [{"value": str(each), "label": str(each)} for each in names]
