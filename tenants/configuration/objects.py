"""Objects of configuration as values that do not know where they are stored, and their files."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.configuration.catalog import Catalog, Kind
from tenants.configuration.parsing import Read
from tenants.configuration.writing import ordered, write

MANIFEST = "atrium.yaml"
FORMAT = 1
Identity = tuple[str, str, int]
"""Kind, key as canonical JSON, and which of those that share it."""


@dataclass
class Object:
    """One object: its values as they stand in text, the row it is, the place it was read from."""

    kind: Kind
    values: dict[str, Any]
    nth: int = 0
    row_id: UUID | None = None
    read: Read | None = None
    pointer: str = ""

    @property
    def identity(self) -> Identity:
        return (self.kind.name, key_text(self.key), self.nth)

    @property
    def key(self) -> Any:
        """What names it: one value, or a mapping where its key has several columns."""
        named = {part.name: self.values.get(part.name) for part in self.kind.key}
        if not named:
            return None
        return named if len(named) > 1 else next(iter(named.values()))

    @property
    def title(self) -> str:
        """Its name for people."""
        key = self.key
        if self.kind.is_single:
            return self.kind.title
        if not isinstance(key, Mapping):
            return str(key)
        return " / ".join(_words(value) for value in key.values() if value not in (None, ""))

    def line_of(self, place: str) -> int:
        """The line where a part of it stands."""
        return self.read.line_of(f"{self.pointer}{place}") if self.read else 0


def _words(value: Any) -> str:
    return " / ".join(map(_words, value.values())) if isinstance(value, Mapping) else str(value)


def key_text(key: Any) -> str:
    """A key in a form that can be compared and sorted."""
    return json.dumps(key, sort_keys=True, ensure_ascii=False)


@dataclass
class Configuration:
    """All objects of some kinds. A kind that is not among them is not spoken of."""

    kinds: tuple[Kind, ...]
    objects: dict[Identity, Object] = field(default_factory=dict)

    def add(self, each: Object) -> None:
        self.objects[each.identity] = each

    def of(self, kind: Kind) -> list[Object]:
        """The kind's objects in the order of their keys."""
        own = [each for each in self.objects.values() if each.kind is kind]
        return sorted(own, key=lambda each: (each.identity[1], each.nth))

    def files(self) -> dict[str, str]:
        """Path → text, the same for the same configuration."""
        grouped: dict[str, list[Object]] = {kind.name: [] for kind in self.kinds}
        for each in self.objects.values():
            grouped[each.kind.name].append(each)
        files = {}
        for kind in self.kinds:
            own = sorted(grouped[kind.name], key=lambda each: (each.identity[1], each.nth))
            listed = [_in_order(each) for each in own]
            files[kind.path] = write(listed[0] if kind.is_single and listed else listed)
        files[MANIFEST] = write({"checksum": checksum(files), "format": FORMAT})
        return dict(sorted(files.items()))


def _in_order(each: Object) -> dict[str, Any]:
    """The key first, as one looks for it; then the other parts by name."""
    names = [part.name for part in each.kind.parts]
    return {name: ordered(each.values[name]) for name in names if name in each.values}


def checksum(files: Mapping[str, str]) -> str:
    """What tells two configurations apart; the manifest does not count."""
    digest = hashlib.sha256()
    for path in sorted(files.keys() - {MANIFEST}):
        for text in (path, files[path]):
            content = text.encode()
            digest.update(len(content).to_bytes(8, "big") + content)
    return f"sha256:{digest.hexdigest()}"


def number_twins(objects: Iterable[Object]) -> None:
    """Tell objects apart that share a key: the first is 0, the next 1."""
    seen: dict[tuple[str, str], int] = {}
    for each in objects:
        name = (each.kind.name, key_text(each.key))
        each.nth = seen.get(name, 0)
        seen[name] = each.nth + 1


def kinds_of(catalog: Catalog, paths: Iterable[str]) -> tuple[Kind, ...]:
    """The kinds that these files are about."""
    named = set(paths)
    return tuple(kind for kind in catalog.kinds if kind.path in named)
