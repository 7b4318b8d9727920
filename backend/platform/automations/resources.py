"""What admins see of automations and of their runs."""

from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import StringConstraints

from backend.platform.automations.models import Automation, AutomationRun
from backend.platform.automations.steps import Steps
from backend.platform.calendars.resources import Name
from infra.kernel.columns import Text
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
EventType = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}\.([a-z][a-z0-9_]{0,62}|\*)$")
]
Column = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,126}$")]

_SET = (
    "key", "name", "summary", "event_types", "changed", "condition", "steps", "position",
    "runs_as_id", "active",
)  # fmt: skip

automations = Resource(
    name="automations",
    singular="automation",
    model=Automation,
    summary="What follows by itself: on these events, under this condition, these steps.",
    label="name",
    views={
        "staff": View(
            read=("id", *_SET, "author_id", "created_at", "updated_at", "version"),
            create=_SET,
            update=_SET[1:],
        )
    },
    types={
        "key": Key,
        "name": Name,
        "summary": Annotated[Text, MaxLen(2_000)],
        "event_types": Annotated[list[EventType], MinLen(1), MaxLen(20)],
        "changed": Annotated[list[Column], MaxLen(50)],
        "condition": Annotated[Text, MaxLen(2_000)],
        "steps": Steps,
        "position": Annotated[int, Ge(0), Le(100_000)],
    },
    filters=("key", "name", "active", "runs_as_id", "author_id"),
    sorts=("position", "name"),
    default_sort="position",
    relations={
        "runs_as": Relation("runs_as_id", "profiles"),
        "author": Relation("author_id", "profiles"),
    },
    generic=("delete",),
    required=("key", "name", "event_types", "steps"),
    configured=Configured(key=("key",), after=("message_templates", "groups")),
)

automation_runs = Resource(
    name="automation_runs",
    singular="automation_run",
    model=AutomationRun,
    summary="Each time that an automation answered an event: what it did, or why not.",
    label="event_type",
    views={
        "staff": View(
            read=(
                "id", "automation_id", "automation_version", "event_id", "event_type", "kind",
                "record_id", "state", "fault", "reason", "outcomes", "next_step", "attempts",
                "depth", "chain", "root_event_id", "caused_by_id", "started_at", "resume_at",
                "finished_at", "duration_ms", "created_at", "updated_at", "version",
            )
        )
    },
    filters=(
        "automation_id", "event_id", "event_type", "kind", "record_id", "state", "fault",
        "root_event_id", "caused_by_id", "started_at",
    ),
    sorts=("started_at",),
    default_sort="-started_at",
    relations={
        "automation": Relation("automation_id", "automations"),
        "caused_by": Relation("caused_by_id", "automation_runs"),
    },
    generic=(),
    emits=False,
    audited=False,
)  # fmt: skip
