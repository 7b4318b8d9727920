"""Fields that are made of fields: rows of a list, words by their keys, and what belongs together.

A form names their parts by place, `hours.0.opens`. What is shown, what is read back and where a
fault belongs all follow from the one description that `inputs` takes from the action's body: a
template of parts, which is *laid out* once for each row that a form holds. A row in which nothing
is written is no row, so an empty one can stand ready at the end.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from infra.kernel.errors import Fault
from portals.workspace.reader import Row

KEY, VALUE = "_key", "_value"
"""The parts of an entry of a mapping."""
ROWS, PAIRS, GROUP = "rows", "pairs", "group"
COMPOSED = {ROWS, PAIRS, GROUP}
NONE = "none"
"""The kind of a part that is not asked for beside what the rest of its row says."""
LINES_MOST = 200
SEVERAL = ", "

Values = Mapping[str, str]
Advise = Callable[[str, str, Values], Row]
"""What a part offers: by its place without numbers, its name, and what the form says so far."""


def nothing_known(_place: str, _name: str, _values: Values) -> Row:
    """The advice where there is none."""
    return {}


def beside(name: str, part: str, up: int = 1) -> str:
    """The name of another part of the same row, or of a row that many levels further up."""
    return ".".join([*name.split(".")[:-up], part])


# ── From a record to a form ──────────────────────────────────────────────────────────────────


def flat(field: Row, value: Any, name: str) -> dict[str, str]:
    """A record's value as what the fields of a form show."""
    if value is None:
        return {}
    kind = field["kind"]
    if kind == GROUP:
        return _flat_parts(field, value, name)
    if kind == ROWS:
        lines = [_flat_parts(field, each, f"{name}.{n}") for n, each in enumerate(value)]
        return {key: text for line in lines for key, text in line.items()}
    if kind == PAIRS:
        shown: dict[str, str] = {}
        for number, (key, each) in enumerate(value.items()):
            place = f"{name}.{number}"
            whole = {KEY: key} | (each if _is_flattened(field) else {VALUE: each})
            shown |= _flat_parts(field, whole, place)
        return shown
    return {name: "\n".join(value) if kind == "lines" else as_text(value)}


def _flat_parts(field: Row, value: Mapping[str, Any], name: str) -> dict[str, str]:
    shown: dict[str, str] = {}
    for part in parts_for(field, str(value.get(field.get("switch") or "") or "")):
        shown |= flat(part, value.get(part["name"]), f"{name}.{part['name']}")
    return shown


def parts_for(field: Row, chosen: str) -> list[Row]:
    """The parts of a row of the kind that is chosen, where there are several kinds of rows."""
    return [part for part in field["parts"] if not part.get("only") or chosen in part["only"]]


def _is_flattened(field: Row) -> bool:
    """Whether the values of a mapping are shown part by part."""
    return all(part["name"] != VALUE for part in field["parts"])


