"""A text as it reads for one record: to send as a reply, or to see before it is sent."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from backend.platform.templates.actions.define import require_sound
from backend.platform.templates.errors import TemplateNotInUse
from backend.platform.templates.filling import fill as filled
from backend.platform.templates.models import MessageTemplate
from backend.platform.templates.recipients import Person, nameable, people_of
from backend.platform.templates.resources import Locale, Texts, Word, message_templates
from backend.platform.templates.rules import variables as variables_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import NotFound
from infra.kernel.reading import read_many
from infra.kernel.resource import Resource


class FilledText(BaseModel):
    """The words in the reader's language."""

    locale: str
    subject: str
    body: str
    html: str


class Variables(BaseModel):
    """What the text can be filled from."""

    names: list[str]


@action(message_templates, name="fill", verb="read", audiences=("staff",))
async def fill(
    ctx: Context,
    template: MessageTemplate,
    *,
    record_id: UUID | None = None,
    locale: Annotated[Locale, "by default the customer's"] | None = None,
) -> FilledText:
    """Fill a text in for a record, in the language of the customer whom it is about."""
    if not template.active:
        raise TemplateNotInUse(f"{template.name} is switched off")
    return await _filled(ctx, template, record_id, locale)


@action(message_templates, on="collection", name="preview", verb="update", audiences=("staff",))
async def preview(
    ctx: Context,
    *,
    resource: Word,
    texts: Texts,
    default_locale: Locale = "en",
    record_id: UUID | None = None,
    locale: Locale | None = None,
) -> FilledText:
    """Show how a text reads before it is kept, for a record or with its places empty."""
    template = MessageTemplate(
        key="preview", name="preview", resource=resource, default_locale=default_locale,
        texts={code: each.model_dump(mode="json") for code, each in texts.items()},
    )  # fmt: skip
    require_sound(ctx, template)
    return await _filled(ctx, template, record_id, locale)


async def _filled(
    ctx: Context, template: MessageTemplate, record_id: UUID | None, locale: str | None
) -> FilledText:
    resource = ctx.services.registry.resources[template.resource]
    record, reader = {}, None
    if record_id is not None:
        found = await read_many(
            ctx.services, ctx.connection, ctx.caller, resource, [record_id], raw=False
        )
        if record_id not in found:
            raise NotFound(f"no such {resource.title}")
        record = found[record_id]
        reader = await _customer(ctx, resource, record)
    values = {"record": record, "sender": {"name": ctx.caller.name}, "now": ctx.now}
    words = await filled(ctx, template, values, reader, locale)
    return FilledText(locale=words.locale, subject=words.subject, body=words.body, html=words.html)


async def _customer(ctx: Context, resource: Resource, record: dict[str, object]) -> Person | None:
    """The person outside whom the record is about, if it names one."""
    offered = nameable(resource, ctx.services.registry.resources)
    for name in ("contact", "consumer", "account"):
        if name in offered and (people := await people_of(ctx, resource, record, name)):
            return people[0]
    return None


@action(message_templates, name="variables", method="GET", verb="read", audiences=("staff",))
async def variables(ctx: Context, template: MessageTemplate) -> Variables:
    """Name everything that the text can be filled from."""
    return Variables(names=variables_of(ctx.services.registry.resources[template.resource]))
