"""Automations: what follows by itself when something happens, and the book of what followed."""

from backend.platform.automations.actions.define import create, update
from backend.platform.automations.actions.dry_run import dry_run
from backend.platform.automations.actions.notification_rules import notification_rules
from backend.platform.automations.actions.retry import retry
from backend.platform.automations.following import follow
from backend.platform.automations.resources import automation_runs, automations
from backend.platform.automations.running import forget, resume, start
from backend.platform.automations.standard import found
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="automations",
    summary="What follows by itself: event, condition, steps.",
    resources=(automations, automation_runs),
    actions=(create, update, dry_run, retry, notification_rules),
    grants=(
        Grant("service_manager", "automations", ("read", "create", "update", "delete")),
        Grant("service_manager", "automation_runs", ("read", "retry")),
    ),
    jobs=(start, resume),
    periodic=(forget,),
    followers=(follow,),
    founding=(found,),
)
