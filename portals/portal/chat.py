"""Chat in the portal: begin with a question, stay or leave; the answer waits here."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Problem
from portals import uploads
from portals.pages import page
from portals.portal import stories
from portals.visits import Visit

_CHANNELS = "portal,web_chat"
_SHOWN_AFTER_END = timedelta(hours=24)
_MESSAGES_MOST = "200"


async def show(visit: Visit) -> Response:
    """`GET /chat`."""
    return await _show(visit)


async def _show(visit: Visit, problem: Problem | None = None) -> Response:
    chat, said = await _talk(visit)
    return await visit.page(
        "portal/chat.html",
        status=problem.status if problem else 200,
        thread=said,
        chat=chat,
        values=visit.typed,
        errors=visit.errors(problem) if problem else [],
    )


async def thread(visit: Visit) -> Response:
    """What was said, for the page that is open."""
    chat, said = await _talk(visit)
    return await visit.fragment("portal/_chat.html", thread=said, chat=chat)


async def say(visit: Visit) -> Response:
    """Write; the first words begin a chat."""
    try:
        form = await visit.form()
        kept = await uploads.keep(visit, visit.files)
        words = form.get("body", "").strip()
        chat = await _latest(visit)
        if chat is not None and chat["state"] == "open":
            await visit.do("interactions.say", chat["id"], body=words)
        else:
            chat = await visit.do("interactions.start_chat", body=words)
        if not visit.is_repeat:
            await uploads.attach(visit, kept, "interactions", str(chat["id"]))
    except Problem as problem:
        if visit.is_script or problem.status in {401, 404} or visit.visitor is None:
            raise
        return await _show(visit, problem)
    return visit.go("/chat")


async def end(visit: Visit) -> Response:
    """It is over; what was said stays."""
    await visit.form()
    chat = await _latest(visit)
    if chat is not None and chat["state"] == "open":
        try:
            await visit.do("interactions.close", chat["id"])
        except Conflict:
            # The other side ended it in the same moment, which is what was wanted.
            return visit.go("/chat")
    return visit.go("/chat", notice=visit.say("The chat is over."))


async def _latest(visit: Visit) -> dict[str, Any] | None:
    found = await visit.list("interactions", channel__in=_CHANNELS, limit="1")
    if not found.data:
        return None
    chat = found.data[0]
    ended = chat["ended_at"]
    if ended is not None and datetime.now(UTC) - stories.moment(ended) > _SHOWN_AFTER_END:
        return None
    return chat


async def _talk(visit: Visit) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    chat = await _latest(visit)
    if chat is None:
        return None, []
    key = str(chat["id"])
    newest = await visit.list("messages", interaction_id=key, sort="-at", limit=_MESSAGES_MOST)
    files = await visit.ask("attachments.of_record", kind="interactions", record_id=key)
    entries = newest.data[::-1]
    agent = stories.assignee(entries)
    state = "closed" if chat["state"] == "closed" else "active" if agent else "waiting"
    profile = str(visit.caller.profile_id)
    mine = [each | {"mine": str(each["created_by"]) == profile} for each in files["data"]]
    said = stories.messages(entries, mine, visit.caller.name)
    return {"id": key, "state": state, "agent": agent, "wait_minutes": None}, said


routes = (
    page("/chat", show, people="customers"),
    page("/chat", say, methods=("POST",), people="customers"),
    page("/chat/thread", thread, people="customers"),
    page("/chat/end", end, methods=("POST",), people="customers"),
)
