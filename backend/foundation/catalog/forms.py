"""The form of a catalogue item: typed fields, some asked only where an earlier answer says so.

Both sides are pure: what is wrong with a form as its maker wrote it, and what is wrong with the
answers of whoever fills it in. All faults are told at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.foundation.catalog.conditions import Condition, condition_faults, holds
from backend.foundation.catalog.wording import Choice, Translations, wording_faults
from backend.platform.calendars.resources import Name
from infra.kernel.clock import parse_rfc3339, rfc3339
from infra.kernel.columns import Text, plain_text
from infra.kernel.custom.patterns import pattern
from infra.kernel.errors import Fault
from tenants.emails import is_address

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Bound = Annotated[float, Ge(-1e15), Le(1e15)]
Answers = Annotated[dict[Annotated[Text, MaxLen(100)], Any], MaxLen(100)]
TEXT_MAX, LONG_TEXT_MAX = 500, 10_000
_NAMED = re.compile(r"\banswers\.([a-z][a-z0-9_]*)")


class FieldKind(StrEnum):
    """What is asked for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    URL = "url"
    CHOICE = "choice"
    CHOICES = "choices"


_CHOSEN = (FieldKind.CHOICE, FieldKind.CHOICES)
_NUMBERS = (FieldKind.INTEGER, FieldKind.DECIMAL)
_TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.EMAIL, FieldKind.URL)


class ShownWhen(BaseModel):
    """Asked only where the earlier field has one of these answers."""

    model_config = ConfigDict(extra="forbid")
    field: FieldName
    one_of: Annotated[list[Choice | bool | int], MinLen(1), MaxLen(100)]


class FormField(BaseModel):
    """One question of a form."""

    model_config = ConfigDict(extra="forbid")
    name: FieldName
    label: Name
    kind: FieldKind
    required: bool = False
    help: Annotated[Text, MaxLen(1_000)] = ""
    choices: Annotated[list[Choice], MaxLen(100)] = []
    minimum: Bound | None = None
    maximum: Bound | None = None
    longest: Annotated[int, Ge(1), Le(LONG_TEXT_MAX)] | None = None
    pattern: Annotated[Text, MaxLen(200)] = ""
    default: Choice | bool | int | float | list[Choice] | None = None
    shown_when: ShownWhen | None = None
    visible_when: Condition = ""
    """Over `answers` to earlier fields; empty for always."""
    required_when: Condition = ""
    translations: Translations = {}


Form = Annotated[list[FormField], MaxLen(50)]


