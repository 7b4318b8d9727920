"""What the outside knows of types of cases."""

from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.templates.resources import NameTranslations
from backend.service.cases.models import CaseState
from backend.service.cases.types.models import CaseType
from backend.service.cases.types.playbook import Playbook
from backend.service.cases.types.stages import Stages
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Field = Annotated[
    str, StringConstraints(pattern=r"^(custom\.)?[a-z][a-z0-9_]{0,59}$", max_length=70)
]
Narrowed = Literal["start", "wait", "resolve", "cancel", "close", "reopen"]
"""Verbs that a type may allow in fewer states than the house does."""
Weights = Annotated[str, StringConstraints(pattern=r"^[1-3]-[1-3]$")]

_SET = (
    "name", "description", "active", "portal_visible", "required_fields", "hidden_fields", "verbs",
    "priorities", "default_priority", "assignment_group_id", "playbook", "reopen_days",
    "stages", "tasks", "translations",
)  # fmt: skip
_TOLD = ("id", "key", "name", "description", "required_fields", "hidden_fields", "created_at")

case_types = Resource(
    name="case_types",
    singular="case_type",
    model=CaseType,
    summary="Kinds of cases: their fields, their verbs by state, their urgency and who has them.",
    label="name",
    views={
        "staff": View(
            read=("id", "key", *_SET, "created_at", "updated_at", "version"),
            create=("key", *_SET),
            update=_SET,
        ),
        "customer": View(read=_TOLD),
        "partner": View(read=_TOLD),
    },
    filters=("key", "name", "active", "portal_visible"),
    sorts=("name",),
    default_sort="name",
    relations={"assignment_group": Relation("assignment_group_id", "groups")},
    generic=("delete",),
    worded=("name", "description"),
    outside={"active": True, "portal_visible": True},
    types={
        "key": Key,
        "name": Name,
        "description": Annotated[Text, MaxLen(2_000)],
        "required_fields": Annotated[list[Field], MaxLen(50)],
        "hidden_fields": Annotated[list[Field], MaxLen(50)],
        "verbs": dict[Narrowed, list[CaseState]],
        "priorities": dict[Weights, Annotated[int, Ge(1), Le(4)]],
        "default_priority": Annotated[int, Ge(1), Le(4)],
        "playbook": Annotated[Text, MaxLen(200)],
        "stages": Stages,
        "translations": NameTranslations,
        "tasks": Playbook,
        "reopen_days": Annotated[int, Ge(0), Le(3650)],
    },
    required=("key", "name"),
    configured=Configured(key=("key",), references={"tasks.assignment_group_id": "groups"}),
)
