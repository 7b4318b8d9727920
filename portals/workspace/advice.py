"""Advice beside a case: what may help, why, what it rests on, and the verb that does it in place.

Nothing here is applied by itself, and nothing is shown that the reader could not open: titles and
words of cited records are read as the reader, and what he may not read is left out.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound
from infra.kernel.markdown import plain
from portals.faults import Say
from portals.visits import Visit
from portals.words import VERBS, noted, sentence
from portals.workspace.case_verbs import SPEAKABLE
from portals.workspace.desk import on, reader_of
from portals.workspace.reader import Reader, Row

_KINDS = {"articles": "article", "cases": "case", "recommendation_rules": "rule"}
_INSERT_MOST = 4_000
_QUOTE_MOST = 320
_LABELS = {
    "article": noted("Add to reply"),
    "case": noted("Use this resolution"),
}
_ACTS = {
    "attach_article": noted("Attach to the case"),
    "resolve": noted("Resolve with this answer"),
    "comment": noted("Send this answer"),
    "note": noted("Add this note"),
}
_SOURCES = {
    "comment": noted("what %(name)s wrote"),
    "email": noted("the mail of %(name)s"),
    "note": noted("the note of %(name)s"),
}


@dataclass(frozen=True)
class Advice:
    """The cards, best first, and the summary above them."""

    recommendations: list[Row] = field(default_factory=list)
    summary: Row | None = None
    can_summarise: bool = False
    deeds: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Card → the action that its button performs on the case, with its arguments."""


async def advice_of(reader: Reader, case: Row, say: Say) -> Advice:
    """Everything that is advised on the case."""
    found, written = await asyncio.gather(
        reader.ask("cases.recommendations", case["id"]), reader.ask("cases.summary", case["id"])
    )
    cards = _listed(found)
    records = await _records(reader, cards)
    writable = case["state"] in SPEAKABLE and reader.may("cases", "comment")
    shown = [_card(card, records, case, say, writable=writable) for card in cards]
    return Advice(
        recommendations=shown,
        summary=await _summary(reader, case, written, say),
        can_summarise="cases.summarize" in reader.services.registry.actions
        and reader.may("cases", "summarize"),
        deeds={
            str(card["record_id"]): (act["name"], dict(act.get("arguments") or {}))
            for card in cards
            if (act := card.get("action"))
        },
    )


def insertion(advice: Advice, card_id: str) -> dict[str, str]:
    """What a card would put into the composer, by field."""
    for card in advice.recommendations:
        if card["id"] == card_id and card["verb"] and card["verb"]["insert"]:
            return {"body": card["verb"]["insert"], "then": card["verb"]["then"] or ""}
    return {}