def read_form(stored: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """The fields of a form as it is stored."""
    return [FormField.model_validate(each) for each in stored]


def form_faults(form: Sequence[FormField]) -> list[Fault]:
    """What is wrong with a form, as a whole and field by field."""
    faults: list[Fault] = []
    earlier: dict[str, FormField] = {}
    for place, field in enumerate(form):
        at = f"/form/{place}"
        if field.name in earlier:
            faults.append(Fault(f"{at}/name", "duplicate", "is the name of an earlier field"))
        faults += [Fault(f"{at}{p}", code, text) for p, code, text in _unfit(field, earlier)]
        for name in ("visible_when", "required_when"):
            faults += condition_faults(getattr(field, name), earlier, f"{at}/{name}")
        earlier.setdefault(field.name, field)
    return faults


def _unfit(field: FormField, earlier: Mapping[str, FormField]) -> Iterator[tuple[str, str, str]]:
    if (field.kind in _CHOSEN) != bool(field.choices):
        yield "/choices", "invalid_value", "belong to a choice, and a choice needs some"
    if len(set(field.choices)) != len(field.choices):
        yield "/choices", "duplicate", "must differ"
    if field.kind not in _NUMBERS and (field.minimum is not None or field.maximum is not None):
        yield "/minimum", "invalid_value", "bounds belong to numbers"
    elif None not in (field.minimum, field.maximum) and field.minimum > field.maximum:  # type: ignore[operator]
        yield "/maximum", "order", "must not be below the minimum"
    if field.longest is not None and field.kind not in _TEXTS:
        yield "/longest", "invalid_value", "belongs to text"
    if field.pattern and field.kind is not FieldKind.TEXT:
        yield "/pattern", "invalid_value", "belongs to text"
    elif field.pattern:
        try:
            pattern(field.pattern)
        except ValueError as wrong:
            yield "/pattern", "invalid_value", str(wrong)
    if field.default is not None:
        try:
            _typed(field, field.default)
        except ValueError as wrong:
            yield "/default", "invalid_value", str(wrong)
    yield from wording_faults(field.choices, field.translations)
    yield from _out_of_place(field, earlier)


def _out_of_place(
    field: FormField, earlier: Mapping[str, FormField]
) -> Iterator[tuple[str, str, str]]:
    if field.shown_when is not None:
        asked = earlier.get(field.shown_when.field)
        if asked is None:
            yield "/shown_when/field", "not_found", "there is no such earlier field"
        elif asked.choices and not set(field.shown_when.one_of) <= set(asked.choices):
            yield "/shown_when/one_of", "not_a_choice", "are no choices of that field"


def read_answers(
    form: Sequence[FormField], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """The answers as they are kept, in the order of the form, and what is wrong with them.

    After a wrong answer nobody can tell what is asked of those that hang on it: they are read as
    far as they go, and are neither missed nor refused.
    """
    answers: dict[str, Any] = {}
    faults: list[Fault] = []
    wrong: set[str] = set()
    for field in form:
        at = f"/answers/{field.name}"
        hangs_on_wrong = not wrong.isdisjoint(leans_on(field))
        is_asked = is_shown(field, answers, form)
        value = given.get(field.name)
        if field.name not in given and is_asked:
            value = field.default
        if hangs_on_wrong:
            wrong.add(field.name)
        if value is None or value in ("", []):
            if is_asked and not hangs_on_wrong and is_required(field, answers, form):
                faults.append(Fault(at, "missing", "is required"))
        elif not is_asked and not hangs_on_wrong:
            faults.append(Fault(at, "not_asked", "is not asked after the other answers"))
        else:
            try:
                typed = _typed(field, value)
                if is_asked:
                    answers[field.name] = typed
            except ValueError as refused:
                wrong.add(field.name)
                faults.append(Fault(at, "invalid_value", str(refused)))
    known = {field.name for field in form}
    faults += [
        Fault(f"/answers/{name[:100]}", "unknown_field", "there is no such field")
        for name in given
        if name not in known
    ]
    return answers, faults


def is_required(field: FormField, answers: Mapping[str, Any], form: Sequence[FormField]) -> bool:
    """Whether the field must be answered after these answers to what comes before it."""
    return field.required or holds(field.required_when, *compared(form, answers), empty=False)


def is_shown(field: FormField, answers: Mapping[str, Any], form: Sequence[FormField]) -> bool:
    """Whether the field is asked after these answers to what comes before it."""
    rule = field.shown_when
    if not holds(field.visible_when, *compared(form, answers), empty=True):
        return False
    if rule is None:
        return True
    answer = answers.get(rule.field)
    said = answer if isinstance(answer, list) else [answer]
    return any(type(each) is type(want) and each == want for each in said for want in rule.one_of)


def compared(
    form: Sequence[FormField], answers: Mapping[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """The names of the fields, and the answers as conditions compare them: a decimal, which is kept
    as text, is the number that it says."""
    decimals = {field.name for field in form if field.kind is FieldKind.DECIMAL}
    told = {n: float(v) if n in decimals else v for n, v in answers.items()}
    return [field.name for field in form], told


def leans_on(field: FormField) -> set[str]:
    """The earlier fields by which it is told whether this one is asked, or must be answered."""
    named = set(_NAMED.findall(f"{field.visible_when} {field.required_when}"))
    return named | ({field.shown_when.field} if field.shown_when else set())


def told(form: Sequence[FormField], answers: Mapping[str, Any]) -> str:
    """The answers for people: a line each, under the words of the question."""
    lines = []
    for field in form:
        if field.name in answers:
            answer = answers[field.name]
            if isinstance(answer, bool):
                answer = "yes" if answer else "no"
            text = ", ".join(answer) if isinstance(answer, list) else str(answer)
            lines.append(f"{field.label}: {text}")
    return "\n".join(lines)


def _typed(field: FormField, value: Any) -> Any:
    """The value as the field keeps it; raises ValueError in words for who fills the form in."""
    match field.kind:
        case FieldKind.BOOLEAN:
            if not isinstance(value, bool):
                raise ValueError("must be true or false")
            return value
        case FieldKind.INTEGER | FieldKind.DECIMAL:
            return _number(field, value)
        case FieldKind.CHOICES:
            if not isinstance(value, list) or not all(each in field.choices for each in value):
                raise ValueError(f"must be a list of {', '.join(field.choices)}")
            return [each for each in field.choices if each in value]
    if not isinstance(value, str):
        raise ValueError("must be text")
    return _text(field, plain_text(value))


def _number(field: FormField, value: Any) -> Any:
    whole = field.kind is FieldKind.INTEGER
    if isinstance(value, bool) or not isinstance(value, int | (str | float if not whole else int)):
        raise ValueError("must be a whole number" if whole else "must be a number")
    try:
        number = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValueError("must be a number") from None
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError("must be a number of ordinary size")
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        raise ValueError(f"must be at least {field.minimum:g}")
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        raise ValueError(f"must be at most {field.maximum:g}")
    return value if whole else str(number)


def _text(field: FormField, value: str) -> str:
    if field.kind is FieldKind.CHOICE and value not in field.choices:
        raise ValueError(f"must be one of {', '.join(field.choices)}")
    if field.kind is FieldKind.DATE:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise ValueError("must be a date like 2026-11-24") from None
    if field.kind is FieldKind.DATETIME:
        return rfc3339(parse_rfc3339(value))
    if field.kind is FieldKind.URL and not is_web_address(value):
        raise ValueError("must be an address like https://example.com")
    if field.pattern and not pattern(field.pattern).matches(value):
        raise ValueError("does not have the form that is asked for")
    if field.kind is FieldKind.EMAIL and not is_address(value):
        raise ValueError("must be an e-mail address")
    usual = LONG_TEXT_MAX if field.kind is FieldKind.LONG_TEXT else TEXT_MAX
    most = min(field.longest or usual, usual)
    if len(value) > most:
        raise ValueError(f"must have at most {most} characters")
    return value


def is_web_address(text: str) -> bool:
    """Whether a browser could go there."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
