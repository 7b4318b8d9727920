"""What happens in conversations."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class MessageSaid(Event, type="interactions.said"):
    """Somebody said something that both sides read."""

    interaction_id: UUID
    message_id: UUID
    author_kind: str


@dataclass(frozen=True)
class InteractionClosed(Event, type="interactions.closed"):
    """The conversation is over."""

    interaction_id: UUID
