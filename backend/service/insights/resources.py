"""What the outside knows of kept views."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.foundation.entitlements.models import Channel
from backend.service.insights.models import Insight
from infra.kernel.columns import Text
from infra.kernel.resource import Relation, Resource, View, everything, match

Nothing = Literal["none"]
Day = date | None
SpanName = Literal["7d", "30d", "90d", "365d"] | None
Chosen = UUID | Nothing | None
Priority = Annotated[int, Ge(1), Le(4)] | None
By = Literal["group", "agent", "case_type", "channel", "product_model", "account", "priority"]


class Question(BaseModel):
    """What figures are asked for; `none` stands for cases that have no such value."""

    model_config = ConfigDict(extra="forbid")

    span: SpanName = None
    first: Day = None
    last: Day = None
    group: Chosen = None
    agent: Chosen = None
    case_type: Chosen = None
    channel: Channel | None = None
    product_model: Chosen = None
    account: Chosen = None
    priority: Priority = None
    by: By = "group"


_SET = (
    "name", "shared", "question", "cadence", "send_hour", "send_day", "format", "recipient_ids",
)  # fmt: skip

insights = Resource(
    name="insights",
    singular="insight",
    model=Insight,
    summary="Views of the figures of cases that somebody keeps, and mails to others.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", *_SET, "owner_id", "next_at", "sent_at", "created_at", "updated_at",
                "version",
            ),
            create=_SET,
            update=_SET,
        )
    },
    filters=("name", "owner_id", "shared", "cadence"),
    sorts=("name",),
    default_sort="name",
    relations={"owner": Relation("owner_id", "profiles")},
    paths={
        "all": everything(),
        "own": match("owner_id", "profile_id"),
        "shared": everything({"shared": True}),
    },
    types={
        "name": Annotated[
            Text, StringConstraints(strip_whitespace=True), MinLen(1), MaxLen(200)
        ],
        "question": Question,
        "send_hour": Annotated[int, Ge(0), Le(23)],
        "send_day": Annotated[int, Ge(1), Le(31)],
        "recipient_ids": Annotated[list[UUID], MaxLen(50)],
    },
    required=("name",),
    generic=("delete",),
)  # fmt: skip
