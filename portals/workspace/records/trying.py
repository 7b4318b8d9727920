"""What a macro would do to a case, step by step and in words, before it is done."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.ids import parse
from portals.faults import words_of
from portals.visits import Visit
from portals.workspace.colleagues import names_of
from portals.workspace.desk import reader_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import inner, label_of


async def tried(visit: Visit, action: str, row: Row, body: Mapping[str, Any]) -> Row:
    """The answer of a dry run: {"state", "steps": [{"verb", "done", "refused", "says"}]}. Steps
    behind a refused one are told too; they were not tried."""
    told = await visit.ask(action, row["id"], **body, dry_run=True)
    reader = reader_of(visit)
    macro = await reader.maybe("macros", body.get("macro_id")) or {"steps": []}
    done = dict(enumerate(told["steps"]))
    steps = []
    for number, step in enumerate(macro["steps"]):
        waits = step["verb"] == "wait" and step["values"].get("on") == "internal"
        became = done.get(number, {"done": False, "refused": None, "problem": None})
        refused = became["refused"]
        steps.append(
            {"verb": "wait_internal" if waits else step["verb"], "done": became["done"],
             "refused": refused and (words_of(became["problem"], visit.say) or refused),
             "says": "" if waits else await _says(reader, step["values"], visit)}
        )  # fmt: skip
    return {"state": told["state"], "steps": steps}


async def _says(reader: Reader, values: Mapping[str, Any], visit: Visit) -> str:
    """What a verb is given, with the names of those whom it names by their ids."""
    named = dict(values)
    columns = reader.services.registry.resources["cases"].reference_columns
    for name, value in values.items():
        if parse(str(value)) is None:
            continue
        people = await names_of(reader, [value]) if name == "assigned_to_id" else {}
        collection = columns.get(name) or f"{name.removesuffix('_id')}s"
        known = collection in reader.services.registry.resources
        record = await reader.maybe(collection, value) if known and not people else None
        named[name] = people.get(str(value)) or label_of(record) or value
    return inner(named, visit.say)
