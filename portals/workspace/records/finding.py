"""Finding a record to refer to, while somebody types its name."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from starlette.responses import JSONResponse, Response

from infra.kernel.access import Caller
from infra.kernel.context import Context
from infra.kernel.database import Connection
from infra.kernel.errors import NotFound
from portals.visits import Visit
from portals.workspace.desk import reader_of
from portals.workspace.queries import colleagues_called
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import label_of
from tenants.roles import BUILT_IN

SEPARATOR = " · "
_MOST = "8"


async def lookup(visit: Visit) -> Response:
    """`GET /workspace/lookup?of=accounts&q=…`: what may be meant, for the field being typed in."""
    collection = visit.word("of", 60)
    if collection not in visit.services.registry.resources:
        raise NotFound("there is no such collection")
    near = await found(reader_of(visit), collection, visit.word("q"))
    body = [{"id": each["id"], "label": each["label"]} for each in near]
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def found(reader: Reader, collection: str, words: str) -> list[Row]:
    """At most eight records that the person may read: {"id", "label", "names"}."""
    words = words.partition(SEPARATOR)[0].strip() if SEPARATOR in words else words.strip()
    if not words:
        return []
    if collection == "profiles":
        return await _colleagues(reader, words)
    exact = await reader.maybe(collection, words)
    if exact is not None:
        return [_found(exact)]
    resource = reader.services.registry.resources[collection]
    if not resource.searchable(reader.caller.audience):
        return []
    return [_found(row) for row in await reader.rows(collection, {"q": words, "limit": _MOST})]


def _found(row: Row) -> Row:
    names = [str(row[name]).casefold() for name in ("number", "name", "subject", "email", "code")
             if row.get(name)]  # fmt: skip
    return {"id": str(row["id"]), "label": naming(row), "names": names}


def naming(row: Row) -> str:
    """A record in words that lead back to it."""
    label = label_of(row) or str(row["id"])
    number = row.get("number")
    return f"{number}{SEPARATOR}{label}" if number and number != label else label


async def _colleagues(reader: Reader, words: str) -> list[Row]:
    """Colleagues by their name; for staff alone."""
    if reader.caller.audience != "staff":
        return []

    async def work(connection: Connection, caller: Caller) -> dict[UUID, tuple[str, list[str]]]:
        return await colleagues_called(Context(reader.services, connection, caller), words)

    named = await reader.services.transact(reader.caller, work, read_only=True)
    alike = Counter(name for name, _ in named.values())
    return [
        {"id": str(key), "names": [name.casefold()], "label": name,
         "told": name if alike[name] == 1 else f"{name}{SEPARATOR}{_titles(roles)}"}
        for key, (name, roles) in named.items()
    ]  # fmt: skip


def _titles(roles: Iterable[str]) -> str:
    """What tells two of one name apart: as what each works here."""
    return ", ".join(BUILT_IN[each].title if each in BUILT_IN else each for each in roles) or "–"
