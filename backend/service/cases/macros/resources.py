"""What the outside knows of macros: staff alone."""

from typing import Annotated, Any, Literal

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field

from backend.platform.calendars.resources import Name
from backend.service.cases.macros.models import Macro
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View

Verb = Literal[
    "update", "assign", "start", "wait", "comment", "note", "attach_article", "escalate",
    "deescalate", "resolve", "close", "reopen", "cancel",
]  # fmt: skip


class Step(BaseModel):
    """One verb of cases, and what it is given."""

    model_config = ConfigDict(extra="forbid")

    verb: Verb
    values: dict[Annotated[Text, MaxLen(60)], Any] = Field(default_factory=dict)


_MACRO = ("name", "description", "steps", "active")

macros = Resource(
    name="macros",
    singular="macro",
    model=Macro,
    summary="Sequences of verbs on a case, applied together or not at all.",
    label="name",
    views={
        "staff": View(
            read=("id", *_MACRO, "created_at", "updated_at", "version"),
            create=_MACRO,
            update=_MACRO,
        )
    },
    filters=("name", "active"),
    sorts=("name",),
    default_sort="name",
    generic=("delete",),
    types={
        "name": Name,
        "description": Annotated[Text, MaxLen(2_000)],
        "steps": Annotated[list[Step], MinLen(1), MaxLen(20)],
    },
    required=("name", "steps"),
    configured=Configured(),
)