def as_text(value: Any) -> str:
    """A plain value as one types it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, tuple)) and not any(isinstance(v, (dict, list)) for v in value):
        return SEVERAL.join(as_text(each) for each in value)
    if isinstance(value, (dict, list, tuple)):
        return orjson.dumps(value, default=str).decode()
    return str(getattr(value, "value", value))


# ── The form, row by row ─────────────────────────────────────────────────────────────────────


def laid_out(field: Row, values: Values, advise: Advise = nothing_known, *, name: str = "") -> Row:
    """The field with its advice and, where it is made of parts, with the rows that `values` hold;
    each part then has its whole name, and the place of what stands below it."""
    name = name or field["name"]
    place = ".".join(each for each in name.split(".") if not each.isdigit())
    drawn = field | {"label": _label(field)} | advise(place, name, values) | {"name": name}
    if field["kind"] == GROUP:
        drawn["lines"] = [_line(field, values, advise, name)]
    elif field["kind"] in COMPOSED:
        drawn["lines"] = [
            _line(field, values, advise, f"{name}.{number}")
            for number in numbers(values, name)[:LINES_MOST]
        ]
    elif drawn["kind"] == "many":
        drawn["choices"] = _with_chosen(drawn["choices"], values.get(name, ""))
    return drawn


def _with_chosen(choices: list[Row], text: str) -> list[Row]:
    """The choices, and what is chosen although it is offered no more."""
    offered = {choice["value"] for choice in choices}
    kept = [each for each in plain({"kind": "list"}, text) if each not in offered]
    return [*choices, *({"value": each, "label": each} for each in kept)]


def _label(field: Row) -> str:
    return str(field.get("label") or field["name"])


def _line(field: Row, values: Values, advise: Advise, name: str) -> Row:
    chosen = values.get(f"{name}.{field.get('switch')}", "")
    parts = [
        laid_out(part, values, advise, name=f"{name}.{part['name']}")
        for part in parts_for(field, chosen)
    ]
    return {"name": name, "fields": [part for part in parts if part["kind"] != NONE]}


def lists_in(fields: Sequence[Row]) -> set[str]:
    """The lists of suggestions that the fields refer to."""
    found = {each["list"] for each in fields if each.get("list")}
    for each in fields:
        for line in each.get("lines", ()):
            found |= lists_in(line["fields"])
    return found


def redraws(fields: Sequence[Row]) -> bool:
    """Whether what one field offers depends on another."""
    return any(
        each["redraws"] or any(redraws(line["fields"]) for line in each.get("lines", ()))
        for each in fields
    )


def numbers(values: Values, name: str) -> list[int]:
    """The numbers of the rows that a form holds, in their order."""
    own = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})(?:\.|$)")
    return sorted({int(found[1]) for key in values if (found := own.match(key))})


def with_blank(fields: Sequence[Row], values: dict[str, str]) -> dict[str, str]:
    """With an empty row ready wherever a list has none yet."""
    for each in fields:
        if each["kind"] in {ROWS, PAIRS} and not numbers(values, each["name"]):
            values = values | _blank(each["name"], 0)
    return values


def _blank(name: str, number: int) -> dict[str, str]:
    return {f"{name}.{number}": ""}


def rearranged(values: dict[str, str], wish: str) -> dict[str, str]:
    """The form with one row more (`more:hours`), less (`drop:hours.2`) or higher (`up:steps.1`)."""
    verb, _, name = wish.partition(":")
    if verb == "more":
        taken = numbers(values, name)
        return values | _blank(name, taken[-1] + 1 if taken else 0)
    listed, _, number = name.rpartition(".")
    if verb == "drop":
        gone = f"{name}."
        return {k: text for k, text in values.items() if k != name and not k.startswith(gone)}
    if verb == "up" and number.isdigit():
        before = [each for each in numbers(values, listed) if each < int(number)]
        if before:
            return _swapped(values, name, f"{listed}.{before[-1]}")
    return values


def _swapped(values: dict[str, str], one: str, other: str) -> dict[str, str]:
    def renamed(key: str) -> str:
        for here, there in ((one, other), (other, one)):
            if key == here or key.startswith(f"{here}."):
                return there + key[len(here) :]
        return key

    return {renamed(key): text for key, text in values.items()}


# ── From a form to a body ────────────────────────────────────────────────────────────────────


class Unreadable(ValueError):
    """What was typed is not what the field takes; the message says why."""


def collected(field: Row, values: Values, places: dict[str, str], faults: list[Fault]) -> Any:
    """What a laid-out field says; None where it says nothing. `places` learns the name in the form
    of each place in the body, which differ where empty rows are left out."""
    return _collected(field, values, f"/{field['name']}", places, faults)


def _collected(
    field: Row, values: Values, pointer: str, places: dict[str, str], faults: list[Fault]
) -> Any:
    places[pointer] = field["name"]
    kind = field["kind"]
    if kind == GROUP:
        return _parts(field["lines"][0]["fields"], values, pointer, places, faults) or None
    if kind == ROWS:
        found: list[Any] = []
        for line in field["lines"]:
            here = f"{pointer}/{len(found)}"
            told = _parts(line["fields"], values, here, places, faults)
            if told:
                places[here] = line["fields"][0]["name"]
                found.append(told)
        return found
    if kind == PAIRS:
        return _pairs(field, values, pointer, places, faults)
    text = values.get(field["name"], "").strip()
    try:
        return plain(field, text) if text else None
    except Unreadable as wrong:
        faults.append(Fault(pointer, "unreadable", str(wrong)))
        return None


def _parts(
    parts: Sequence[Row],
    values: Values,
    pointer: str,
    places: dict[str, str],
    faults: list[Fault],
) -> dict[str, Any]:
    found = {}
    for part in parts:
        last = part["name"].rpartition(".")[2]
        told = _collected(part, values, f"{pointer}/{last}", places, faults)
        if told not in (None, [], {}):
            found[last] = told
    return found


def _pairs(
    field: Row, values: Values, pointer: str, places: dict[str, str], faults: list[Fault]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in field["lines"]:
        here: dict[str, str] = {}
        told = _parts(line["fields"], values, "", here, faults)
        key = told.pop(KEY, None)
        places |= {f"{pointer}/{key}{inner}": name for inner, name in here.items()}
        places[f"{pointer}/{key}"] = here.get(f"/{VALUE}", line["fields"][0]["name"])
        if key is None:
            if told:
                first = line["fields"][0]["name"]
                places[f"/{first}"] = first
                faults.append(Fault(f"/{first}", "missing", "is missing"))
        elif _is_flattened(field):
            found[key] = told
        else:
            found[key] = told.get(VALUE, [] if field["lists"] else None)
    return found


def plain(field: Row, text: str) -> Any:
    """A single value of what was typed; raises Unreadable."""
    kind = field.get("takes") or field["kind"]
    if kind == "flag":
        return text == "true"
    if kind == "number":
        return int(text) if text.lstrip("+-").isdigit() and len(text) < 20 else text
    if kind == "decimal":
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if kind in {"list", "many"}:
        parts = text.replace("\n", ",").split(",")
        return [part.strip() for part in parts if part.strip()]
    if kind == "numbers":
        return [plain({"kind": "number"}, each) for each in plain({"kind": "list"}, text)]
    if kind == "flags":
        return [each == "true" for each in plain({"kind": "list"}, text)]
    if kind == "json":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Unreadable("is not JSON") from None
    return loose(text) if kind == "loose" else text


def loose(text: str) -> Any:
    """Text, unless it is written as a number, a yes or no, a list or an object is in JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
