"""Opening hours: weeks, holidays, special days, and the arithmetic of working time."""

from backend.platform.calendars.actions.keep import assign, create, update
from backend.platform.calendars.actions.preview import preview
from backend.platform.calendars.resources import calendar_assignments, calendars
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="calendars",
    summary="Opening hours and holidays, and whose they are.",
    resources=(calendars, calendar_assignments),
    actions=(create, update, preview, assign),
    grants=(
        *(
            Grant("service_manager", name, ("read", "create", "update", "delete"))
            for name in ("calendars", "calendar_assignments")
        ),
        *(
            Grant(role, name, ("read",))
            for role in ("agent_b2b", "agent_b2c")
            for name in ("calendars", "calendar_assignments")
        ),
    ),
)
