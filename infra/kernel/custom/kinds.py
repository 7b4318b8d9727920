"""What each type of field takes, how a value is kept in JSON, and how an index compares it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from infra.kernel.columns import plain_text, timestamp
from infra.kernel.custom.fields import CustomField, FieldType
from infra.kernel.custom.patterns import pattern
from infra.kernel.ids import parse

TEXT_MAX, LONG_TEXT_MAX, URL_MAX, CHOICES_MAX = 255, 10_000, 2_000, 500
INTEGER_MAX = 2**53 - 1
DECIMAL_MAX, PLACES_MAX = Decimal(10) ** 12, 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EMAIL = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[A-Za-z0-9.-]{1,185}\.[A-Za-z]{2,}")

INDEXABLE = frozenset(FieldType) - {FieldType.LONG_TEXT, FieldType.URL}
SORTABLE = INDEXABLE - {FieldType.MULTI_CHOICE}
NUMBERS = frozenset(
    {
        FieldType.INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN, FieldType.DATE,
        FieldType.DATETIME,
    }
)  # fmt: skip
"""Types whose index holds whole numbers; that of the others holds words."""


class Wrong(ValueError):
    """A value that the field does not take: a code for programs, words for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def accept(field: CustomField, value: Any) -> Any:
    """The value as it is kept; raises Wrong."""
    return _ACCEPT[field.type](field, value)


def _words(field: CustomField, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise Wrong("wrong_type", "must be text")
    try:
        plain_text(value)
    except ValueError as error:
        raise Wrong("invalid_value", str(error)) from None
    if len(value) > (limit := min(most, field.constraints.get("max_length", most))):
        raise Wrong("too_long", f"takes up to {limit} characters")
    if field.required and not value.strip():
        raise Wrong("too_short", "must not be blank")
    return value


def _text(field: CustomField, value: Any) -> str:
    words = _words(field, value, TEXT_MAX)
    wanted = field.constraints.get("pattern")
    if wanted and not pattern(wanted).matches(words):
        raise Wrong("pattern", "does not have the form that is asked for")
    return words


def _long_text(field: CustomField, value: Any) -> str:
    return _words(field, value, LONG_TEXT_MAX)


def _integer(field: CustomField, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong("wrong_type", "must be a whole number")
    if abs(value) > INTEGER_MAX:
        raise Wrong("out_of_range", "is too large")
    return _within(field, value)  # type: ignore[no-any-return]


def _decimal(field: CustomField, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Wrong("wrong_type", "must be a decimal number")
    try:
        number = Decimal(value if isinstance(value, int) else str(value)[:40])
    except InvalidOperation:
        raise Wrong("wrong_type", "must be a decimal number") from None
    if number.is_nan():
        raise Wrong("wrong_type", "must be a decimal number")
    if abs(number) >= DECIMAL_MAX:
        raise Wrong("out_of_range", "is too large")
    places = field.constraints.get("places", PLACES_MAX)
    if number != round(number, places):
        raise Wrong("too_precise", f"takes up to {places} decimal places")
    return decimal_text(_within(field, number))


def decimal_text(number: Decimal) -> str:
    """`12.5` for 12.50, `0` for -0, and never an exponent."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"", "-0"} else text


def _boolean(_: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("wrong_type", "must be true or false")
    return value


def _date(field: CustomField, value: Any) -> str:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise Wrong("wrong_type", "must be a date like 2026-11-24") from None
    return str(_within(field, day, date.fromisoformat).isoformat())


def _datetime(field: CustomField, value: Any) -> str:
    try:
        moment = timestamp(value if isinstance(value, str) else "")
    except ValueError as error:
        raise Wrong("wrong_type", str(error)) from None
    return _moment_text(_within(field, moment, timestamp))


def _moment_text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _choice(field: CustomField, value: Any) -> str:
    if not isinstance(value, str) or value not in {c.value for c in field.choices if c.active}:
        raise Wrong("not_a_choice", "must be one of the choices")
    return value


def _choices(field: CustomField, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > CHOICES_MAX:
        raise Wrong("wrong_type", "must be a list of choices")
    chosen = {_choice(field, each) for each in value}
    if field.required and not chosen:
        raise Wrong("too_short", "must not be empty")
    return [choice.value for choice in field.choices if choice.value in chosen]


def _url(field: CustomField, value: Any) -> str:
    words = _words(field, value, URL_MAX)
    try:
        parts = urlsplit(words)
    except ValueError:
        raise Wrong("invalid_value", "must be an address like https://example.com") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not words.isprintable():
        raise Wrong("invalid_value", "must be an address like https://example.com")
    if " " in words:
        raise Wrong("invalid_value", "must not contain blanks")
    return words


def _email(field: CustomField, value: Any) -> str:
    words = _words(field, value, 254)
    if not _EMAIL.fullmatch(words):
        raise Wrong("email", "must be an e-mail address like name@example.com")
    return words


def _reference(_: CustomField, value: Any) -> str:
    found = parse(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong("wrong_type", "must be the id of a record")
    return str(found)


def _within(field: CustomField, value: Any, read: Callable[[str], Any] | None = None) -> Any:
    """The value, if it lies within the field's bounds."""
    bounds: Mapping[str, Any] = field.constraints
    reading = read or (lambda bound: Decimal(str(bound)))
    least, most = bounds.get("min"), bounds.get("max")
    if least is not None and value < reading(least):
        raise Wrong("out_of_range", f"must be at least {least}")
    if most is not None and value > reading(most):
        raise Wrong("out_of_range", f"must be at most {most}")
    return value


_ACCEPT: Mapping[FieldType, Callable[[CustomField, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.CHOICE: _choice,
    FieldType.MULTI_CHOICE: _choices,
    FieldType.URL: _url,
    FieldType.EMAIL: _email,
    FieldType.REFERENCE: _reference,
}


def index_values(field: CustomField, value: Any) -> list[Any]:
    """What the index holds of a kept value: an entry a choice, and None where there is none."""
    if value is None or value == []:
        return [None]
    if field.type is FieldType.MULTI_CHOICE:
        return list(value)
    return [_INDEXED.get(field.type, str)(value)]


_INDEXED: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.INTEGER: int,
    FieldType.DECIMAL: lambda text: int(Decimal(text).scaleb(PLACES_MAX)),
    FieldType.BOOLEAN: int,
    FieldType.DATE: lambda text: date.fromisoformat(text).toordinal(),
    FieldType.DATETIME: lambda text: (timestamp(text) - _EPOCH) // timedelta(microseconds=1),
    FieldType.EMAIL: str.lower,
}


def asked(field: CustomField, text: str) -> Any:
    """What a query's text is compared as; raises ValueError in words for people."""
    unbound = CustomField(field.id, field.key, field.type, field.label, choices=field.choices)
    if field.type in {FieldType.CHOICE, FieldType.MULTI_CHOICE}:
        # Records keep choices that are no longer offered.
        if text not in {choice.value for choice in field.choices}:
            raise ValueError("must be one of the choices")
        return text
    return index_values(field, accept(unbound, from_text(field.type, text)))[0]


def from_text(kind: FieldType, text: str) -> Any:
    """The JSON value that a form or a query means by a text; what it cannot mean stays text."""
    if kind is FieldType.INTEGER and re.fullmatch(r"[+-]?\d{1,20}", text):
        return int(text)
    if kind is FieldType.BOOLEAN and text in {"true", "false", "on"}:
        return text != "false"
    if kind is FieldType.MULTI_CHOICE:
        return [part for part in text.split(",") if part]
    return text
