"""Bundles that come with the product: a folder each, with a `pack.yaml` that introduces it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infra.kernel.errors import NotFound
from infra.kernel.layers import Layer
from infra.kernel.services import Services
from tenants.configuration.answers import Pack
from tenants.configuration.parsing import Budget, read

INTRODUCTION = "pack.yaml"
SHIPPED = Path(__file__).parent / "shipped"


@dataclass
class Packs:
    """The packs below some folders. A floor above may provide more folders than ours."""

    folders: tuple[Path, ...] = (SHIPPED,)

    @cached_property
    def by_name(self) -> dict[str, Path]:
        return {
            place.parent.name: place.parent
            for folder in self.folders
            for place in sorted(folder.glob(f"*/{INTRODUCTION}"))
        }

    def files(self, name: str) -> dict[str, str]:
        """The pack's bundle; raises NotFound."""
        place = self.by_name.get(name)
        if place is None:
            raise NotFound(f"there is no pack {name!r}")
        return {
            path.name: path.read_text(encoding="utf-8")
            for path in sorted(place.glob("*.yaml"))
            if path.name != INTRODUCTION
        }

    def introduced(self, name: str) -> Pack:
        """What the pack says of itself."""
        text = (self.by_name[name] / INTRODUCTION).read_text(encoding="utf-8")
        said = read(INTRODUCTION, text, Budget()).value or {}
        return Pack(
            name=name,
            title=said.get("title", name),
            summary=said.get("summary", ""),
            layer=Layer(said.get("layer", Layer.WORKFLOWS)),
            files=sorted(self.files(name)),
        )

    @cached_property
    def all(self) -> list[Pack]:
        """Every pack as it introduces itself."""
        return [self.introduced(name) for name in self.by_name]

    @classmethod
    def of(cls, services: Services) -> "Packs":
        """The packs that were provided, or those that are shipped."""
        try:
            return services.get(cls)
        except LookupError:
            return cls()
