"""Writing an article: a draft, a change to one, or the next edition of what readers have."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Forbidden, NotFound, Problem
from infra.kernel.performing import perform
from portals.faults import Errors, StaleForm
from portals.visits import Visit
from portals.workspace.desk import reader_of, show
from portals.workspace.knowledge import settings
from portals.workspace.knowledge.beside import PATH, rendered, zone_of
from portals.workspace.knowledge.listing import headings_of
from portals.workspace.reader import Row
from portals.workspace.records.typed import Typed


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
    values = await settings.values_of(reader_of(visit), row, zone_of(visit))
    values["title"] = row.get("draft_title") or row["title"]
    values["body"] = row.get("draft_body") or row["body"]
    return await _drawn(visit, row, values)


async def save_new(visit: Visit) -> Response:
    """`POST /workspace/knowledge/new`: preview, or draft it."""
    return await _saved(visit, None)


async def save(visit: Visit) -> Response:
    """`POST /workspace/knowledge/{number}/edit`: preview, or keep it."""
    return await _saved(visit, await _changeable(visit))


async def _saved(visit: Visit, row: Row | None) -> Response:
    owner = Typed()
    try:
        await visit.form()
        typed = settings.written(visit)
        if typed.get("do") == "preview":
            shown = rendered(typed.get("body", ""), row["number"] if row else "")
            return await _drawn(visit, row, typed, preview=shown)
        owner = await settings.owner_in(reader_of(visit), typed)
        given = settings.settings_in(typed, zone_of(visit)) | owner.require()
        number = await (_change(visit, row, typed, given) if row else _create(visit, typed, given))
    except (NotFound, Forbidden) as refused:
        if not isinstance(refused, StaleForm):
            raise
        return await _refused(visit, row, refused, owner)
    except Problem as refused:
        return await _refused(visit, row, refused, owner)
    return visit.go(f"{PATH}/{number}", notice=visit.say("Saved. Readers see it once published."))


async def _refused(visit: Visit, row: Row | None, refused: Problem, owner: Typed) -> Response:
    errors = visit.errors(refused, knowledge_base_id="base_id", expires_at="expires_on")
    return await _drawn(
        visit, row, settings.written(visit), errors=errors, status=refused.status,
        options=owner.options,
    )  # fmt: skip


async def _create(visit: Visit, typed: dict[str, str], given: dict[str, Any]) -> str:
    if given.get("owner_profile_id", "") is None:
        del given["owner_profile_id"]
    made = await visit.do("articles.create", **_text(typed), **given)
    return str(made["number"])


async def _change(visit: Visit, row: Row, typed: dict[str, str], given: dict[str, Any]) -> str:
    """A draft is changed as it stands; what readers have gets a revision beside it."""
    stamp = f'"{typed["version"]}"' if typed.get("version", "").isdigit() else None
    if row["state"] == "draft":
        body = _text(typed) | settings.changed(row, given, zone_of(visit))
        await _perform(visit, "articles.update", row, body, stamp)
        return str(row["number"])
    await _perform(visit, "articles.revise", row, _text(typed), stamp)
    if given := settings.changed(row, given, zone_of(visit)):
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


async def _changeable(visit: Visit) -> Row:
    """The article; raises Forbidden for whoever may not write it."""
    reader = reader_of(visit)
    row = await reader.one("articles", visit.path["number"])
    verb = "update" if row["state"] == "draft" else "revise"
    if not await reader.reach("articles", row["id"], (verb,)):
        raise Forbidden("you may not change this article")
    return row


async def _drawn(
    visit: Visit,
    row: Row | None,
    values: dict[str, Any],
    *,
    errors: Errors | None = None,
    preview: str | None = None,
    options: dict[str, list[Row]] | None = None,
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
        audiences=_choices(visit, settings.AUDIENCES), tiers=_choices(visit, settings.TIERS),
        fields=await settings.fields_of(reader), options=options or {},
        values=values, errors=errors or [], preview=preview, headings=headings,
        follows=bool(row and row.get("original_id")), days_in=zone_of(visit),
    )  # fmt: skip


def _choices(visit: Visit, words: dict[str, str]) -> list[Row]:
    return [{"value": value, "label": visit.say(label)} for value, label in words.items()]
