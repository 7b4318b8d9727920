"""The customer's cases: the list, one case, and what can be done with it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem, Unauthorized
from portals import custom, paging
from portals.doors import is_served
from portals.pages import page
from portals.portal import stories
from portals.portal.narrowing import narrowing
from portals.portal.surveying import said_of, survey_of
from portals.told import sentence_in
from portals.visits import Visit
from portals.words import CHANNELS

_SIZE = 20
_STATES = {"open": stories.OPEN, "closed": stories.OVER, "all": ()}
_LINE = "id,number,subject,state,opened_at,due_at,updated_at"
_ENTRIES_MOST = "200"
_EXPAND = "sold_product,contact,consumer,account,case_type"


async def index(visit: Visit) -> Response:
    """`GET /cases`: what the person asked us, filtered as the address says."""
    chosen = visit.query.get("state", "open")
    chosen = chosen if chosen in _STATES else "open"
    words, product = visit.word("q"), visit.word("product", 40)
    of = await narrowing(visit)
    narrowed: dict[str, str] = ({"q": words} if words else {}) | of.filters
    if product:
        narrowed["sold_product_id"] = product
    found, *counts = await asyncio.gather(
        visit.list(
            "cases", fields=_LINE, limit=str(_SIZE), count="true", **narrowed, **_in(chosen),
            **paging.cursor(visit),
        ),
        *(visit.list("cases", fields="id", limit="1", count="true", **narrowed, **_in(name))
          for name in _STATES),
    )  # fmt: skip
    kept = {"state": chosen, "q": words, "product": product, "customer": of.customer}
    return await visit.page(
        "portal/cases.html",
        filter=chosen,
        q=words,
        narrowed=of.shown,
        counts={name: each.count for name, each in zip(_STATES, counts, strict=True)},
        cases=await lines(visit, found.data),
        pages=paging.pages(visit, found, _SIZE, "/cases", kept),
    )


def _in(chosen: str) -> dict[str, str]:
    states = _STATES[chosen]
    return {"state__in": ",".join(states)} if states else {}


async def lines(visit: Visit, cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases as lists show them, with who of us looks after each."""
    if not cases:
        return []
    told = ("record_id", "author_name", "author_kind")
    found = await visit.list(
        "activity_entries", kind="cases", author_kind="staff", sort="-at", limit=_ENTRIES_MOST,
        record_id__in=",".join(str(case["id"]) for case in cases),
        fields=",".join(told if is_served(visit.caller) else (*told, "author_profile_id")),
    )  # fmt: skip
    entries = [e for e in _told(visit, found.data) if e["author_kind"] == "staff"]
    by = {str(each["record_id"]): each["author_name"] for each in reversed(entries)}
    name = visit.say("Resolution")
    return [stories.line(case, by.get(str(case["id"])), name) for case in cases]


