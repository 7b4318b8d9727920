"""A case as its customer reads it: who looks after it, where it stands, what was said.

Pure: from what the customer may read of the case, its activity and its files.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Shown = dict[str, Any]

OPEN = ("draft", "new", "in_progress", "waiting_customer", "waiting_internal")
OVER = ("resolved", "closed", "cancelled")
_RANK = {"draft": 0, "new": 1, "in_progress": 2, "waiting_customer": 2, "resolved": 3, "closed": 4}
_AHEAD = ("in_progress", "resolved", "closed")
_STEPS_MOST = 8
_SPOKEN = {"comment", "email"}
_WITH_WORDS = timedelta(minutes=2)


def state_of(code: str) -> str:
    """The states a customer tells apart: whom inside we wait for is our own affair."""
    return "in_progress" if code == "waiting_internal" else code


def assignee(entries: Sequence[Shown]) -> str | None:
    """Who of us wrote or did something last, which is who looks after it."""
    names = [each["author_name"] for each in entries if each["author_kind"] == "staff"]
    return names[-1] if names else None


def as_told_to(profile_id: str, entries: Sequence[Shown]) -> list[Shown]:
    """The entries for a reader: what staff wrote who ask for a customer is not the desk's answer
    to themselves."""
    own = {"author_kind": "asker"}
    return [
        each | own if str(each.get("author_profile_id")) == profile_id else each for each in entries
    ]


def clock(case: Shown, name: str) -> Shown | None:
    """The promise that runs on the case."""
    if case.get("due_at") is None or case["state"] not in OPEN[:5]:
        return None
    target = moment(case["due_at"]) - moment(case["opened_at"])
    paused = case["state"] == "waiting_customer"
    return {
        "name": name,
        "state": "paused" if paused else "running",
        "due_at": None if paused else case["due_at"],
        "target_seconds": max(60, int(target.total_seconds())),
    }


def line(case: Shown, cared_for_by: str | None, clock_name: str) -> Shown:
    """A case in a list."""
    return {
        "number": case["number"],
        "url": f"/cases/{case['number']}",
        "subject": case["subject"],
        "state": state_of(case["state"]),
        "assignee": cared_for_by if case["state"] not in {"draft", "new"} else None,
        "clock": clock(case, clock_name),
        "updated_at": case["updated_at"],
    }


def steps(case: Shown, entries: Sequence[Shown], came_by: str | None) -> list[Shown]:
    """The way of a case from its first step to the last, as far as it has come."""
    if case["state"] == "draft":
        coming = [_step(each, None) | {"when": "ahead"} for each in ("new", *_AHEAD)]
        return [_step("draft", case["created_at"]), *coming]
    passed: list[Shown] = [_step("new", case["opened_at"], came_by)]
    for entry in entries:
        state = state_of(str((entry.get("details") or {}).get("to") or ""))
        is_step = entry["entry_type"] == "change" and state in {*_RANK, "cancelled"}
        if is_step and state != passed[-1]["state"]:
            passed.append(_step(state, entry["at"]))
    now = state_of(case["state"])
    if passed[-1]["state"] != now:
        passed.append(_step(now, case["updated_at"]))
    if len(passed) > _STEPS_MOST:
        passed = [passed[0], *passed[1 - _STEPS_MOST :]]
    for step in passed[:-1]:
        step["when"] = "past"
    rank = _RANK.get(now, 9)
    ahead = [each for each in _AHEAD if _RANK[each] > rank]
    return passed + [_step(each, None) | {"when": "ahead"} for each in ahead]


def _step(state: str, at: Any, detail: str | None = None) -> Shown:
    return {"state": state, "at": at, "when": "now", "detail": detail}


def thread(
    case: Shown, entries: Sequence[Shown], files: Sequence[Shown], me: str, opener: str
) -> list[Shown]:
    """What was said, oldest first, each with the files that came with it."""
    said = [_said(each, me) for each in entries if each["entry_type"] in _SPOKEN and each["body"]]
    words = (case.get("description") or "").strip()
    if words and not (said and said[0]["text"].strip() == words):
        first = {
            "id": "0",
            "author": {"name": opener, "mine": opener == me},
            "at": case["opened_at"],
            "text": words,
            "files": [],
        }
        said.insert(0, first)
    for file in files:
        _place(said, file, me)
    return said


def messages(entries: Sequence[Shown], files: Sequence[Shown], me: str) -> list[Shown]:
    """What was said in a chat, oldest first."""
    said = [_said(each, me) for each in entries]
    for file in files:
        _place(said, file, me)
    return said


def _said(entry: Shown, me: str) -> Shown:
    return {
        "id": entry["id"],
        "author": {
            "name": entry["author_name"],
            "mine": entry["author_kind"] != "staff" and entry["author_name"] == me,
        },
        "at": entry["at"],
        "text": entry["body"],
        "files": [],
    }


def _place(said: list[Shown], file: Mapping[str, Any], me: str) -> None:
    """A form's files are kept a moment before its words are written: they go with those words."""
    at = moment(file["created_at"])
    shown = {
        "name": file["name"],
        "size_bytes": file["size_bytes"],
        "url": f"/api/v1/attachments/{file['id']}/content",
    }
    is_mine = bool(file.get("mine"))
    for entry in said:
        gap = moment(entry["at"]) - at
        if entry["author"]["mine"] == is_mine and abs(gap) <= _WITH_WORDS:
            entry["files"].append(shown)
            return
    author = {"name": me if is_mine else "", "mine": is_mine}
    lone = {"id": file["id"], "author": author, "at": file["created_at"], "text": "",
            "files": [shown]}  # fmt: skip
    said.append(lone)
    said.sort(key=lambda each: moment(each["at"]))


def moment(told: str | datetime) -> datetime:
    """A time of the API, typed."""
    return told if isinstance(told, datetime) else datetime.fromisoformat(told)
