"""What has happened, in the past tense: declared by domains, stored as rows of the outbox.

An event is written in the transaction of what it tells. The relay gives it its position after
commit, and positions are what readers resume from; an event without one has not been told yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Base of declared events; the first field is the id of the record that it is about."""

    type: ClassVar[str] = ""
    kind: ClassVar[str] = ""

    def __init_subclass__(cls, *, type: str = "", **rest: Any) -> None:  # noqa: A002
        super().__init_subclass__(**rest)
        kind, dot, fact = type.partition(".")
        if not (kind and dot and fact):
            raise TypeError(f"{cls.__name__} needs type='<resource>.<fact>'")
        cls.type, cls.kind = type, kind

    @property
    def record_id(self) -> UUID:
        first: UUID = getattr(self, fields(self)[0].name)
        return first

    def payload(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as the log holds it."""

    id: UUID
    type: str
    kind: str
    record_id: UUID
    at: datetime
    actor: Mapping[str, Any]
    payload: Mapping[str, Any]
    request_id: str = ""
    position: int = 0

    @property
    def changes(self) -> Mapping[str, Any]:
        """Column → [before, after], of a generic event; empty for a declared one."""
        found: Mapping[str, Any] = self.payload.get("changes") or {}
        return found


EVENT_COLUMNS = (
    "id, type, kind, record_id, at, actor::text AS actor, payload::text AS payload, "
    "request_id, position"
)


def event_from_row(row: Mapping[str, Any]) -> RecordedEvent:
    """The event in a row selected with EVENT_COLUMNS."""
    return RecordedEvent(
        id=row["id"],
        type=row["type"],
        kind=row["kind"],
        record_id=row["record_id"],
        at=row["at"],
        actor=json.loads(row["actor"]),
        payload=json.loads(row["payload"]),
        request_id=row["request_id"],
        position=row["position"] or 0,
    )
