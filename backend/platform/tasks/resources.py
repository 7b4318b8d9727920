"""One query over all types of task (F2)."""

from backend.platform.tasks.models import TaskEntry
from infra.kernel.resource import Resource, View, everything, match

tasks = Resource(
    name="tasks",
    singular="task",
    model=TaskEntry,
    summary="Cases, case tasks and every later kind of task, in one list.",
    label="number",
    views={
        "staff": View(
            read=(
                "id",
                "kind",
                "number",
                "state",
                "priority",
                "subject",
                "description",
                "assignment_group_id",
                "assigned_to_id",
                "opened_at",
                "due_at",
                "closed_at",
                "created_at",
                "updated_at",
                "version",
            )
        )
    },
    filters=("kind", "number", "state", "priority", "assignment_group_id", "assigned_to_id"),
    sorts=("opened_at",),
    default_sort="-opened_at",
    relations={},
    paths={
        "all": everything(),
        "assigned": match("assigned_to_id", "profile_id"),
        "group": match("assignment_group_id", "group_ids"),
    },
    generic=(),
)
