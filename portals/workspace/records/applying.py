"""A change that holds for what comes, applied to what runs already: seen first, then done."""

from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import reader_of
from portals.workspace.reader import Row
from portals.workspace.records.inputs import fields_of
from portals.workspace.records.kinds import place_of
from portals.workspace.records.page import record_of
from portals.workspace.records.shapes import Kind, Preview
from portals.workspace.records.typed import read

PAGES_MOST = 20
"""So many parts are done at one press of the button; what is left waits for the next."""


async def after_saving(visit: Visit, kind: Kind, row: Row) -> Response | None:
    """Where to go after a change that something runs by: to what would become of it."""
    preview = next((each for each in kind.previews if each.applies), None)
    if preview is None:
        return None
    told = await visit.ask(f"{kind.collection}.{preview.verb}", row["id"], dry_run=True, limit=1)
    if not told["concerned"]:
        return None
    words = visit.say(noted("Saved. %(count)s clocks run by it as it was."))
    notice = words % {"count": told["concerned"]}
    return visit.go(f"{place_of(kind, row)}?tab={preview.id}", notice=notice)


async def apply(visit: Visit, kind: Kind, key: str, name: str) -> Response:
    """`POST {base}/{collection}/{id}/previews/{preview}/apply`: do what was looked at."""
    preview = kind.preview(name)
    if preview is None or not preview.applies:
        raise NotFound("there is nothing to apply here")
    reader = reader_of(visit)
    row = await record_of(reader, kind, key)
    form = await visit.form()
    definition = visit.services.registry.actions[f"{kind.collection}.{preview.verb}"]
    fields = await fields_of(reader, definition, preview.asks)
    body = (await read(reader, fields, form)).require()
    changed, following = await _all(visit, definition.permission, row, body, form.get("after"))
    path = f"{place_of(kind, row)}?tab={preview.id}"
    if following is not None:
        words = visit.say(noted("%(count)s clocks were changed so far. There are more."))
        return visit.go(f"{path}&after={following}", notice=words % {"count": changed})
    words = visit.say(noted("%(count)s clocks were changed."))
    return visit.go(path, notice=words % {"count": changed})


async def _all(
    visit: Visit, action: str, row: Row, body: dict[str, Any], after: str | None
) -> tuple[int, str | None]:
    """How many clocks changed, and where the next call goes on."""
    changed, following = 0, after or None
    for _ in range(PAGES_MOST):
        asked = body | {"dry_run": False, "limit": 500}
        asked |= {"after": following} if following else {}
        told = await visit.do(action, row["id"], **asked)
        changed += len(told["changes"])
        following = told["next"]
        if following is None:
            break
    return changed, following


def offered(visit: Visit, preview: Preview, answer: Row | None, url: str) -> Row | None:
    """The button that does what the preview shows; None where there is nothing to do."""
    if not preview.applies or not answer or not answer["concerned"]:
        return None
    return {"action": f"{url}/previews/{preview.id}/apply", "button": visit.say(preview.applies),
            "after": visit.word("after", 40)}  # fmt: skip
