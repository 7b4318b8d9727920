"""The words of the catalogue in the reader's language, or else those of its maker."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict

from backend.platform.templates.resources import Locale
from infra.kernel.columns import Text

Choice = Annotated[Text, MinLen(1), MaxLen(200)]


class Wording(BaseModel):
    """A question in another language; what is empty here stays in its maker's words."""

    model_config = ConfigDict(extra="forbid")
    label: Annotated[Text, MaxLen(200)] = ""
    help: Annotated[Text, MaxLen(1_000)] = ""
    choices: Annotated[list[Choice], MaxLen(100)] = []
    """In the order of the question's own choices, which are what is kept."""


class ItemWording(BaseModel):
    """An item in another language; what is empty stays in the tenant's own."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[Text, MaxLen(200)] = ""
    summary: Annotated[Text, MaxLen(500)] = ""
    description: Annotated[Text, MaxLen(20_000)] = ""


ItemTranslations = Annotated[dict[Locale, ItemWording], MaxLen(20)]
Translations = Annotated[dict[Locale, Wording], MaxLen(20)]


def wording_faults(
    choices: Sequence[str], translations: Mapping[str, Wording]
) -> Iterator[tuple[str, str, str]]:
    """Translations whose choices are not as many as the question's own."""
    for locale, told in translations.items():
        if told.choices and len(told.choices) != len(choices):
            at = f"/translations/{locale}/choices"
            yield at, "invalid_value", f"must be {len(choices)}, one for each choice"


def in_words(own: Wording, translations: Mapping[str, Wording], locale: str) -> Wording:
    """The question as a reader of this language is asked it."""
    codes = (locale, locale.partition("-")[0])
    spoken = [translations[code] for code in codes if code in translations]
    return Wording.model_construct(
        label=next((each.label for each in spoken if each.label), own.label),
        help=next((each.help for each in spoken if each.help), own.help),
        choices=next((each.choices for each in spoken if each.choices), own.choices),
    )
