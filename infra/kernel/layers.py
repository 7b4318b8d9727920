"""The layers of the trade, each building on those below; where a domain lies, its folder says.

Doors (pages and widgets) lie in none of them: they show what all layers hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from infra.kernel.registry import Domain


class Layer(StrEnum):
    """From the bottom upwards."""

    PLATFORM = "platform"
    FOUNDATION = "foundation"
    WORKFLOWS = "workflows"
    INDUSTRY = "industry"

    @property
    def height(self) -> int:
        """How many layers lie below."""
        return tuple(Layer).index(self)


SUMMARIES: Mapping[Layer, str] = {
    Layer.PLATFORM: "What every product needs and no trade knows of.",
    Layer.FOUNDATION: "The records that sales, service and field share.",
    Layer.WORKFLOWS: "How work is done: sales, service and field, in every channel.",
    Layer.INDUSTRY: "What one industry adds; configuration only.",
}
DOORS = ("portals", "embeddables")
_GROUPS: Mapping[str, Layer] = {
    "infra": Layer.PLATFORM,
    "tenants": Layer.PLATFORM,
    "ai": Layer.PLATFORM,
    "platform": Layer.PLATFORM,
    "foundation": Layer.FOUNDATION,
    "industries": Layer.INDUSTRY,
}


def group_of(domain: Domain) -> str:
    """The folder in which the domain's folder lies: `foundation`, or a floor such as `tenants`."""
    parts = next(_modules(domain)).split(".")
    return parts[1] if parts[0] == "backend" else parts[0]


def layer_of(domain: Domain) -> Layer | None:
    """Where the domain lies; every group of the trade above the foundation is workflows."""
    group = group_of(domain)
    return None if group in DOORS else _GROUPS.get(group, Layer.WORKFLOWS)


def layered(domains: Iterable[Domain]) -> dict[Layer, list[Domain]]:
    """Every layer from the bottom upwards, with its domains in their order."""
    found: dict[Layer, list[Domain]] = {layer: [] for layer in Layer}
    for domain in domains:
        layer = layer_of(domain)
        if layer is not None:
            found[layer].append(domain)
    return found


def _modules(domain: Domain) -> Iterator[str]:
    """Where what the domain declares is written."""
    declared: tuple[Any, ...] = (
        *(resource.model for resource in domain.resources),
        *domain.actions,
        *domain.reactions,
        *domain.jobs,
        *domain.periodic,
        *(getattr(route, "endpoint", None) for route in domain.routes),
    )
    yield from (each.__module__ for each in declared if hasattr(each, "__module__"))
    yield from domain.models
