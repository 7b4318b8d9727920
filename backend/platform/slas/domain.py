"""Promises of time on tasks, and the timer that tells when one is broken."""

from backend.platform.responsibilities.reach import AGENTS, AT_HAND
from backend.platform.slas.actions.apply import apply_calendar, apply_to_running
from backend.platform.slas.actions.breakdown import breakdown
from backend.platform.slas.actions.define import create, update
from backend.platform.slas.actions.preview import preview
from backend.platform.slas.resources import sla_definitions, task_slas
from backend.platform.slas.timers import fire, tick, watch
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="slas",
    summary="Promises of time and their clocks.",
    resources=(sla_definitions, task_slas),
    actions=(create, update, apply_to_running, apply_calendar, breakdown, preview),
    grants=(
        Grant("service_manager", "sla_definitions", ("read", "create", "update", "delete")),
        Grant("service_manager", "task_slas", ("read",)),
        *(
            Grant(role, name, ("read",))
            for role, name in (
                *((role, "sla_definitions") for role in (*AGENTS, "case_viewer")),
                ("case_viewer", "task_slas"),
            )
        ),
        # The promises on a case, or on a task of it, are for whoever sees that.
        *(
            Grant(role, "task_slas", ("read",), path)
            for role in AGENTS
            for path in ("of_case", "of_task")
        ),
        *(
            Grant("location_agent", "task_slas", ("read",), f"case_{path}")
            for path in ("place", "organization", *AT_HAND)
        ),
        *(
            Grant("organization_supervisor", "task_slas", ("read",), f"case_{path}")
            for path in ("place", "organization")
        ),
    ),
    jobs=(fire, tick),
    periodic=(watch,),
)
