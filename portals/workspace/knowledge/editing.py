"""Writing an article: a draft, a change to one, or the next edition of what readers have."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.markdown import render
from infra.kernel.performing import perform
from portals.faults import Errors, StaleForm
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import reader_of, show
from portals.workspace.knowledge.beside import PATH
from portals.workspace.knowledge.listing import headings_of
from portals.workspace.reader import Row

_AUDIENCES = {
    "public": noted("Everybody"),
    "customer": noted("Customers"),
    "partner": noted("Partners"),
    "internal": noted("Only us"),
}


async def new_article(visit: Visit) -> Response:
    """`GET /workspace/knowledge/new`."""
    if not visit.may("articles", "create"):
        raise Forbidden("you may not write articles")
    values = {
        "audience": "customer", "base_id": visit.word("base", 40), "language": visit.locale,
        "category_id": visit.word("category", 40),
    }  # fmt: skip
    return await _drawn(visit, None, values)


async def edit_article(visit: Visit) -> Response:
    """`GET /workspace/knowledge/{number}/edit`."""
    row = await _changeable(visit)
    return await _drawn(visit, row, _values(row))


async def save_new(visit: Visit) -> Response:
    """`POST /workspace/knowledge/new`: preview, or draft it."""
    return await _saved(visit, None)


async def save(visit: Visit) -> Response:
    """`POST /workspace/knowledge/{number}/edit`: preview, or keep it."""
    return await _saved(visit, await _changeable(visit))


async def _saved(visit: Visit, row: Row | None) -> Response:
    try:
        typed = await visit.form()
        if typed.get("do") == "preview":
            return await _drawn(visit, row, typed, preview=render(typed.get("body", "")))
        number = await (_change(visit, row, typed) if row else _create(visit, typed))
    except (NotFound, Forbidden) as refused:
        if not isinstance(refused, StaleForm):
            raise
        return await _refused(visit, row, refused)
    except Problem as refused:
        return await _refused(visit, row, refused)
    return visit.go(f"{PATH}/{number}", notice=visit.say("Saved. Readers see it once published."))


async def _refused(visit: Visit, row: Row | None, refused: Problem) -> Response:
    errors = visit.errors(refused, knowledge_base_id="base_id", expires_at="expires_on")
    return await _drawn(visit, row, visit.typed, errors=errors, status=refused.status)


async def _create(visit: Visit, typed: dict[str, str]) -> str:
    made = await visit.do("articles.create", **_text(typed), **_settings(typed))
    return str(made["number"])


async def _change(visit: Visit, row: Row, typed: dict[str, str]) -> str:
    """A draft is changed as it stands; what readers have gets a revision beside it."""
    stamp = f'"{typed["version"]}"' if typed.get("version", "").isdigit() else None
    if row["state"] == "draft":
        body = _text(typed) | _changed(row, _settings(typed))
        await _perform(visit, "articles.update", row, body, stamp)
        return str(row["number"])
    await _perform(visit, "articles.revise", row, _text(typed), stamp)
    if given := _changed(row, _settings(typed)):
        await _perform(visit, "articles.update", row, given, None)
    return str(row["number"])


async def _perform(
    visit: Visit, action: str, row: Row, body: dict[str, Any], stamp: str | None
) -> None:
    await perform(
        visit.services, visit.caller, action, record_id=row["id"], body=body, if_match=stamp,
        request_id=visit.request_id,
    )  # fmt: skip


def _text(typed: dict[str, str]) -> dict[str, Any]:
    return {name: typed.get(name, "").strip() for name in ("title", "body")}


def _settings(typed: dict[str, str]) -> dict[str, Any]:
    pairs = (
        ("base_id", "knowledge_base_id"), ("audience", "audience"), ("language", "language"),
    )  # fmt: skip
    given: dict[str, Any] = {name: typed[shown] for shown, name in pairs if typed.get(shown)}
    if "category_id" in typed:
        given["category_id"] = typed["category_id"] or None
    if "expires_on" in typed:
        day = typed["expires_on"].strip()
        given["expires_at"] = f"{day}T23:59:59Z" if day else None
    return given


def _changed(row: Row, given: dict[str, Any]) -> dict[str, Any]:
    """What the form sets otherwise than it is; a day is compared as a day."""
    told = {}
    for name, value in given.items():
        before = row.get(name)
        shown = _day(before) if name == "expires_at" else str(before or "")
        if (_day(value) if name == "expires_at" else str(value or "")) != shown:
            told[name] = value
    return told


def _day(moment: Any) -> str:
    return str(moment or "")[:10]


async def _changeable(visit: Visit) -> Row:
    """The article; raises Forbidden for whoever may not write it."""
    reader = reader_of(visit)
    row = await reader.one("articles", visit.path["number"])
    verb = "update" if row["state"] == "draft" else "revise"
    if not await reader.reach("articles", row["id"], (verb,)):
        raise Forbidden("you may not change this article")
    return row


def _values(row: Row) -> dict[str, str]:
    return {
        "title": row.get("draft_title") or row["title"],
        "body": row.get("draft_body") or row["body"],
        "base_id": str(row["knowledge_base_id"]),
        "audience": str(row.get("audience") or ""),
        "category_id": str(row.get("category_id") or ""),
        "language": str(row["language"]),
        "expires_on": _day(row.get("expires_at")),
    }


async def _drawn(
    visit: Visit,
    row: Row | None,
    values: dict[str, Any],
    *,
    errors: Errors | None = None,
    preview: str | None = None,
    status: int = 200,
) -> Response:
    reader = reader_of(visit)
    bases = await reader.rows("knowledge_bases", {"limit": "200"})
    base_id = str(values.get("base_id") or (bases[0]["id"] if bases else ""))
    headings = await headings_of(reader, base_id)
    article = row and {
        "number": row["number"], "title": row["title"], "url": f"{PATH}/{row['number']}",
        "version": values.get("version") or row["version"],
    }  # fmt: skip
    return await show(
        visit, "workspace/article_edit.html", status=status, article=article,
        action=f"{PATH}/{row['number']}/edit" if row else f"{PATH}/new",
        bases=[{"value": str(each["id"]), "label": each["name"]} for each in bases],
        audiences=[{"value": v, "label": visit.say(label)} for v, label in _AUDIENCES.items()],
        values=values, errors=errors or [], preview=preview, headings=headings,
        follows=bool(row and row.get("original_id")),
    )  # fmt: skip
