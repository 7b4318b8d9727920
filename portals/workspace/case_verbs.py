"""What may be done to a case now: by its state, and by what the person may do to this very one."""

from typing import Any, NamedTuple

from portals.workspace.case_article import button_of
from portals.workspace.inbox import OPEN
from portals.workspace.reader import Reader, Row

SPEAKABLE = (*OPEN, "resolved")


class Deed(NamedTuple):
    """A verb on the page: which action it performs, while which states, on which key."""

    action: str
    states: tuple[str, ...]
    key: str
    words: str = ""
    must_say: bool = False
    arguments: tuple[tuple[str, str], ...] = ()


DEEDS = {
    "assign_to_me": Deed("start", OPEN, "t"),
    "start": Deed("start", ("waiting_customer", "waiting_internal"), "t"),
    "wait": Deed("wait", ("new", "in_progress"), "w", arguments=(("on", "customer"),)),
    "close": Deed("close", ("resolved",), "x"),
    "reopen": Deed("reopen", ("resolved", "closed"), "o", words="reason"),
    "escalate": Deed("escalate", OPEN, "", words="reason", must_say=True),
    "resolve": Deed("resolve", OPEN, "d", words="resolution", must_say=True),
    "unmerge": Deed("unmerge", ("closed",), ""),
    "move": Deed("move", OPEN, "", words="to", must_say=True),
}


async def verbs_of(reader: Reader, case: Row) -> tuple[list[dict[str, Any]], set[str]]:
    """The buttons of the case's head, and all verbs that the person has on it."""
    asked = {deed.action for deed in DEEDS.values()} | {
        "comment",
        "note",
        "attach_article",
        "merge",
    }
    held = await reader.reach("cases", case["id"], sorted(asked))
    mine = str(case.get("assigned_to_id")) == str(reader.caller.profile_id)
    article = await button_of(reader, case)
    buttons = [
        _button(name, deed, case)
        for name, deed in DEEDS.items()
        if name != "move"  # its form stands beside the stage
        and deed.action in held
        and case["state"] in deed.states
        and _fits(name, case, mine)
    ]
    return [*buttons, *([article] if article else [])], held


def _fits(name: str, case: Row, mine: bool) -> bool:
    if case.get("merged_into_id"):
        return name == "unmerge"
    if name == "unmerge":
        return False
    if name == "assign_to_me":
        return not mine
    return mine or name != "start"


def _button(name: str, deed: Deed, case: Row) -> dict[str, Any]:
    fields = [{"name": deed.words, "value": None, "required": deed.must_say}] if deed.words else []
    return {
        "name": name,
        "action": f"/workspace/cases/{case['number']}/do/{name}",
        "fields": fields,
        "main": name == "resolve" and case["state"] in {"new", "in_progress"},
        "key": deed.key or None,
    }


def body_of(name: str, typed: dict[str, str]) -> dict[str, str]:
    """What the verb's action is told; empty words that it can do without are left out."""
    deed = DEEDS[name]
    body = dict(deed.arguments)
    if deed.words and (deed.must_say or typed.get(deed.words)):
        body[deed.words] = typed.get(deed.words, "").strip()
    return body
