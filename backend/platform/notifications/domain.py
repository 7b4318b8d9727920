"""What people are told: within Atrium, by mail at once, or in one letter a day."""

from backend.platform.notifications.actions.reading import choose, mark_all_read, mark_read
from backend.platform.notifications.resources import notification_preferences, notifications
from backend.platform.notifications.telling import digest
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BUILT_IN, STAFF

_STAFF = tuple(
    name for name, role in BUILT_IN.items() if role.audience == STAFF and name != "admin"
)

domain = Domain(
    name="notifications",
    summary="What people are told, and how they want to be told.",
    resources=(notifications, notification_preferences),
    actions=(mark_read, mark_all_read, choose),
    grants=(
        *(Grant(r, "notifications", ("read", "mark_read", "delete"), "own") for r in _STAFF),
        *(
            Grant(r, "notification_preferences", ("read", "choose", "delete"), "own")
            for r in _STAFF
        ),
    ),
    periodic=(digest,),
)