async def take(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/advice/{id}`: do what a card advises, if it still does."""
    await visit.form()
    reader = reader_of(visit)
    case = await reader.one("cases", visit.path["number"])
    deeds = (await advice_of(reader, case, visit.say)).deeds
    if visit.path["id"] not in deeds:
        raise NotFound("this is not advised any more")
    name, arguments = deeds[visit.path["id"]]
    await visit.do(name, case["id"], **arguments)
    notice = visit.say("Done, as advised")
    return on(visit, f"/workspace/cases/{case['number']}", notice=notice)


async def summarise(visit: Visit) -> Response:
    """`POST /workspace/cases/{number}/summary`: write the summary anew."""
    await visit.form()
    case = await reader_of(visit).one("cases", visit.path["number"])
    await visit.do("cases.summarize", case["id"])
    return on(visit, f"/workspace/cases/{case['number']}#advice")


# ── Cards ────────────────────────────────────────────────────────────────────────────────────


def _listed(found: Any) -> list[Row]:
    return list(found.get("data", ())) if isinstance(found, dict) else list(found or ())


async def _records(reader: Reader, cards: Iterable[Row]) -> dict[str, Row]:
    """The records that cards are about or rest on, as far as the reader may open them."""
    wanted: dict[str, set[str]] = {"articles": set(), "cases": set()}
    for card in cards:
        if card["kind"] in wanted:
            wanted[card["kind"]].add(str(card["record_id"]))
        arguments = (card.get("action") or {}).get("arguments") or {}
        if arguments.get("article_id"):
            wanted["articles"].add(str(arguments["article_id"]))
    found = await asyncio.gather(*(reader.by_id(kind, ids) for kind, ids in wanted.items()))
    return {key: row for rows in found for key, row in rows.items()}


def _card(card: Row, records: dict[str, Row], case: Row, say: Say, *, writable: bool) -> Row:
    kind: str = _KINDS.get(card["kind"], str(card["kind"]))
    record = records.get(str(card["record_id"]))
    number = record["number"] if record else None
    title = f"{number} {card['title']}" if kind == "case" and number else card["title"]
    quote = record.get("resolution") if kind == "case" and record else card.get("snippet")
    return {
        "id": str(card["record_id"]),
        "kind": kind,
        "title": title,
        "url": _place(kind, number),
        "quote": _short(quote),
        "reason": f"{card['reason'].rstrip('.')}.",
        "strength": "strong" if len(card.get("sources") or ()) > 1 else None,
        "sources": _rests_on(card, records),
        "verb": _verb(card, kind, record, case, say, writable=writable),
    }


def _place(kind: str, number: str | None) -> str | None:
    paths = {"article": "/workspace/knowledge/", "case": "/workspace/cases/"}
    return f"{paths[kind]}{number}" if number and kind in paths else None


def _rests_on(card: Row, records: dict[str, Row]) -> list[Row]:
    """An article that a rule names is what the rule rests on."""
    arguments = (card.get("action") or {}).get("arguments") or {}
    record = records.get(str(arguments.get("article_id")))
    if record is None or str(record["id"]) == str(card["record_id"]):
        return []
    return [
        {
            "label": f"{record['number']} {record['title']}",
            "url": f"/workspace/knowledge/{record['number']}",
        }
    ]


def _verb(
    card: Row, kind: str, record: Row | None, case: Row, say: Say, *, writable: bool
) -> Row | None:
    act = card.get("action")
    insert = None
    if record and kind == "article" and record.get("audience") != "internal":
        insert = plain(record["body"])[:_INSERT_MOST]
    elif record and kind == "case":
        # Another customer's answer is never given unread: it goes through the composer.
        insert, act = (record.get("resolution") or "")[:_INSERT_MOST] or None, None
    if not writable:
        insert = None
    if insert is None and not act:
        return None
    name = act["name"].rpartition(".")[2] if act else ""
    label = _ACTS.get(name) or VERBS.get(name) or sentence(name)
    return {
        "label": say(_LABELS[kind]) if insert else None,
        "insert": insert,
        "then": "resolve" if insert and kind == "case" else None,
        "action": f"/workspace/cases/{case['number']}/advice/{card['record_id']}" if act else None,
        "action_label": say(label) if act else None,
        "fields": {},
    }


def _short(text: str | None) -> str | None:
    if not text:
        return None
    bare = plain(text)
    return bare if len(bare) <= _QUOTE_MOST else f"{bare[:_QUOTE_MOST].rsplit(' ', 1)[0]}…"


# ── Summary ──────────────────────────────────────────────────────────────────────────────────


async def _summary(reader: Reader, case: Row, written: Any, say: Say) -> Row | None:
    if not written or not written.get("sentences"):
        return None
    cited = [cite for line in written["sentences"] for cite in line.get("citations") or ()]
    entries = await reader.by_id(
        "activity_entries", (each["id"] for each in cited if each["kind"] == "activity_entries")
    )
    return {
        "at": written["made_at"],
        "made_by": "extract" if is_extract(written["model"]) else written["model"],
        "sentences": [
            {
                "text": line["text"],
                "sources": [_source(each, entries, case, say) for each in line["citations"]],
            }
            for line in written["sentences"]
        ],
    }


def is_extract(model: str) -> bool:
    """Whether the sentences were taken from the conversation as they stand."""
    return "extract" in model


def _source(cite: Row, entries: dict[str, Row], case: Row, say: Say) -> Row:
    here = f"/workspace/cases/{case['number']}"
    entry = entries.get(str(cite["id"]))
    if entry is None:
        return {"label": case["number"], "url": f"{here}#m-first"}
    words = _SOURCES.get(entry["entry_type"])
    name = entry["author_name"] or ""
    label = say(words) % {"name": name} if words else case["number"]
    return {"label": label, "url": f"{here}#m-{entry['id']}"}
