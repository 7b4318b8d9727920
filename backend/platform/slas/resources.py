"""What the outside knows of promises."""

from typing import Annotated, Literal

from annotated_types import MaxLen
from pydantic import StringConstraints

from backend.platform.calendars.resources import Name
from backend.platform.responsibilities.reach import on_cases
from backend.platform.slas.models import SlaDefinition, TaskSla
from backend.platform.slas.terms import Milestone
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

_DEFINITION = (
    "name",
    "kind",
    "priority",
    "tier",
    "channel",
    "customer_kind",
    "account_id",
    "consumer_id",
    "response_minutes",
    "next_response_minutes",
    "resolution_minutes",
    "milestones",
    "warning_percent",
    "calendar_id",
    "calendar_order",
    "active",
)
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
CalendarSource = Literal["own", "customer", "team", "tenant"]

sla_definitions = Resource(
    name="sla_definitions",
    singular="sla_definition",
    model=SlaDefinition,
    summary="Minutes promised for answers, the resolution and milestones of a kind of task.",
    label="name",
    views={
        "staff": View(
            read=("id", *_DEFINITION, "created_at", "updated_at", "version"),
            create=_DEFINITION,
            update=_DEFINITION,
        )
    },
    filters=(
        "name",
        "kind",
        "priority",
        "tier",
        "channel",
        "customer_kind",
        "account_id",
        "consumer_id",
        "active",
    ),
    sorts=("name",),
    default_sort="name",
    relations={
        "calendar": Relation("calendar_id", "calendars"),
        "account": Relation("account_id", "accounts"),
        "consumer": Relation("consumer_id", "consumers"),
    },
    types={
        "name": Name,
        "kind": Word,
        "channel": Word,
        "milestones": list[Milestone],
        "calendar_order": Annotated[list[CalendarSource], MaxLen(4)],
    },
    required=("name",),
    generic=("delete",),
    configured=Configured(),
)

_SEEN_OUTSIDE = View(
    read=(
        "id",
        "kind",
        "record_id",
        "target",
        "name",
        "sequence",
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
                "name",
                "sequence",
                "state",
                "definition_id",
                "calendar_id",
                "terms",
                "target_minutes",
                "warning_percent",
                "started_at",
                "warn_at",
                "due_at",
                "paused_at",
                "pauses",
                "resets",
                "rule_faults",
                "warned_at",
                "breached_at",
                "stopped_at",
                "withdrawn_at",
                "created_at",
                "updated_at",
                "version",
            )
        ),
        "customer": _SEEN_OUTSIDE,
        "partner": _SEEN_OUTSIDE,
    },
    paths={
        "all": everything(),
        "of_case": through("record_id", "cases", "id", readable()),
        "of_task": through("record_id", "case_tasks", "id", readable()),
        **on_cases("record_id"),
    },
    filters=(
        "kind",
        "record_id",
        "target",
        "state",
        "definition_id",
        "due_at",
        "warned_at",
        "breached_at",
        "stopped_at",
        "sequence",
    ),
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
