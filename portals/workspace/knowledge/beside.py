"""What stands beside an article on the desk: its verbs, its languages, what was said of it."""

import asyncio
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from infra.kernel.errors import BadRequest, Invalid
from infra.kernel.markdown import render
from portals.visits import Visit
from portals.workspace.colleagues import names_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.inputs import PLAIN

PATH = "/workspace/knowledge"
VERBS = (
    "publish", "schedule", "unschedule", "request_review", "approve", "request_changes",
    "withdraw_review", "mark_current", "retire",
)  # fmt: skip
MOMENT = PLAIN | {
    "name": "publish_at", "kind": "moment", "required": True, "of": "", "choices": [],
}  # fmt: skip
WORDED = {"request_review": False, "approve": False, "request_changes": True}
"""Verbs that take a message, and whether they need one."""
SAYS = 50


def rendered(body: str, number: str = "") -> str:
    """A text as HTML; the pictures of an article that has no number yet are its words alone."""
    at = f"{PATH}/{number}/pictures/"
    return render(
        body, articles=f"{PATH}/", pictures=(lambda name: f"{at}{name}") if number else None
    )


def zone_of(visit: Visit) -> str:
    """The reader's zone; UTC where theirs is none that there is."""
    try:
        return ZoneInfo(visit.zone).key
    except (KeyError, ValueError, OSError):
        return "UTC"


def revised(row: Row) -> bool:
    """Whether a text waits that readers do not see yet."""
    return bool(row.get("draft_title") or row.get("draft_body"))


def verbs_of(row: Row, held: set[str], profile_id: Any, hint: str = "") -> list[Row]:
    """The buttons: what the person may do to this article in the state that it is in."""
    waits = row["state"] != "published" or revised(row)
    review = row.get("review", "none")
    wrote = str(profile_id) in {
        str(row.get("author_profile_id")), str(row.get("editor_profile_id")),
    }  # fmt: skip
    strict = bool((row.get("knowledge_base") or {}).get("needs_review"))
    goes_out = waits and (not strict or review == "approved")
    offered = {
        "publish": goes_out,
        "schedule": goes_out,
        "unschedule": bool(row.get("publish_at")),
        "request_review": waits and review in {"none", "changes_requested"},
        "approve": review == "requested" and not wrote,
        "request_changes": review == "requested" and not wrote,
        "withdraw_review": review == "requested" and wrote,
        "mark_current": bool(row.get("outdated")),
        "retire": row["state"] == "published",
    }
    main = "approve" if offered["approve"] and "approve" in held else "publish"
    return [
        {
            "name": name,
            "action": f"{PATH}/{row['number']}/do/{name}",
            "fields": _asked(name, hint),
            "main": name == main,
            "key": None,
            "values": {},
            "errors": [],
            "options": {},
            "is_open": False,
        }
        for name in VERBS
        if name in held and offered[name]
    ]


def _asked(name: str, hint: str) -> list[Row]:
    if name == "schedule":
        return [MOMENT | {"hint": hint}]
    if name in WORDED:
        return [{"name": "message", "value": None, "required": WORDED[name]}]
    return []


async def beside(reader: Reader, row: Row) -> Row:
    """Reviews and words about the article, and its other languages."""
    key = {"article_id": str(row["id"]), "limit": str(SAYS)}
    original = str(row.get("original_id") or row["id"])
    reviews, comments, translations, above = await asyncio.gather(
        reader.rows("article_reviews", key),
        reader.rows("article_comments", key),
        reader.rows("articles", {"original_id": original, "limit": str(SAYS)}),
        reader.maybe("articles", row.get("original_id")),
    )
    people = [each.get(name) for each in reviews for name in ("requested_by_id", "decided_by_id")]
    names = await names_of(reader, [*people, *(each.get("author_id") for each in comments)])
    said = [
        {
            "who": names.get(str(each["author_id"])), "at": each["created_at"],
            "text": each["body"], "passage": each["passage"], "state": None,
        }
        for each in comments
    ]  # fmt: skip
    for each in reviews:
        said.append(
            {
                "who": names.get(str(each["requested_by_id"])), "at": each["created_at"],
                "text": each["message"], "passage": "", "state": "requested",
            }
        )  # fmt: skip
        if each["decided_at"]:
            said.append(
                {
                    "who": names.get(str(each["decided_by_id"])), "at": each["decided_at"],
                    "text": each["decision"], "passage": "", "state": each["state"],
                }
            )  # fmt: skip
    languages = [*([above] if above else []), *translations]
    return {
        "said": sorted(said, key=lambda each: str(each["at"])),
        "languages": [
            {
                "code": each["language"], "title": each["title"], "outdated": each["outdated"],
                "url": f"{PATH}/{each['number']}", "is_source": str(each["id"]) == original,
            }
            for each in languages
            if each["id"] != row["id"]
        ],
        "moved_on_url": _moved_on(row, above),
    }  # fmt: skip


def _moved_on(row: Row, source: Row | None) -> str | None:
    """Where to see what the source says otherwise than when it was translated."""
    if not row.get("outdated") or source is None:
        return None
    return f"{PATH}/{source['number']}?compare={row['original_edition']}#change"


async def compared(visit: Visit, reader: Reader, row: Row) -> Row | None:
    """What changed from the edition asked for to the text that waits, or the present one."""
    wanted = visit.word("compare", 6)
    if not wanted.isdigit():
        return None
    after = 0 if revised(row) or row["state"] == "draft" else row["edition"]
    body = {"before": int(wanted), "after": after}
    told: Row | None = None
    with suppress(BadRequest, Invalid):  # an edition that never was has no difference
        told = await reader.ask("articles.compare", row["id"], body)
    return told