def _told(visit: Visit, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return stories.as_told_to(str(visit.caller.profile_id), entries)


# ── One case ─────────────────────────────────────────────────────────────────────────────────


async def show(visit: Visit) -> Response:
    """`GET /cases/{number}`: the conversation and what happens next."""
    return await _show(visit)


async def _show(visit: Visit, problem: Problem | None = None) -> Response:
    values = await _case(visit)
    return await visit.page(
        "portal/case.html",
        status=problem.status if problem else 200,
        values=visit.typed,
        errors=visit.errors(problem, rating="score") if problem else [],
        **values,
    )


async def thread(visit: Visit) -> Response:
    """The conversation alone, for the page that is open."""
    return await visit.fragment("portal/_thread.html", thread=(await _case(visit))["thread"])


async def standing(visit: Visit) -> Response:
    """Where the case stands, for the page that is open."""
    values = await _case(visit)
    return await visit.fragment("portal/_standing.html", case=values["case"], steps=values["steps"])


async def _case(visit: Visit) -> dict[str, Any]:
    told = await visit.read("cases", visit.path["number"], expand=_EXPAND)
    newest, files, ties, verbs, facts = await asyncio.gather(
        visit.list(
            "activity_entries", kind="cases", record_id=str(told["id"]), sort="-at",
            limit=_ENTRIES_MOST,
        ),
        visit.ask("attachments.of_record", kind="cases", record_id=str(told["id"])),
        _ties(visit, told),
        visit.ask("cases.verbs", told["id"]),
        custom.facts(visit.services, visit.reader, "cases", told, visit.locale),
    )  # fmt: skip
    entries = _told(visit, newest.data[::-1])
    me, profile = visit.caller.name, str(visit.caller.profile_id)
    owner = told.get("contact") or told.get("consumer") or {}
    is_opener = str(told.get("opened_by_id")) == profile
    opener = me if is_opener else owner.get("name") or ""
    channel = told.get("channel") or ""
    came_by = visit.say(CHANNELS[channel]) if channel in CHANNELS else None
    mine = [each | {"mine": str(each["created_by"]) == profile} for each in files["data"]]
    survey, said = await asyncio.gather(
        survey_of(visit, str(told["id"])), said_of(visit, str(told["id"]))
    )
    case = _shown(visit, told, entries, opener) | _may(verbs) | ties | {"facts": facts}
    if said and not case["rating"]:
        case["rating"] = said
    case["can_rate"] = case["can_rate"] and not case["rating"]
    case["watching"] = await _is_watching(visit, told, set(verbs["verbs"]))
    return {
        "case": case,
        "survey": survey,
        "steps": stories.steps(told, entries, came_by),
        "thread": stories.thread(told, entries, mine, me, opener),
    }


async def _ties(visit: Visit, told: dict[str, Any]) -> dict[str, Any]:
    """The case that this one is a part of by now, the one it follows, and the one that follows."""
    merged, before, after = await asyncio.gather(
        _numbered(visit, id__in=told.get("merged_into_id")),
        _numbered(visit, id__in=told.get("follows_id")),
        _numbered(visit, follows_id=told["id"] if told["state"] in stories.OVER else None),
    )
    return {"merged_into": merged, "follows": before, "followed_by": after}


async def _numbered(visit: Visit, **wanted: Any) -> dict[str, Any] | None:
    """The number of a case that another names, as far as the reader may see it."""
    ((name, key),) = wanted.items()
    if not key:
        return None
    found = await visit.list("cases", limit="1", fields="id,number", **{name: str(key)})
    return found.data[0] if found.data else None


def _may(verbs: dict[str, Any]) -> dict[str, Any]:
    """What may be done now, as the page asks for it."""
    allowed = set(verbs["verbs"])
    return {
        "can_comment": "comment" in allowed,
        "can_close": "close" in allowed,
        "can_reopen": "reopen" in allowed,
        "can_rate": "rate" in allowed,
        "can_send": "submit" in allowed,
        "can_withdraw": "cancel" in allowed,
        "can_change": "update" in allowed,
        "reopens_as_new": verbs["reopens_as_new"],
    }


async def _is_watching(visit: Visit, told: dict[str, Any], verbs: set[str]) -> bool | None:
    """Whether the reader is written to about the case; None where that is no question: about one's
    own one is written to anyway."""
    mine = visit.caller.attributes
    own = any(
        told.get(name) and str(told[name]) == str(mine.get(name))
        for name in ("contact_id", "consumer_id")
    )
    if own or "watch" not in verbs or not is_served(visit.caller):
        return None
    found = await visit.list("case_watchers", case_id=str(told["id"]), limit="1", fields="id")
    return bool(found.data)


def _shown(
    visit: Visit, told: dict[str, Any], entries: Sequence[dict[str, Any]], opener: str
) -> dict[str, Any]:
    rated = told.get("rating") is not None
    return stories.line(told, stories.assignee(entries), visit.say("Resolution")) | {
        "id": str(told["id"]),
        "description": told.get("description") or "",
        "created_at": told["opened_at"],
        "opened_by": opener or None,
        "product": (told.get("sold_product") or {}).get("name"),
        "kind": (told.get("case_type") or {}).get("name"),
        "customer": None if is_served(visit.caller) else _customer(told),
        "resolution": sentence_in(told["resolution"] or "", visit.say),
        "rating": {"score": told["rating"], "comment": told["rating_comment"]} if rated else None,
    }


def _customer(told: dict[str, Any]) -> str | None:
    """Whose case it is, for whoever asks in the name of others."""
    names = [(told.get(each) or {}).get("name") for each in ("contact", "consumer", "account")]
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


async def refused(visit: Visit, problem: Problem) -> Response:
    """The case page again, with what was written and what to put right."""
    if visit.is_script or isinstance(problem, Unauthorized | NotFound) or visit.visitor is None:
        raise problem
    return await _show(visit, problem)


routes = (
    page("/cases", index, people="portal"),
    page("/cases/{number}", show, people="portal"),
    page("/cases/{number}/thread", thread, people="portal"),
    page("/cases/{number}/standing", standing, people="portal"),
)
