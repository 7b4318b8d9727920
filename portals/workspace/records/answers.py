"""What a verb that only looks ahead answers, drawn whatever it is: its plain values as facts, its
lists of objects as tables."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.ids import parse
from portals.faults import Errors, Say
from portals.visits import Visit
from portals.words import CODES, STATES
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records import cells
from portals.workspace.records.applying import offered
from portals.workspace.records.choosing import adviser
from portals.workspace.records.composed import as_text, laid_out
from portals.workspace.records.foreseen import FORESEEN, UNTOLD, foreseen
from portals.workspace.records.inputs import fields_of
from portals.workspace.records.kinds import place_of, url_of
from portals.workspace.records.page import record_of, record_page
from portals.workspace.records.shapes import Kind
from portals.workspace.records.spelt import event_words, outcome_lines
from portals.workspace.records.typed import Typed, read

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ROWS_MOST = 100


async def preview_page(visit: Visit, kind: Kind, key: str, name: str) -> Response:
    """`GET {base}/{collection}/{id}?tab=…` of a preview, with what it is asked in the address; or
    what was posted to it. One that is only asked on purpose waits for its button."""
    preview = kind.preview(name)
    if preview is None:
        raise NotFound("there is no such preview")
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    collection = preview.collection or kind.collection
    definition = visit.services.registry.actions[f"{collection}.{preview.verb}"]
    if not await reader.reach(kind.collection, row["id"], (definition.granted_by,)):
        raise Forbidden("you may not ask this")
    is_posted = visit.request.method == "POST"
    fields = await fields_of(reader, definition, preview.asks)
    errors: Errors = []
    answer, status, typed, form = None, 200, Typed(), dict[str, str]()
    try:
        form = await visit.form() if is_posted else {k: visit.word(k) for k in preview.asks}
        advise = await adviser(reader, kind, row, form)
        fields = [laid_out(each, form, advise) for each in fields]
        typed = await read(reader, fields, form)
        if is_posted or not preview.waits:
            body = dict(preview.given) | typed.require()
            body |= (
                {"after": visit.word("after")} if preview.applies and visit.word("after") else {}
            )
            answer = await visit.ask(definition.permission, row["id"], **body)
    except (NotFound, Forbidden):
        raise
    except Problem as refused:
        errors, status = visit.errors(refused), refused.status
    return await record_page(
        visit, kind, key, tab=name, status=status, preview={
            "title": visit.say(preview.title), "about": visit.say(preview.about),
            "button": visit.say(preview.button), "id": preview.id, "posts": preview.waits,
            "fields": fields, "values": form, "errors": errors, "options": typed.options,
            "answer": await drawn(reader, answer, visit.say) if answer is not None else None,
            "apply": offered(visit, preview, answer, place_of(kind, row)),
        },
    )  # fmt: skip


async def drawn(reader: Reader, answer: Mapping[str, Any], say: Say) -> Row:
    """An answer as {"facts": [{"name", "cell"}], "tables": [{"name", "columns", "rows"}]}."""
    people = await _named(reader, answer)
    facts, tables = [], []
    for name, value in answer.items():
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            tables.append(_table(name, value, people, say))
        elif not _is_hidden(name, value):
            facts.append({"name": name, "cell": cell_of(name, value, {}, people, say)})
    return {"facts": facts, "tables": tables}


def _is_hidden(name: str, value: Any) -> bool:
    """Ids lead nowhere, the source of a letter's look is not for reading, and that nothing is done
    is said already."""
    return name in {"html", "dry_run", "next"} or (
        isinstance(value, str) and parse(value) is not None
    )


def _table(name: str, rows: Sequence[Row], people: Mapping[str, str], say: Say) -> Row:
    told = dict.fromkeys(key for row in rows for key in row if row[key] not in (None, "", [], {}))
    columns = [each for each in told if not each.endswith("_id") or each == "record_id"]
    if {"kind", "record_id"} <= set(columns):
        columns.remove("kind")  # the link leads there
    if "matches" in columns and "taken" in columns:
        columns.remove("taken")  # the steps tell it
    if "first_decides" in columns:
        columns = [each for each in columns if each not in UNTOLD]
    shown = [[cell_of(c, row.get(c), row, people, say) for c in columns]
             for row in rows[:_ROWS_MOST]]  # fmt: skip
    return {"name": name, "columns": columns, "rows": shown, "has_more": len(rows) > _ROWS_MOST}


def cell_of(
    name: str, value: Any, row: Mapping[str, Any], people: Mapping[str, str], say: Say
) -> Row:
    """A value by its look, since an answer has no columns to tell of it."""
    if value is None or value in ("", [], {}):
        return cells.text(None)
    if name == "record_id":
        kind = str(row.get("kind") or str(row.get("event_type", "")).partition(".")[0])
        url = url_of(kind, {"id": value})
        return cells.text(say("See it")) | ({"kind": "link", "url": url} if url else {})
    if (words := _in_words(name, value, say)) is not None:
        return cells.text(words) | ({"kind": "words"} if "\n" in words else {})
    if isinstance(value, bool):
        return cells.text(say("Yes") if value else say("No"))
    if isinstance(value, (int, float)) and "seconds" in name:
        return cells.text(value) | {"kind": "span"}
    if isinstance(value, str) and _MOMENT.match(value):
        return cells.text(value) | {"kind": "exact"}
    if isinstance(value, str) and _DAY.fullmatch(value):
        return cells.text(value) | {"kind": "day"}
    if name.startswith("state") and value in STATES:
        return cells.text(value) | {"kind": "status"}
    if isinstance(value, str):
        return cells.text(people.get(value, value)) | ({"kind": "words"} if "\n" in value else {})
    if isinstance(value, list):
        return cells.text("\n".join(cells.inner(each, say) for each in value)) | {"kind": "words"}
    return cells.text(cells.inner(value, say) if isinstance(value, dict) else as_text(value))


def _in_words(name: str, value: Any, say: Say) -> str | None:
    """What has words of its own: events, what became of steps, who would be asked."""
    if name in FORESEEN:
        return foreseen(name, value, say)
    match name:
        case "event_type":
            return event_words(value, say)
        case "outcomes":
            return "\n".join(outcome_lines(value, say))
        case "target" if value in CODES:
            return say(CODES[value])
    return None


async def _named(reader: Reader, answer: Mapping[str, Any]) -> dict[str, str]:
    """Names of the colleagues and groups of whom the rows tell by their ids."""
    rows = [row for value in answer.values() if isinstance(value, list) for row in value]
    told = [str(row.get("id")) for row in rows if isinstance(row, dict)]
    ids = {each for each in told if parse(each) is not None}
    if not ids:
        return {}
    groups = await reader.by_id("groups", ids)
    named = {key: str(row["name"]) for key, row in groups.items()}
    return await names_of(reader, [UUID(each) for each in ids - set(named)]) | named
