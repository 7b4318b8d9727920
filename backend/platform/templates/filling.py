"""Filling a text in, for one reader and in that reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from backend.platform.templates.models import MessageTemplate
from backend.platform.templates.recipients import Person
from backend.platform.templates.resources import message_templates
from backend.platform.templates.rules import branded, locale_for, told_outside
from infra.kernel.context import Context
from infra.kernel.mail import one_line
from infra.kernel.representation import to_json
from infra.kernel.templates import compile_template
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row
from tenants.settings.store import chosen


@dataclass(frozen=True)
class Filled:
    """The words as they will be read."""

    locale: str
    subject: str
    body: str
    html: str


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as texts, numbers, lists and mappings: all that a template may touch."""
    told: dict[str, Any] = orjson.loads(to_json(dict(values)))
    return told


async def brand_of(ctx: Context) -> dict[str, Any]:
    """How the tenant presents itself."""
    key = (brand_of, ctx.tenant_id)
    if key not in ctx.memory:
        row, look = await site_row(ctx), (await chosen(ctx)).brand
        ctx.memory[key] = {
            "name": row["name"] if row else "",
            "site": await site_url(ctx),
            "color": look.color,
            "support_text": look.support_text,
            "support_phone": look.support_phone,
        }
    told: dict[str, Any] = ctx.memory[key]
    return told


async def active_template(ctx: Context, key: str) -> MessageTemplate | None:
    """The text of this key, if it is in use."""
    found: MessageTemplate | None = (
        await ctx.every(message_templates).filter(key=key, active=True).first()
    )
    return found


async def fill(
    ctx: Context,
    template: MessageTemplate,
    values: Mapping[str, Any],
    reader: Person | None,
    locale: str | None = None,
) -> Filled:
    """The text filled in; raises TemplateRefused where it takes too long or grows too large.

    Whoever reads it from outside is told of the record what customers see of it, and no more.
    """
    brand = await brand_of(ctx)
    wanted = locale or (reader.locale if reader else None)
    chosen_locale = locale_for(template.texts, wanted, template.default_locale)
    told = dict(values) | {"brand": brand, "recipient": reader.told() if reader else {}}
    if reader is None or reader.is_outside:
        resource = ctx.services.registry.resources.get(template.resource)
        for name in ("record", "before", "after"):
            told[name] = told_outside(resource, told.get(name) or {})
    words = plain(told)
    parts = template.texts[chosen_locale]
    body = compile_template(parts["body"]).render(words)
    own = parts.get("html") or ""
    return Filled(
        locale=chosen_locale,
        subject=one_line(compile_template(parts.get("subject") or "").render(words)),
        body=body,
        html=compile_template(own, html=True).render(words) if own else branded(body, brand),
    )
