"""A case's story: what was said and what happened between, from its activity stream.

What the stream does not repeat because the case says it itself (the first words, the entitlement
that was applied, the solution, the rating) is set in at its moment.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portals.faults import Say
from portals.told import is_told, sentence_in, text_of
from portals.words import noted
from portals.workspace.inbox import customer_name
from portals.workspace.reader import IDS_MOST, Reader, Row

_SPOKEN = {"comment", "email"}
Entry = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """The entries of a case, oldest first, as the page shows them."""

    thread: list[Entry]
    activity: list[Entry]


async def story_of(reader: Reader, case: Row, say: Say) -> Story:
    """The case's thread, oldest first, and its activity, newest first."""
    query = {
        "kind": "cases", "record_id": str(case["id"]), "sort": "-at", "limit": str(IDS_MOST),
    }  # fmt: skip
    rows, files = await asyncio.gather(
        reader.rows("activity_entries", query),
        reader.ask("attachments.of_record", body={"kind": "cases", "record_id": str(case["id"])}),
    )
    rows.reverse()
    telling = _Telling(case, say, str(reader.caller.profile_id))
    thread = telling.thread(rows)
    hand_out((files or {}).get("data", ()), thread)
    return Story(thread, telling.activity(rows))


@dataclass(frozen=True)
class _Telling:
    case: Row
    say: Say
    me: str

    def thread(self, rows: list[Row]) -> list[Entry]:
        told = [self._first_words()] if self.case.get("description") else []
        for row in rows:
            told += self._entry(row)
        told += self._rating()
        return told

    def activity(self, rows: list[Row]) -> list[Entry]:
        events = [self._happened(row) for row in rows]
        events += self._rating()
        return sorted(events, key=lambda event: str(event["at"]), reverse=True)

    def _first_words(self) -> Entry:
        case = self.case
        author = customer_name(case) or self.say(noted("Somebody"))
        return {
            "kind": "message",
            "id": "first",
            "author": {"name": author, "mine": str(case.get("opened_by_id")) == self.me},
            "author_id": str(case.get("opened_by_id") or ""),
            "channel": case["channel"],
            "at": case["opened_at"] or case["created_at"],
            "text": case.get("description") or "",
            "files": [],
        }

    def _entry(self, row: Row) -> list[Entry]:
        kind = row["entry_type"]
        if kind in _SPOKEN or kind == "note":
            return [self._said(row)]
        told = [self._happened(row)]
        details = row.get("details") or {}
        if details.get("verb") in {"create", "submit"} and self.case.get("entitlement"):
            told.append(self._owed(row))
        if details.get("to") == "resolved" and self._is_last_resolution(row):
            told.append(self._solution(row))
        return told

    def _said(self, row: Row) -> Entry:
        return {
            "kind": "note" if row["entry_type"] == "note" else "message",
            "id": str(row["id"]),
            "author": self._author(row),
            "author_id": str(row.get("author_profile_id") or ""),
            "channel": self._way(row),
            "at": row["at"],
            "text": text_of(row, self.say),
            "files": [],
        }

    def _way(self, row: Row) -> str:
        if row["entry_type"] == "email":
            return "email"
        return "portal" if row["author_kind"] != "staff" else str(self.case["channel"])

    def _author(self, row: Row) -> Row:
        mine = str(row.get("author_profile_id")) == self.me
        return {"name": row["author_name"] or self.say(noted("Somebody")), "mine": mine}

    def _happened(self, row: Row) -> Entry:
        details = row.get("details") or {}
        event: Entry = {
            "kind": "event", "id": str(row["id"]), "at": row["at"], "from": details.get("from"),
            "to": details.get("to"), "actor": row["author_name"] or None, "text": None,
        }  # fmt: skip
        if row["entry_type"] == "note":
            said = {"what": "told", "text": text_of(row, self.say)}
            return event | (said if is_told(row) else {"what": "note"})
        if row["entry_type"] in _SPOKEN:
            return event | {"what": "comment"}
        if row["entry_type"] == "system":
            return event | {"what": "system", "text": text_of(row, self.say)}
        verb = details.get("verb", "")
        if verb in {"create", "submit"}:
            return event | {"what": "opened"}
        return event | {"what": "handed" if verb == "assign" else "state"}

    def _owed(self, row: Row) -> Entry:
        return {
            "kind": "event", "id": f"{row['id']}-owed", "at": row["at"], "what": "entitlement",
            "actor": None, "from": None, "to": self.case["entitlement"]["name"], "text": None,
        }  # fmt: skip

    def _is_last_resolution(self, row: Row) -> bool:
        """Whether this is the end that the case's solution belongs to; one before was reopened."""
        resolved = self.case.get("resolved_at")
        return bool(self.case.get("resolution")) and str(row["at"]) >= str(resolved)

    def _solution(self, row: Row) -> Entry:
        return {
            "kind": "solution",
            "id": f"{row['id']}-solution",
            "author": self._author(row),
            "author_id": "",
            "channel": self.case["channel"],
            "at": row["at"],
            "text": sentence_in(self.case["resolution"], self.say),
            "files": [],
        }

    def _rating(self) -> list[Entry]:
        case = self.case
        if not case.get("rating"):
            return []
        return [
            {
                "kind": "event", "id": "rated", "at": case.get("rated_at") or case["updated_at"],
                "what": "rating", "actor": customer_name(case), "from": None,
                "to": case["rating"], "text": case.get("rating_comment"),
            }
        ]  # fmt: skip


def hand_out(files: Iterable[Row], thread: list[Entry]) -> None:
    """Put each file to the words it came with: the same person's, nearest in time."""
    said = [entry for entry in thread if entry["kind"] in {"message", "note"}]
    for file in files:
        shown = {
            "name": file["name"],
            "size_bytes": file["size_bytes"],
            "url": f"/api/v1/attachments/{file['id']}/content",
        }
        near = [e for e in said if e["author_id"] == str(file["created_by"])] or said[:1]
        if near:
            min(near, key=lambda entry: _apart(entry["at"], file["created_at"]))["files"].append(
                shown
            )


def _apart(one: Any, other: Any) -> timedelta:
    return abs(_moment(one) - _moment(other))


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
