"""What a record holds as rows of its own, such as steps, stages or questions: drawn as a table."""

from collections.abc import Iterable
from typing import Any

from portals.faults import Say
from portals.words import STATES
from portals.workspace.reader import Row
from portals.workspace.records import cells
from portals.workspace.records.shapes import Kind

_RULES = ("when", "condition", "start_when", "pause_when", "stop_when", "reset_when", "cancel_when")


def tables_of(kind: Kind, row: Row, say: Say) -> list[Row]:
    """The tables of a record: [{"name": code, "columns": codes, "rows": [[cell]]}]."""
    held = ((name, row.get(name) or ()) for name in kind.tables)
    return [_table(name, rows, say) for name, rows in held if rows]


def _table(name: str, rows: Iterable[Row], say: Say) -> Row:
    """The columns that any row fills in; ids lead nowhere here."""
    held = list(rows)
    known = dict.fromkeys((*_FIRST, *(key for each in held for key in each)))
    told = (key for key in known if any(_says(key, each.get(key)) for each in held))
    columns = [key for key in told if not key.endswith("_id")]
    drawn = [[_cell(key, each.get(key), say) for key in columns] for each in held]
    return {"name": name, "columns": columns, "rows": drawn}


_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)
_FIRST = ("subject", "label", "name", "text", "verb", "key", "target", "state", "step", "kind")
_USUAL = {"due_from": "opening"}


def _says(key: str, value: Any) -> bool:
    """Whether it is worth a look: filled in, and not as it is where nobody says anything."""
    return value not in _EMPTY and _USUAL.get(key) != value


def _cell(key: str, value: Any, say: Say) -> Row:
    if not _says(key, value):
        return cells.text(None)
    if key == "state" and value in STATES:
        return cells.text(value) | {"kind": "status"}
    told = cells.text(cells.inner(value, say, key))
    return told | ({"kind": "rule"} if key in _RULES else {})
