"""My work, and what waits for somebody: the list beside every case."""

import asyncio
from collections.abc import Iterable
from typing import Any

from portals.faults import Say
from portals.words import noted
from portals.workspace.clocks import Clock, clocks_of
from portals.workspace.reader import IDS_MOST, Reader, Row, joined

BOXES = ("mine", "team", "waiting")
OURS = ("new", "in_progress")
THEIRS = ("waiting_customer", "waiting_internal")
OPEN = (*OURS, *THEIRS)
_ROWS_MOST = 50
_GROUP_TITLES = {
    "unassigned": noted("Nobody has it yet"),
    "colleagues": noted("With colleagues"),
}
Inbox = dict[str, Any]


def box_named(name: str) -> str:
    """The box that an address names, mine where it names none."""
    return name if name in BOXES else BOXES[0]


async def inbox_of(reader: Reader, say: Say, box: str, current: str = "") -> Inbox:
    """The rows of one box and how much lies in each. `current` is the number on show."""
    queries = _queries(reader)
    counted = asyncio.gather(*(_count(reader, queries[name]) for name in BOXES))
    counts, rows, chats = await asyncio.gather(
        counted, _rows(reader, queries[box]), _chats(reader, current)
    )
    ids = [row["id"] for row in rows]
    clocks, spoken = await asyncio.gather(
        clocks_of(reader, ids, say), last_word_of_customer(reader, ids)
    )
    shown = [(row, _line(row, clocks, spoken, current)) for row in rows]
    shown.sort(key=lambda pair: _soonest(pair[1]))
    return {
        "box": box,
        "counts": {n: c + len(chats) * (n == "mine") for n, c in zip(BOXES, counts, strict=True)},
        "groups": _groups(say, box, shown, chats if box == "mine" else []),
    }


def _queries(reader: Reader) -> dict[str, list[dict[str, str]]]:
    me = str(reader.caller.profile_id)
    groups = joined(reader.caller.attributes.get("group_ids") or ())
    mine = {"assigned_to_id": me, "state[in]": ",".join(OPEN)}
    team = [{"assigned_to_id[null]": "true", "state[in]": ",".join(OPEN)}]
    if groups:
        # What nobody has is in the first list already.
        team.append(
            {
                "assignment_group_id[in]": groups,
                "assigned_to_id[ne]": me,
                "state[in]": ",".join(OPEN),
            }
        )
    return {"mine": [mine], "team": team, "waiting": [mine | {"state[in]": ",".join(THEIRS)}]}


async def _count(reader: Reader, queries: list[dict[str, str]]) -> int:
    return sum(await asyncio.gather(*(reader.count("cases", query) for query in queries)))


async def _rows(reader: Reader, queries: list[dict[str, str]]) -> list[Row]:
    extra = {"expand": "account,contact,consumer", "limit": str(_ROWS_MOST)}
    found = await asyncio.gather(*(reader.rows("cases", query | extra) for query in queries))
    return [row for rows in found for row in rows]


async def _chats(reader: Reader, current: str) -> list[Row]:
    """The chats that I am in; one with a case is followed there as well."""
    query = {
        "assigned_to_id": str(reader.caller.profile_id), "state": "open",
        "channel[in]": "web_chat,portal,widget", "limit": "20",
    }  # fmt: skip
    return [
        {
            "id": str(row["id"]),
            "number": row["number"],
            "url": f"/workspace/conversations/{row['id']}",
            "who": row["customer_name"] or row["number"],
            "what": row["subject"],
            "at": row["last_message_at"] or row["started_at"],
            "unread": False,
            "clock": None,
            "current": row["number"] == current,
            "state": row["state"],
        }
        for row in await reader.rows("interactions", query)
    ]


async def last_word_of_customer(reader: Reader, case_ids: Iterable[Any]) -> set[str]:
    """The cases in which a customer has spoken last, as far as the latest words tell."""
    wanted = joined(case_ids)
    if not wanted:
        return set()
    query = {
        "kind": "cases",
        "record_id[in]": wanted,
        "entry_type[in]": "comment,email",
        "sort": "-at",
        "limit": str(IDS_MOST),
        "fields": "record_id,author_kind",
    }
    last: dict[str, str] = {}
    for row in await reader.rows("activity_entries", query):
        last.setdefault(str(row["record_id"]), row["author_kind"])
    return {case for case, author in last.items() if author in {"customer", "partner"}}


def _line(row: Row, clocks: dict[str, Clock], spoken: set[str], current: str) -> Row:
    key = str(row["id"])
    unanswered = row.get("first_responded_at") is None and row["state"] in OURS
    return {
        "id": key,
        "number": row["number"],
        "url": address_of(row),
        "who": customer_name(row) or row["number"],
        "what": row["subject"],
        "at": row["updated_at"],
        "unread": unanswered or (key in spoken and row["state"] in OURS),
        "clock": clocks.get(key),
        "current": row["number"] == current,
        "state": row["state"],
    }


def _soonest(line: Row) -> tuple[int, str]:
    clock = line["clock"]
    running = clock is not None and clock["state"] == "running"
    return (0, str(clock["due_at"])) if running else (1, str(line["number"]))


def _groups(say: Say, box: str, shown: list[tuple[Row, Row]], chats: list[Row]) -> list[Row]:
    parts: dict[str, list[Row]] = {"answer": list(chats)} if chats else {}
    for row, line in shown:
        parts.setdefault(_part_of(row, box), []).append(line)
    order = ("answer", "waiting", "unassigned", "colleagues")
    return [
        {"name": say(_GROUP_TITLES[name]) if name in _GROUP_TITLES else name, "rows": parts[name]}
        for name in order
        if name in parts
    ]


def _part_of(row: Row, box: str) -> str:
    if box == "team":
        return "colleagues" if row.get("assigned_to_id") else "unassigned"
    return "answer" if row["state"] in OURS else "waiting"


def customer_name(case: Row) -> str | None:
    """Who a case is from: the person where one is known, else the company."""
    for relation in ("contact", "consumer", "account"):
        record = case.get(relation)
        if record and record.get("name"):
            return str(record["name"])
    return None


def address_of(case: Row) -> str:
    """The page of a case."""
    return f"/workspace/cases/{case.get('number') or case['id']}"
