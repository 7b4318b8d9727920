"""Who is told of what: the steps of automations that write to somebody, read as rules."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from backend.platform.automations.models import Automation
from backend.platform.automations.resources import automations
from backend.platform.automations.steps import Mail, Notify, read_steps
from backend.platform.templates.models import MessageTemplate
from backend.platform.templates.resources import message_templates
from infra.kernel.actions import action
from infra.kernel.context import Context


class NotificationRule(BaseModel):
    """One step that tells somebody of an event, with the automation that it belongs to."""

    automation_id: UUID
    automation: str
    step: int
    active: bool
    event_types: list[str]
    changed: list[str]
    conditions: list[str]
    """All of these must hold, the automation's and the step's own."""
    channel: Literal["mail", "notify"]
    """`notify` reaches people within Atrium, and by mail where they chose so."""
    to: list[str]
    topic: str | None
    template: str | None
    title: str
    locales: list[str]
    """The languages in which the text is written; none for words of the step itself."""
    waits_minutes: int


class NotificationRules(BaseModel):
    """In the order in which automations answer."""

    rules: list[NotificationRule]


@action(
    automations, on="collection", method="GET", name="notification_rules", verb="read",
    audiences=("staff",),
)  # fmt: skip
async def notification_rules(ctx: Context) -> NotificationRules:
    """Who is told of which event, by which channel and in which words."""
    rows: list[Automation] = await ctx.rows(automations).order_by("position", "name", "id")
    texts = {each.key: each for each in await ctx.every(message_templates)}
    return NotificationRules(rules=[rule for row in rows for rule in rules_of(row, texts)])


def rules_of(automation: Automation, texts: dict[str, MessageTemplate]) -> list[NotificationRule]:
    """The rules that an automation holds, with what it waits for before each."""
    waited, found = 0, []
    for place, step in enumerate(read_steps(automation.steps)):
        if step.do == "wait":
            waited += step.minutes
        if isinstance(step, (Mail, Notify)):
            said = _words(step, texts)
            conditions = [each for each in (automation.condition, step.when) if each.strip()]
            found.append(
                NotificationRule(
                    automation_id=automation.id,
                    automation=automation.name,
                    step=place,
                    active=automation.active,
                    event_types=automation.event_types,
                    changed=automation.changed,
                    conditions=conditions,
                    channel=step.do,
                    to=step.to,
                    waits_minutes=waited,
                    **said,
                )
            )
    return found


def _words(step: Mail | Notify, texts: dict[str, MessageTemplate]) -> dict[str, Any]:
    text = texts.get(step.template or "")
    return {
        "topic": step.topic if isinstance(step, Notify) else None,
        "template": step.template,
        "title": text.name if text else getattr(step, "title", ""),
        "locales": sorted(text.texts) if text else [],
    }
