"""What an administrator changes of the customers they act for: an account's data, its people."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem, Unauthorized
from infra.kernel.ids import uuid7
from portals import custom
from portals.pages import page
from portals.portal.customers import account_page, allowed, require
from portals.visits import Shown, Visit

_ACCOUNT = ("email", "phone", "website")
_CONTACT = ("name", "email", "phone", "mobile", "title", "department")
_STATES = frozenset({"active", "inactive"})
_SUSPECTED = "duplicate-suspected"


async def change_account(visit: Visit) -> Response:
    """`POST /customers/accounts/{key}`: its addresses and numbers."""
    require(visit)
    try:
        form = await visit.form()
        await visit.do("accounts.update", visit.path["key"], **_given(form, _ACCOUNT))
    except Problem as refused:
        _pass_on(visit, refused)
        return await account_page(
            visit, values=visit.typed, errors=visit.errors(refused), status=refused.status,
            changes=True,
        )  # fmt: skip
    return visit.go(visit.request.url.path, notice=visit.say("Saved."))


async def contact(visit: Visit) -> Response:
    """`GET /customers/contacts/{key}`: a person of a company."""
    row = await _contact(visit)
    return await _form(visit, row, {name: row[name] or "" for name in (*_CONTACT, "state")})


async def change_contact(visit: Visit) -> Response:
    """`POST /customers/contacts/{key}`."""
    row = await _contact(visit)
    try:
        form = await visit.form()
        state = {"state": form["state"]} if form.get("state") in _STATES else {}
        await visit.do("contacts.update", row["id"], **_given(form, _CONTACT), **state)
    except Problem as refused:
        _pass_on(visit, refused)
        return await _form(visit, row, visit.typed, refused)
    return visit.go(_account_url(row), notice=visit.say("Saved."))


async def new_contact(visit: Visit) -> Response:
    """`GET /customers/accounts/{key}/contacts/new`."""
    return await _form(visit, await _of_account(visit), {})


async def add_contact(visit: Visit) -> Response:
    """`POST /customers/accounts/{key}/contacts/new`: enter a person; who looks like one that is
    there already only when asked for."""
    row = await _of_account(visit)
    try:
        form = await visit.form()
        force = {"force": True} if form.get("force") else {}
        given = {name: value for name, value in _given(form, _CONTACT).items() if value}
        own = await _custom(visit)
        await visit.do("contacts.create", account_id=row["account_id"], **given, **force, **own)
    except Problem as refused:
        _pass_on(visit, refused)
        return await _form(visit, row, visit.typed, refused)
    return visit.go(_account_url(row), notice=visit.say("Saved."))


async def _contact(visit: Visit) -> Shown:
    require(visit)
    return await visit.read("contacts", visit.path["key"])


async def _of_account(visit: Visit) -> Shown:
    """A contact to be, of the account in the address."""
    require(visit)
    account = await visit.read("accounts", visit.path["key"], fields="id,name")
    return {"id": None, "account_id": str(account["id"]), "custom": None}


async def _custom(visit: Visit) -> dict[str, Any]:
    fields = await custom.fields_of(visit.services, visit.reader, "contacts")
    return await custom.answers(visit.services, fields, visit.reader, visit.many)


async def _form(
    visit: Visit, row: Shown, values: Mapping[str, str], problem: Problem | None = None
) -> Response:
    account = await visit.read("accounts", row["account_id"], fields="id,name")
    can_change = row["id"] is None or "update" in await allowed(visit, "contacts", row["id"])
    fields = await custom.fields_of(visit.services, visit.reader, "contacts")
    is_new = row["id"] is None
    return await visit.page(
        "portal/contact.html",
        status=problem.status if problem else 200,
        account={"name": account["name"], "url": f"/customers/accounts/{account['id']}"},
        contact=None if is_new else {"name": row["name"], "number": row["number"],
                                     "value": f"contacts:{row['id']}"},
        facts=await custom.facts(visit.services, visit.reader, "contacts", row, visit.locale),
        asked=await custom.questions(
            visit.services, fields, visit.reader, visit.many, visit.locale
        ) if is_new else [],
        can_change=can_change,
        values=values,
        errors=visit.errors(problem) if problem else [],
        suspected=problem is not None and problem.type == _SUSPECTED,
        attempt=uuid7().hex,
    )  # fmt: skip


def _given(form: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str | None]:
    """What a form says in these fields; nothing where it leaves one empty."""
    return {name: form[name].strip() or None for name in names if name in form}


def _account_url(row: Shown) -> str:
    return f"/customers/accounts/{row['account_id']}"


def _pass_on(visit: Visit, refused: Problem) -> None:
    """Raise what no form can be shown again for."""
    if visit.is_script or visit.visitor is None or isinstance(refused, (Unauthorized, NotFound)):
        raise refused


routes = (
    page("/customers/accounts/{key}", change_account, methods=("POST",), people="portal"),
    page("/customers/accounts/{key}/contacts/new", new_contact, people="portal"),
    page("/customers/accounts/{key}/contacts/new", add_contact, methods=("POST",), people="portal"),
    page("/customers/contacts/{key}", contact, people="portal"),
    page("/customers/contacts/{key}", change_contact, methods=("POST",), people="portal"),
)
