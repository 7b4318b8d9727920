"""Opening hours: weeks, holidays, and the arithmetic of working time."""

from backend.platform.calendars.actions.keep import create, update
from backend.platform.calendars.resources import calendars
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="calendars",
    summary="Opening hours and holidays.",
    resources=(calendars,),
    actions=(create, update),
    grants=(
        Grant("service_manager", "calendars", ("read", "create", "update", "delete")),
        Grant("agent_b2b", "calendars", ("read",)),
        Grant("agent_b2c", "calendars", ("read",)),
    ),
)
