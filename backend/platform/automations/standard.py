"""The automations that every tenant starts with, switched off: an admin reads them and decides."""

from typing import Any

from backend.platform.automations.models import Automation
from backend.platform.automations.steps import written
from infra.kernel.context import Context
from infra.kernel.registry import Lay

_MAIL: dict[str, Any] = {"do": "mail", "to": ["contact", "consumer"]}
STANDARD: tuple[dict[str, Any], ...] = (
    {
        "key": "acknowledge_case",
        "name": "Acknowledge a new case",
        "summary": "Tells the customer that the case has reached us. Mail is answered already.",
        "event_types": ["cases.opened"],
        "condition": "record.channel != 'email'",
        "steps": [_MAIL | {"template": "case_received"}],
    },
    {
        "key": "tell_case_resolved",
        "name": "Tell the customer of the answer",
        "summary": "Sends the resolution to the customer when a case is resolved.",
        "event_types": ["cases.resolved"],
        "steps": [_MAIL | {"template": "case_resolved"}],
    },
    {
        "key": "tell_who_was_assigned",
        "name": "Tell who was given a case",
        "summary": "A notification for the agent to whom a case was handed by somebody else.",
        "event_types": ["cases.assigned"],
        "condition": (
            "record.assigned_to_id != null && event.actor.profile_id != record.assigned_to_id"
        ),
        "steps": [
            {
                "do": "notify",
                "to": ["assigned_to"],
                "topic": "assignment",
                "title": "{{ record.number }} is yours: {{ record.subject }}",
            }
        ],
    },
    {
        "key": "tell_of_escalation",
        "name": "Tell the group of an escalation",
        "summary": "A notification for everybody in the group that has the case.",
        "event_types": ["cases.escalated"],
        "steps": [
            {
                "do": "notify",
                "to": ["assigned_to", "assignment_group"],
                "topic": "escalation",
                "title": "{{ record.number }} is escalated: {{ record.subject }}",
            }
        ],
    },
)


async def found(_ctx: Context, lay: Lay) -> None:
    """Give a new tenant its first automations, none of them active."""
    for position, each in enumerate(STANDARD):
        steps = written(each["steps"])
        await lay(Automation(**(each | {"steps": steps}), position=(position + 1) * 10))
