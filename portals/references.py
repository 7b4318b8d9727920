"""Fields of the tenant's own that name another record: what one may choose, and how it is called.

Only what the reader may read is offered, found or named. Words that mean one record stand for it;
where they mean several, the form comes again with those to choose from.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.kernel.access import Caller
from infra.kernel.custom.fields import Access, CustomField, Fields, FieldType
from infra.kernel.custom.forms import Question
from infra.kernel.errors import Fault, Invalid
from infra.kernel.ids import parse
from infra.kernel.services import Services
from portals.workspace.reader import Reader
from portals.workspace.records.cells import label_of
from portals.workspace.records.finding import SEPARATOR, found, naming

CHOICES_MOST = 50
"""Of so many records one is chosen from a list; of more it is named."""


def of(fields: Fields, reader: Caller, wanted: Access = Access.READ) -> list[CustomField]:
    """The fields that name a record, as far as they are the reader's."""
    return [
        each for each in fields.all
        if each.type is FieldType.REFERENCE and each.target and each.may(reader.audience, wanted)
    ]  # fmt: skip


async def names(
    services: Services, reader: Caller, fields: Fields, rows: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Names by id of the records that these values of `custom` refer to."""
    values, named = list(rows), dict[str, str]()
    for each in of(fields, reader):
        ids = {row[each.key] for row in values if row.get(each.key)}
        known = await Reader(services, reader).by_id(str(each.target), ids)
        named |= {key: label_of(row) or naming(row) for key, row in known.items()}
    return named


async def offer(
    services: Services, reader: Caller, fields: Fields, asked: list[Question]
) -> list[Question]:
    """The questions with what each reference may be: a list of few records, or else those that
    were meant by what was written."""
    by_path = {each.path: each for each in of(fields, reader, Access.WRITE)}
    for question in asked:
        if question["name"] in by_path:
            await _offer(Reader(services, reader), question, str(by_path[question["name"]].target))
    return asked


async def _offer(reader: Reader, question: Question, target: str) -> None:
    written = str(question["value"] or "")
    page = await reader.page(target, {"limit": str(CHOICES_MOST)})
    rows, is_whole = page.data, page.next is None
    chosen = await reader.maybe(target, written) if parse(written) else None
    near = [] if chosen or is_whole or not written else await found(reader, target, written)
    if is_whole or len(near) > 1:
        own = {str(row["id"]): naming(row) for row in [*rows, *([chosen] if chosen else ())]}
        offered = own if is_whole else {each["id"]: each["label"] for each in near}
        question["input"] = "select"
        question["choices"] = [{"value": key, "label": words} for key, words in offered.items()]
    elif chosen:
        question["value"] = naming(chosen)


async def resolve(
    services: Services, reader: Caller, fields: Fields, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of `custom` with ids for the words that name records; raises Invalid."""
    resolved, faults = dict(values), []
    for each in of(fields, reader, Access.WRITE):
        written = resolved.get(each.key)
        if not written or parse(str(written)):
            continue
        near = await found(Reader(services, reader), str(each.target), str(written))
        bare = str(written).partition(SEPARATOR)[0].casefold()
        named = [one for one in near if bare in one["names"]]
        chosen = named if len(named) == 1 else near if len(near) == 1 else []
        if chosen:
            resolved[each.key] = chosen[0]["id"]
        else:
            code = "several" if near else "not_found"
            faults.append(Fault(f"/custom/{each.key}", code, "names no single record"))
    if faults:
        raise Invalid(faults)
    return resolved
