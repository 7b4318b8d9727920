"""What the outside knows of routing."""

from typing import Annotated, Literal

from annotated_types import Ge, Le

from backend.foundation.skills.resources import Level
from backend.omnichannel.routing.models import AgentPresence, Queue, SkillRule, WorkItem
from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match

_KEPT = ("created_at", "updated_at", "version")
_QUEUE = (
    "name", "priority", "offer_seconds", "retry_seconds", "item_size", "presence_after_timeout",
)  # fmt: skip

queues = Resource(
    name="queues",
    singular="queue",
    model=Queue,
    summary="Work of each channel, and how it is offered to agents.",
    label="name",
    views={
        "staff": View(
            read=("id", "channel", *_QUEUE, *_KEPT), create=("channel", *_QUEUE), update=_QUEUE
        )
    },
    filters=("name", "channel"),
    sorts=("name",),
    default_sort="name",
    types={
        "priority": Annotated[int, Ge(1), Le(9)],
        "offer_seconds": Annotated[int, Ge(1), Le(3600)],
        "retry_seconds": Annotated[int, Ge(1), Le(86_400)],
        "item_size": Annotated[int, Ge(1), Le(100)],
        "presence_after_timeout": Literal["available", "away"],
    },
    required=("name", "channel"),
    configured=Configured(key=("channel",)),
)

skill_rules = Resource(
    name="skill_rules",
    singular="skill_rule",
    model=SkillRule,
    summary="Skills that work of a category or of a queue needs, beside those of its product.",
    views={
        "staff": View(
            read=("id", "queue_id", "category", "skill_id", "level", *_KEPT),
            create=("queue_id", "category", "skill_id", "level"),
            update=("level",),
        )
    },
    filters=("queue_id", "category", "skill_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={"queue": Relation("queue_id", "queues"), "skill": Relation("skill_id", "skills")},
    types={"level": Level},
    required=("skill_id",),
    configured=Configured(key=("queue_id", "category", "skill_id"), unique=False),
)

agent_presence = Resource(
    name="agent_presence",
    singular="agent_presence",
    model=AgentPresence,
    summary="Which agents get work now, and how much room each has.",
    views={
        "staff": View(
            read=(
                "id", "profile_id", "state", "capacity", "used", "customer_kinds",
                "last_assigned_at", "state_since", *_KEPT,
            )
        )
    },
    filters=("profile_id", "state"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={"profile": Relation("profile_id", "profiles")},
    paths={"all": everything(), "own": match("profile_id", "profile_id")},
    generic=(),
    emits=False,
)  # fmt: skip

work_items = Resource(
    name="work_items",
    singular="work_item",
    model=WorkItem,
    summary="Cases and conversations on their way to the agent who works on them.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "kind", "record_id", "queue_id", "channel", "title", "customer_name",
                "customer_kind", "priority", "required_skills", "required_levels", "size", "state",
                "queued_at", "waiting_reason", "retry_at", "offered_to_id", "offered_at",
                "offer_expires_at", "offer_reason", "accepted_by_id", "accepted_at", "finished_at",
                "declined_by_ids", "assignment_group_id", *_KEPT,
            )
        )
    },
    filters=(
        "kind", "record_id", "queue_id", "channel", "state", "customer_kind", "priority",
        "offered_to_id", "accepted_by_id", "queued_at",
    ),
    sorts=("queued_at",),
    default_sort="queued_at",
    relations={
        "queue": Relation("queue_id", "queues"),
        "offered_to": Relation("offered_to_id", "profiles"),
        "accepted_by": Relation("accepted_by_id", "profiles"),
        "assignment_group": Relation("assignment_group_id", "groups"),
    },
    paths={
        "all": everything(),
        "offered": match("offered_to_id", "profile_id"),
        "held": match("accepted_by_id", "profile_id"),
    },
    generic=(),
    emits=False,
)  # fmt: skip
