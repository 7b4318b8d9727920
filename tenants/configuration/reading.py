"""A bundle as it was sent, turned into objects; every fault of every file is named at once."""

from collections.abc import Mapping
from typing import Any

from tenants.configuration.catalog import SUFFIX, Catalog, Kind
from tenants.configuration.objects import (
    FORMAT,
    MANIFEST,
    Configuration,
    Object,
    kinds_of,
    number_twins,
)
from tenants.configuration.parsing import Budget, Read, TextFault, read

BYTES_MAX = 4 * 1024 * 1024
OBJECTS_MAX = 5_000


def read_bundle(
    catalog: Catalog, files: Mapping[str, str]
) -> tuple[Configuration, list[TextFault]]:
    """The objects, and what is wrong with their text."""
    wanted = Configuration(kinds_of(catalog, files))
    if sum(len(text.encode()) for text in files.values()) > BYTES_MAX:
        return wanted, [TextFault("", 1, f"all files have at most {BYTES_MAX} bytes", "too_much")]
    budget = Budget()
    faults: list[TextFault] = []
    for path in sorted(files):
        kind = catalog.by_path.get(path)
        if path == MANIFEST:
            found = read(path, files[path], budget)
            faults += found.faults or _manifest_faults(found)
        elif kind is None:
            faults.append(TextFault(path, 1, _unknown(path), "unknown_file"))
        else:
            found = read(path, files[path], budget)
            faults += found.faults or _take(wanted, kind, found)
    if len(wanted.objects) > OBJECTS_MAX:
        faults.append(TextFault("", 1, f"holds more than {OBJECTS_MAX} objects", "too_much"))
    return wanted, faults


def _unknown(path: str) -> str:
    if not path.endswith(SUFFIX):
        return f"only files that end in {SUFFIX} are read"
    return f"nothing that is configured is called {path.removesuffix(SUFFIX)!r}"


def _manifest_faults(found: Read) -> list[TextFault]:
    said = found.value.get("format") if isinstance(found.value, dict) else None
    if said == FORMAT and not isinstance(said, bool):
        return []
    line = found.line_of("/format")
    return [TextFault(found.path, line, f"format must be {FORMAT}", "format")]


def _take(wanted: Configuration, kind: Kind, found: Read) -> list[TextFault]:
    """The file's objects into the whole; answers their faults."""
    if found.value is None:
        return []
    if kind.is_single:
        wrong = _faults(kind, found, "", found.value)
        if not wrong:
            wanted.add(Object(kind, found.value, read=found))
        return wrong
    if not isinstance(found.value, list):
        return [TextFault(found.path, 1, "must be a list of objects", "not_a_list")]
    faults, objects = [], []
    for position, values in enumerate(found.value):
        pointer = f"/{position}"
        wrong = _faults(kind, found, pointer, values)
        faults += wrong
        if not wrong:
            objects.append(Object(kind, values, read=found, pointer=pointer))
    number_twins(objects)
    for each in objects:
        if each.nth and kind.configured.unique:
            text = f"{kind.title} {each.title!r} stands here twice"
            faults.append(TextFault(found.path, each.line_of(""), text, "twice"))
        else:
            wanted.add(each)
    return faults


def _faults(kind: Kind, found: Read, pointer: str, values: Any) -> list[TextFault]:
    def fault(place: str, message: str, code: str) -> TextFault:
        return TextFault(found.path, found.line_of(f"{pointer}{place}"), message, code)

    if not isinstance(values, dict):
        what = kind.title if kind.is_single else f"a {kind.title}"
        return [fault("", f"must be {what} by name", "not_an_object")]
    known = ", ".join(kind.by_name)
    wrong = [
        fault(f"/{name}", f"there is no {name!r}; there are {known}", "unknown_field")
        for name in values
        if name not in kind.by_name
    ]
    wrong += [
        fault("", f"{part.name} is missing: it names the object", "missing")
        for part in kind.key
        if part.name not in values and not _may_lack(kind, part.column)
    ]
    return wrong


def _may_lack(kind: Kind, column: str) -> bool:
    """Whether a part of the key may be empty, which is the same as left out."""
    field = kind.rows.model._meta.fields_map[column]  # noqa: SLF001
    return bool(field.null) and len(kind.key) > 1
