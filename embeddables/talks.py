"""What a page is told of its reader's chat."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from embeddables.chat_answers import ChatMessage, ChatShown
from embeddables.door import Visit
from infra.kernel.errors import BadRequest, Fault
from infra.kernel.reading import read_list

SHOWN_AFTER_END = timedelta(hours=24)
MESSAGES_MOST = 200
_OVERLAP = timedelta(seconds=10)
"""A message carries the moment its transaction began: one that is seen later may be older."""
_SAID = "id,direction,author_name,body,at"


async def latest(guest: Visit) -> dict[str, Any] | None:
    """The reader's chat that began last; other conversations of theirs are not for widgets."""
    query = {"channel": "widget", "sort": "-started_at", "limit": "1"}
    found = (await read_list(guest.services, guest.caller, "interactions", query)).data
    return found[0] if found else None


async def said(guest: Visit, chat_id: Any, since: datetime | None) -> list[ChatMessage]:
    """The newest messages, oldest first."""
    query = {
        "interaction_id": str(chat_id), "sort": "-at", "limit": str(MESSAGES_MOST), "fields": _SAID,
    }  # fmt: skip
    if since is not None:
        query["at[gte]"] = (since - _OVERLAP).isoformat()
    newest = await read_list(guest.services, guest.caller, "messages", query)
    return [message_of(row) for row in reversed(newest.data)]


def is_long_over(chat: dict[str, Any]) -> bool:
    """Whether the chat is history and no longer what the page shows."""
    ended = chat["ended_at"]
    return ended is not None and datetime.now(UTC) - _as_moment(ended) > SHOWN_AFTER_END


def moment_of(text: str | None) -> datetime | None:
    """A parameter as a moment; raises BadRequest for what is none."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        # Far enough from both ends of the calendar to be reckoned with.
        return moment if 1970 < moment.year < 9000 else None
    except (ValueError, OverflowError):
        raise BadRequest([Fault("after", "moment", "must be a moment with its zone")]) from None


def _as_moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def shown(chat: Mapping[str, Any]) -> ChatShown:
    """A conversation as a page sees it."""
    told = {name: chat[name] for name in ("id", "state", "started_at", "ended_at")}
    return ChatShown.model_validate(told | {"state": str(chat["state"])})


def message_of(row: Mapping[str, Any]) -> ChatMessage:
    """Something said, as a page sees it."""
    return ChatMessage(
        id=row["id"],
        mine=row["direction"] == "inbound",
        author=row["author_name"],
        body=row["body"],
        at=row["at"],
    )
