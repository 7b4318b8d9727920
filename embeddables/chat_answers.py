"""What the doors of the chat take and tell."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from embeddables.answers import Name
from infra.kernel.columns import Text, plain_text

_CLOSED = ConfigDict(extra="forbid", strict=True)

Said = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True),
    AfterValidator(plain_text),
]


class ChatBody(BaseModel):
    """The first words of a chat. The name is that of the identity, whatever is sent beside it."""

    model_config = _CLOSED
    body: Said
    name: Text | None = None


class StrangerChatBody(BaseModel):
    """The first words of somebody whom nobody vouches for, under the name that they give."""

    model_config = _CLOSED
    body: Said
    name: Name


class SayBody(BaseModel):
    """Something to say in a chat."""

    model_config = _CLOSED
    chat_id: UUID
    body: Said


class CloseBody(BaseModel):
    """The chat to end."""

    model_config = _CLOSED
    chat_id: UUID


class ChatShown(BaseModel):
    """A chat as whoever began it sees it."""

    id: UUID
    state: str
    started_at: datetime
    ended_at: datetime | None


class ChatMessage(BaseModel):
    """Something said in a chat; `mine` for what was said on the page's side."""

    id: UUID
    mine: bool
    author: str
    body: str
    at: datetime


class ChatAnswer(BaseModel):
    """The reader's latest chat and what was said in it, oldest first. With `after`, only what was
    said since, and a little before: whoever asks knows messages by their ids. `visitor` is what a
    stranger's page is known again by."""

    chat: ChatShown | None
    data: list[ChatMessage]
    visitor: str | None = None
