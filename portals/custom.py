"""The tenant's own fields on our pages, in the reader's language and as far as they are theirs."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.access import Caller
from infra.kernel.custom import forms
from infra.kernel.custom.fields import Fields
from infra.kernel.reading import customization
from infra.kernel.services import Services
from portals import references


async def fields_of(services: Services, reader: Caller, collection: str) -> Fields:
    """The fields of a collection."""
    return (await customization(services, reader)).fields_of(collection)


async def answers(
    services: Services, fields: Fields, reader: Caller, form: Mapping[str, list[str]]
) -> dict[str, Any]:
    """What a posted form says in them, as an action takes it; nothing where there are none. Raises
    Invalid for words that name no single record."""
    given = forms.typed(fields, reader.audience, form, reader.zone)
    given = await references.resolve(services, reader, fields, given)
    return {"custom": given} if given else {}


async def questions(
    services: Services,
    fields: Fields,
    reader: Caller,
    form: Mapping[str, list[str]],
    locale: str,
) -> list[forms.Question]:
    """What a form asks, with what was written already or is usual."""
    asked = forms.questions(fields, reader.audience, locale, references=True)
    for each in asked:
        given = form.get(each["name"])
        if given is not None:
            each["value"] = given if each["input"] == "many" else given[-1]
    return await references.offer(services, reader, fields, asked)


async def facts(
    services: Services, reader: Caller, collection: str, record: Mapping[str, Any], locale: str
) -> list[dict[str, Any]]:
    """What a record says in them, asked only where it says anything."""
    if not (values := record.get("custom")):
        return []
    fields = await fields_of(services, reader, collection)
    named = await references.names(services, reader, fields, [values])
    return forms.facts(fields, values, reader.audience, locale, named)
