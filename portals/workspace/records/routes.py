"""The addresses of the records' pages, the same below every base."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.errors import Forbidden, NotFound
from portals.layouts.applying import as_laid_out
from portals.pages import page
from portals.visits import Visit
from portals.workspace.customers import customer_overview
from portals.workspace.records import (
    administration,
    applying,
    choosing_settings,
    data,
    deeds,
    finding,
    forms,
    listing,
    serving,
)
from portals.workspace.records.answers import preview_page
from portals.workspace.records.following import automation_page, notification_rules
from portals.workspace.records.kinds import CASES, KINDS
from portals.workspace.records.page import ACCESS, details, lists_of, record_page
from portals.workspace.records.shapes import Kind

Handler = Callable[[Visit], Awaitable[Response]]
_staff = partial(page, people="staff")
_post = partial(page, people="staff", methods=("POST",))


def _kind(visit: Visit, base: str) -> Kind:
    kind = KINDS.get(visit.path["collection"])
    if kind is None or kind.base != base:
        raise NotFound("there is no such collection")
    if kind.here == "admin" and "admin" not in visit.caller.roles:
        raise Forbidden("this area is for admins")
    return kind


async def _show(visit: Visit, kind: Kind) -> Response:
    key = visit.path["id"]
    if kind is data.LAYOUTS:
        return await administration.layout_page(visit, key)
    kind = await as_laid_out(visit, kind)
    if kind.preview(visit.word("tab", 30)):
        return await preview_page(visit, kind, key, visit.word("tab", 30))
    if kind.has_overview and visit.word("tab", 30) in ("", "overview"):
        return await customer_overview(visit, kind, key)
    if kind is serving.AUTOMATIONS and visit.word("tab", 30) != ACCESS:
        return await automation_page(visit, key)
    if kind is data.REVISIONS:
        return await administration.revision_page(visit, key)
    return await record_page(visit, kind, key)


def routes_below(base: str) -> Iterator[Route]:
    """List, record, forms and verbs of the kinds whose pages stand below this address."""
    one = f"{base}/{{collection}}/{{id}}"
    panel = f"{one}/panels/{{panel}}"

    def of(handler: Callable[[Visit, Kind], Awaitable[Response]]) -> Handler:
        async def handle(visit: Visit) -> Response:
            return await handler(visit, _kind(visit, base))

        handle.__name__ = handler.__name__.lstrip("_")
        return handle

    yield _staff(f"{base}/{{collection}}", of(listing.record_list))
    yield _staff(f"{base}/{{collection}}/new", of(forms.new_record))
    yield _post(f"{base}/{{collection}}/new", of(forms.save_new))
    yield _staff(one, of(_show))
    yield _staff(f"{one}/edit", of(_edit))
    yield _post(f"{one}/edit", of(_save))
    yield _post(f"{one}/do/{{verb}}", of(_deed))
    yield _post(f"{one}/previews/{{preview}}", of(_preview))
    yield _post(f"{one}/previews/{{preview}}/apply", of(_apply))
    yield _staff(f"{one}/details", of(_details))
    yield _staff(f"{one}/lists", of(_lists))
    yield _post(panel, of(_add))
    yield _post(f"{panel}/{{row}}/{{verb}}", of(_row_deed))


async def _edit(visit: Visit, kind: Kind) -> Response:
    return await forms.edit_record(visit, kind, visit.path["id"])


async def _save(visit: Visit, kind: Kind) -> Response:
    return await forms.save(visit, kind, visit.path["id"])


async def _deed(visit: Visit, kind: Kind) -> Response:
    return await deeds.deed(visit, kind, visit.path["id"], visit.path["verb"])


async def _preview(visit: Visit, kind: Kind) -> Response:
    return await preview_page(visit, kind, visit.path["id"], visit.path["preview"])


async def _apply(visit: Visit, kind: Kind) -> Response:
    return await applying.apply(visit, kind, visit.path["id"], visit.path["preview"])


async def _details(visit: Visit, kind: Kind) -> Response:
    return await details(visit, await as_laid_out(visit, kind), visit.path["id"])


async def _lists(visit: Visit, kind: Kind) -> Response:
    return await lists_of(visit, await as_laid_out(visit, kind), visit.path["id"])


async def _add(visit: Visit, kind: Kind) -> Response:
    return await deeds.add(visit, kind, visit.path["id"], visit.path["panel"])


async def _row_deed(visit: Visit, kind: Kind) -> Response:
    path = visit.path
    return await deeds.row_deed(visit, kind, path["id"], path["panel"], path["row"], path["verb"])


# ── The people of a case, beside its desk ────────────────────────────────────────────────────


async def case_people(visit: Visit) -> Response:
    """`GET /workspace/cases/{number}/people`."""
    return await record_page(visit, CASES, visit.path["number"])


async def case_deed(visit: Visit) -> Response:
    """Do what asks for more than the desk has room for: escalate it, apply a macro."""
    return await deeds.deed(visit, CASES, visit.path["number"], visit.path["verb"])


async def case_details(visit: Visit) -> Response:
    """The facts of the case alone."""
    return await details(visit, CASES, visit.path["number"])


async def add_to_case(visit: Visit) -> Response:
    """Relate somebody to the case."""
    return await deeds.add(visit, CASES, visit.path["number"], visit.path["panel"])


async def case_row_deed(visit: Visit) -> Response:
    """End what relates somebody to the case."""
    path = visit.path
    return await deeds.row_deed(
        visit, CASES, path["number"], path["panel"], path["row"], path["verb"]
    )


_BASES = tuple(dict.fromkeys(kind.base for kind in KINDS.values()))
_CASE = "/workspace/cases/{number}/people"
routes = (
    _staff("/workspace/lookup", finding.lookup),
    _staff("/admin", administration.start),
    _staff("/admin/standard-roles", administration.standard_roles),
    _staff("/admin/notification-rules", notification_rules),
    _staff("/admin/settings", choosing_settings.settings_page),
    _post("/admin/settings", choosing_settings.save_settings),
    _post("/admin/config_revisions/{id}/rollback", administration.roll_back),
    _staff(_CASE, case_people),
    _post(f"{_CASE}/do/{{verb}}", case_deed),
    _staff(f"{_CASE}/details", case_details),
    _post(f"{_CASE}/panels/{{panel}}", add_to_case),
    _post(f"{_CASE}/panels/{{panel}}/{{row}}/{{verb}}", case_row_deed),
    *(route for base in _BASES for route in routes_below(base)),
)
