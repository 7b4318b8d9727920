"""What a form asks after some answers: the questions that are shown now, in the reader's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from backend.foundation.catalog.forms import (
    FieldKind,
    FormField,
    is_required,
    is_shown,
    read_answers,
)
from backend.foundation.catalog.wording import Wording, in_words


class AskedChoice(BaseModel):
    """An answer that a question offers: what is kept, and how it reads."""

    value: str
    label: str


class AskedQuestion(BaseModel):
    """A question that is asked now."""

    name: str
    kind: FieldKind
    label: str
    help: str
    required: bool
    choices: list[AskedChoice]
    answer: Any


def questions_of(
    form: Sequence[FormField], answers: Mapping[str, Any], locale: str
) -> list[AskedQuestion]:
    """The questions that are asked after these answers, with those that would be kept."""
    kept, _ = read_answers(form, answers)
    return [
        _asked(field, kept.get(field.name), locale, required=is_required(field, kept, form))
        for field in form
        if is_shown(field, kept, form)
    ]


def _asked(field: FormField, answer: Any, locale: str, *, required: bool) -> AskedQuestion:
    own = Wording.model_construct(label=field.label, help=field.help, choices=field.choices)
    told = in_words(own, field.translations, locale)
    choices = [
        AskedChoice(value=value, label=label)
        for value, label in zip(field.choices, told.choices, strict=True)
    ]
    return AskedQuestion(
        name=field.name, kind=field.kind, label=told.label, help=told.help, required=required,
        choices=choices, answer=answer,
    )  # fmt: skip
