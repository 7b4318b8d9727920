"""A chat on the desk: what is said, as it is said, and making a case of it."""

import asyncio
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals.faults import Errors, Say
from portals.visits import Visit
from portals.words import noted
from portals.workspace.beside import customer_of, open_cases
from portals.workspace.colleagues import names_of
from portals.workspace.desk import on, reader_of, show
from portals.workspace.inbox import box_named, customer_name, inbox_of
from portals.workspace.reader import IDS_MOST, Reader, Row
from portals.workspace.thread import hand_out

PATH = "/workspace/conversations"
_RELATIONS = "account,contact,consumer,case"


async def conversation_page(visit: Visit) -> Response:
    """`GET /workspace/conversations/{id}`."""
    return await _drawn(visit)


async def _drawn(visit: Visit, errors: Errors | None = None, *, status: int = 200) -> Response:
    reader = reader_of(visit)
    row = await reader.one("interactions", visit.path["id"], _RELATIONS)
    visit.typed.setdefault("next", f"{PATH}/{row['id']}")
    box = box_named(visit.word("box"))
    talk, said, inbox, others = await asyncio.gather(
        head_of(reader, row, visit.say),
        thread_of(reader, row, visit.say),
        inbox_of(reader, visit.say, box, row["number"]),
        open_cases(reader, row),
    )
    return await show(
        visit, "workspace/conversation.html", status=status, talk=talk, thread=said, inbox=inbox,
        customer=customer_of(row, others, visit.say), values=dict(visit.typed),
        errors=errors or [], case={"number": row["number"]},
    )  # fmt: skip


async def head_of(reader: Reader, row: Row, say: Say) -> Row:
    """The conversation as its head and composer show it."""
    held, names = await asyncio.gather(
        reader.reach("interactions", row["id"], ("say", "close", "open_case")),
        names_of(reader, [row.get("assigned_to_id")]),
    )
    key, is_open, case = str(row["id"]), row["state"] == "open", row.get("case")
    verbs = [
        {"name": name, "action": f"{PATH}/{key}/{path}", "fields": [], "main": False, "key": mark}
        for name, path, mark, fits in (
            ("open_case", "case", "t", "open_case" in held and not row.get("case_id")),
            ("end_chat", "end", "x", "close" in held and is_open),
        )
        if fits
    ]
    return {
        "id": key,
        "number": row["number"],
        "url": f"{PATH}/{key}",
        "subject": row["subject"] or row["number"],
        "state": row["state"],
        "channel": "chat" if row["channel"] in {"portal", "web_chat"} else row["channel"],
        "assignee": names.get(str(row.get("assigned_to_id"))),
        "mine": str(row.get("assigned_to_id")) == str(reader.caller.profile_id),
        "case": case and {"number": case["number"], "url": f"/workspace/cases/{case['number']}"},
        "verbs": verbs,
        "can_say": is_open and "say" in held,
        "who": customer_name(row) or row["customer_name"] or say(noted("the customer")),
    }


async def thread_of(reader: Reader, row: Row, say: Say) -> list[dict[str, Any]]:
    """What was said, oldest first."""
    key = str(row["id"])
    query = {"interaction_id": key, "sort": "-at", "limit": str(IDS_MOST)}
    rows, files = await asyncio.gather(
        reader.rows("messages", query),
        reader.ask("attachments.of_record", body={"kind": "interactions", "record_id": key}),
    )
    me = str(reader.caller.profile_id)
    told = [
        {
            "kind": "message" if each["visibility"] == "public" else "note",
            "id": str(each["id"]),
            "author": {
                "name": each["author_name"] or row["customer_name"] or say(noted("Somebody")),
                "mine": str(each.get("author_profile_id")) == me,
            },
            "author_id": str(each.get("author_profile_id") or ""),
            "channel": "chat" if row["channel"] in {"portal", "web_chat"} else row["channel"],
            "at": each["at"],
            "text": each["body"],
            "files": [],
        }
        for each in reversed(rows)
    ]
    hand_out((files or {}).get("data", ()), told)
    return told


async def head(visit: Visit) -> Response:
    """The head, drawn anew."""
    reader = reader_of(visit)
    row = await reader.one("interactions", visit.path["id"], _RELATIONS)
    talk = await head_of(reader, row, visit.say)
    return await visit.fragment("workspace/_talk_head.html", talk=talk)


async def thread(visit: Visit) -> Response:
    """What was said, drawn anew."""
    reader = reader_of(visit)
    row = await reader.one("interactions", visit.path["id"], _RELATIONS)
    return await visit.fragment(
        "workspace/_thread.html", thread=await thread_of(reader, row, visit.say)
    )


async def say(visit: Visit) -> Response:
    """Answer."""
    return await _do(visit, "interactions.say", words=True)


async def end(visit: Visit) -> Response:
    """It is over; what was said stays."""
    return await _do(visit, "interactions.close")


async def _do(visit: Visit, action: str, *, words: bool = False) -> Response:
    key = visit.path["id"]
    try:
        typed = await visit.form()
        body = {"body": typed.get("body", "").strip()} if words else {}
        await visit.do(action, key, **body)
    except NotFound:
        raise
    except Problem as refused:
        if visit.is_script:
            raise
        return await _drawn(visit, visit.errors(refused), status=refused.status)
    return on(visit, f"{PATH}/{key}#thread")


async def make_case(visit: Visit) -> Response:
    """Make a case of it, and go on there; where it has one, go to that."""
    key = visit.path["id"]
    await visit.form()
    row = await reader_of(visit).one("interactions", key, "case")
    made = row.get("case") or await visit.do("interactions.open_case", key)
    return visit.go(f"/workspace/cases/{made['number']}")
