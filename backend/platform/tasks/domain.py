"""All tasks in one list, read only; each kind of task is written by its own domain."""

from backend.platform.tasks.resources import tasks
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="tasks",
    summary="Every kind of task in one list.",
    resources=(tasks,),
    grants=(
        Grant("service_manager", "tasks", ("read",)),
        Grant("agent_b2b", "tasks", ("read",), "assigned"),
        Grant("agent_b2b", "tasks", ("read",), "group"),
        Grant("agent_b2c", "tasks", ("read",), "assigned"),
        Grant("agent_b2c", "tasks", ("read",), "group"),
        Grant("middle_office", "tasks", ("read",), "assigned", where={"kind": "case_tasks"}),
        Grant("middle_office", "tasks", ("read",), "group", where={"kind": "case_tasks"}),
    ),
)
