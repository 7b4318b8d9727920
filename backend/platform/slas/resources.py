"""What the outside knows of promises."""

from backend.foundation.service_model.reach import on_cases
from backend.platform.calendars.resources import Name
from backend.platform.slas.models import SlaDefinition, TaskSla
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything

_DEFINITION = (
    "name",
    "kind",
    "priority",
    "tier",
    "response_minutes",
    "resolution_minutes",
    "warning_percent",
    "calendar_id",
    "active",
)

sla_definitions = Resource(
    name="sla_definitions",
    singular="sla_definition",
    model=SlaDefinition,
    summary="Minutes promised for the first answer and for the resolution of a kind of task.",
    label="name",
    views={
        "staff": View(
            read=("id", *_DEFINITION, "created_at", "updated_at", "version"),
            create=_DEFINITION,
            update=_DEFINITION,
        )
    },
    filters=("name", "kind", "priority", "tier", "active"),
    sorts=("name",),
    default_sort="name",
    relations={"calendar": Relation("calendar_id", "calendars")},
    types={"name": Name},
    generic=("delete",),
    configured=Configured(),
)

_SEEN_OUTSIDE = View(
    read=(
        "id",
        "kind",
        "record_id",
        "target",
        "state",
        "target_minutes",
        "started_at",
        "due_at",
        "paused_at",
        "breached_at",
        "stopped_at",
    )
)

task_slas = Resource(
    name="task_slas",
    singular="task_sla",
    model=TaskSla,
    summary="Promises that run, wait, were kept or were broken.",
    views={
        "staff": View(
            read=(
                "id",
                "kind",
                "record_id",
                "target",
                "state",
                "definition_id",
                "calendar_id",
                "target_minutes",
                "warning_percent",
                "started_at",
                "warn_at",
                "due_at",
                "paused_at",
                "pauses",
                "warned_at",
                "breached_at",
                "stopped_at",
                "created_at",
                "updated_at",
                "version",
            )
        ),
        "customer": _SEEN_OUTSIDE,
        "partner": _SEEN_OUTSIDE,
    },
    paths={"all": everything(), **on_cases("record_id")},
    filters=("kind", "record_id", "target", "state", "due_at", "breached_at"),
    sorts=("due_at",),
    default_sort="due_at",
    relations={
        "definition": Relation("definition_id", "sla_definitions"),
        "calendar": Relation("calendar_id", "calendars"),
    },
    generic=(),
    emits=False,
    audited=False,
)
