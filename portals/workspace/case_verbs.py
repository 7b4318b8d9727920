"""What may be done to a case now: by what the API would allow, and by what makes sense at hand."""

from typing import Any, NamedTuple

from portals.workspace.case_article import button_of
from portals.workspace.inbox import OPEN
from portals.workspace.reader import Reader, Row
from portals.workspace.records.inputs import PLAIN

SPEAKABLE = (*OPEN, "resolved")
_ANY = (*OPEN, "draft", "resolved", "closed", "cancelled")


class Deed(NamedTuple):
    """A verb on the page: which action it performs, while which states, on which key."""

    action: str
    states: tuple[str, ...]
    key: str = ""
    words: str = ""
    must_say: bool = False
    arguments: tuple[tuple[str, str], ...] = ()
    is_rare: bool = False
    """Whether it stands behind "More", with what else is seldom done."""


DEEDS = {
    "submit": Deed("submit", ("draft",)),
    "assign_to_me": Deed("start", OPEN, "t"),
    "start": Deed("start", ("waiting_customer", "waiting_internal"), "t"),
    "wait": Deed("wait", ("new", "in_progress"), "w", arguments=(("on", "customer"),)),
    "close": Deed("close", ("resolved",), "x"),
    "reopen": Deed("reopen", ("resolved", "closed"), "o", words="reason"),
    "escalate": Deed("escalate", OPEN, words="reason", must_say=True),
    "resolve": Deed("resolve", OPEN, "d", words="resolution", must_say=True),
    "unmerge": Deed("unmerge", ("closed",)),
    "move": Deed("move", OPEN, words="to", must_say=True),
    "wait_internal": Deed(
        "wait", ("new", "in_progress"), arguments=(("on", "internal"),), is_rare=True
    ),
    "deescalate": Deed("deescalate", _ANY, is_rare=True),
    "unmark_duplicate": Deed("unmark_duplicate", _ANY, is_rare=True),
    "watch": Deed("watch", _ANY, is_rare=True),
    "unwatch": Deed("unwatch", _ANY, is_rare=True),
    "cancel": Deed("cancel", ("draft", *OPEN), words="reason", is_rare=True),
}
PARTS = "with_children"
_WITH_PARTS = ("resolve", "close")
"""Verbs that by choice hold for the cases below, too."""
_PAGES = (
    ("assign", "people?tab=work&do=assign"),
    ("apply_macro", "people?tab=work&do=apply_macro"),
    ("mark_duplicate", "duplicate"),
    ("merge", "merge"),
    ("update", "edit"),
)
"""Verbs that ask for more than a button has room for: each has a page."""


class Held(NamedTuple):
    """The buttons of a case's head, what stands behind "More", and all that may be done."""

    buttons: list[Row]
    more: list[Row]
    verbs: frozenset[str]


async def verbs_of(reader: Reader, case: Row) -> Held:
    """What the person may do with the case as it stands."""
    told = await reader.ask("cases.verbs", case["id"]) or {"verbs": []}
    verbs = frozenset(told["verbs"])
    watching = await is_watching(reader, case)
    mine = str(case.get("assigned_to_id")) == str(reader.caller.profile_id)
    fitting = {
        name: deed
        for name, deed in DEEDS.items()
        if name != "move"  # its form stands beside the stage
        and deed.action in verbs
        and case["state"] in deed.states
        and _fits(name, case, mine=mine, watching=watching)
    }
    article = await button_of(reader, case)
    leads = bool({"resolve", "close"} & fitting.keys()) and await _has_parts(reader, case)
    drawn = {name: _button(name, deed, case, leads=leads) for name, deed in fitting.items()}
    buttons = [drawn[name] for name, deed in fitting.items() if not deed.is_rare]
    more = [
        {"name": verb, "url": f"/workspace/cases/{case['number']}/{place}"}
        for verb, place in _PAGES
        if verb in verbs
    ]
    more += [drawn[name] for name, deed in fitting.items() if deed.is_rare]
    return Held([*buttons, *([article] if article else [])], more, verbs)


async def verbs_at_hand(reader: Reader, case: Row) -> set[str]:
    """The verbs that the case takes from the person as it stands, of two opposite ones one."""
    told = await reader.ask("cases.verbs", case["id"]) or {"verbs": []}
    watching = await is_watching(reader, case)
    return set(told["verbs"]) - {"watch" if watching else "unwatch"}


async def is_watching(reader: Reader, case: Row) -> bool:
    """Whether the person is told of the case."""
    me = str(reader.caller.profile_id)
    return bool(await reader.rows("case_watchers", {"case_id": str(case["id"]), "profile_id": me}))


def _fits(name: str, case: Row, *, mine: bool, watching: bool) -> bool:
    if name in {"watch", "unwatch"}:
        return watching is (name == "unwatch")
    if name == "assign_to_me":
        return not mine
    return mine or name != "start"


async def _has_parts(reader: Reader, case: Row) -> bool:
    """Whether cases lie below this one, which may end with it."""
    return bool(await reader.rows("cases", {"parent_id": str(case["id"]), "limit": "1"}))


def _button(name: str, deed: Deed, case: Row, *, leads: bool) -> dict[str, Any]:
    fields = [{"name": deed.words, "value": None, "required": deed.must_say}] if deed.words else []
    if leads and name in _WITH_PARTS:
        fields.append(PLAIN | {"name": PARTS, "kind": "flag", "required": False, "of": ""})
    return {
        "name": "cases.cancel" if name == "cancel" else name,
        "action": f"/workspace/cases/{case['number']}/do/{name}",
        "fields": fields, "values": {}, "errors": [], "options": {}, "is_open": False,
        "main": name in {"resolve", "submit"} and case["state"] in {"draft", "new", "in_progress"},
        "key": deed.key or None,
    }  # fmt: skip


def body_of(name: str, typed: dict[str, str]) -> dict[str, Any]:
    """What the verb's action is told; empty words that it can do without are left out."""
    deed = DEEDS[name]
    body: dict[str, Any] = dict(deed.arguments)
    if deed.words and (deed.must_say or typed.get(deed.words)):
        body[deed.words] = typed.get(deed.words, "").strip()
    if name in _WITH_PARTS and typed.get(PARTS) == "true":
        body[PARTS] = True
    return body
