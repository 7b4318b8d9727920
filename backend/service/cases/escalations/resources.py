"""What the outside knows of escalations: staff alone."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.platform.calendars.resources import Name
from backend.platform.slas.resources import Word
from backend.service.cases.escalations.models import CaseEscalation, EscalationRule
from infra.kernel.configured import Configured
from infra.kernel.resource import (
    Relation,
    Resource,
    View,
    everything,
    match,
    readable,
    through,
)

Level = Annotated[int, Ge(1), Le(3)]
Minutes = Annotated[int, Ge(1), Le(525_600)]

_RULE = (
    "name", "moment", "target", "priority_most", "level", "assignment_group_id", "due_minutes",
    "hands_over", "active",
)  # fmt: skip

escalation_rules = Resource(
    name="escalation_rules",
    singular="escalation_rule",
    model=EscalationRule,
    summary="Which clocks escalate cases, to what level and to whom.",
    label="name",
    views={
        "staff": View(
            read=("id", *_RULE, "created_at", "updated_at", "version"), create=_RULE, update=_RULE
        )
    },
    filters=("name", "moment", "active"),
    sorts=("name",),
    default_sort="name",
    relations={"assignment_group": Relation("assignment_group_id", "groups")},
    generic=("delete",),
    types={
        "name": Name,
        "target": Word,
        "level": Level,
        "priority_most": Annotated[int, Ge(1), Le(4)],
        "due_minutes": Minutes,
    },
    required=("name", "moment"),
    configured=Configured(),
)

case_escalations = Resource(
    name="case_escalations",
    singular="case_escalation",
    model=CaseEscalation,
    summary="Who must look at which case now, since when and until when.",
    label="reason",
    views={
        "staff": View(
            read=(
                "id", "case_id", "level", "state", "cause", "reason", "raised_by_id",
                "assignment_group_id", "assigned_to_id", "due_at", "acknowledged_at",
                "acknowledged_by_id", "ended_at", "ended_by_id", "created_at", "updated_at",
                "version",
            )
        )
    },
    filters=(
        "case_id", "level", "state", "cause", "assignment_group_id", "assigned_to_id", "due_at",
    ),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={
        "case": Relation("case_id", "cases"),
        "assignment_group": Relation("assignment_group_id", "groups"),
        "assigned_to": Relation("assigned_to_id", "profiles"),
    },
    paths={
        "all": everything(),
        "group": match("assignment_group_id", "group_ids"),
        "assigned": match("assigned_to_id", "profile_id"),
        "of_case": through("case_id", "cases", "id", readable()),
    },
    generic=(),
)  # fmt: skip
