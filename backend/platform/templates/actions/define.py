"""Writing texts with places to fill in."""

from typing import Any

from backend.platform.templates.errors import TemplateKeyTaken
from backend.platform.templates.models import MessageTemplate
from backend.platform.templates.resources import message_templates
from backend.platform.templates.rules import faults_of
from infra.kernel.actions import action, apply
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid


@action(message_templates, on="collection", name="create", audiences=("staff",))
async def create(ctx: Context, **values: Any) -> MessageTemplate:
    """Write a letter or a reply with places to fill in; each language is checked at once."""
    if await ctx.every(message_templates).filter(key=values["key"]).exists():
        raise TemplateKeyTaken(f"there is a text {values['key']!r} already")
    template = MessageTemplate(**{n: v for n, v in values.items() if v is not None})
    require_sound(ctx, template)
    await ctx.save(template)
    return template


@action(message_templates, name="update", audiences=("staff",))
async def update(ctx: Context, template: MessageTemplate, **values: Any) -> None:
    """Change a text; languages that are not named stay as they are."""
    apply(message_templates, template, values)
    require_sound(ctx, template)
    await ctx.save(template)


def require_sound(ctx: Context, template: MessageTemplate) -> None:
    """Raises Invalid naming every fault of the words, and a kind of record that there is not."""
    faults = faults_of(template.texts, template.default_locale)
    if template.resource not in ctx.services.registry.resources:
        faults.append(Fault("/resource", "unknown", "there are no such records"))
    if faults:
        raise Invalid(faults)
