"""The tenant's own fields as pages draw them: questions of a form, facts of a record, and the way
back from what somebody typed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from infra.kernel.custom.accepting import ChoiceList
from infra.kernel.custom.fields import CustomField, Fields, FieldType, words_in
from infra.kernel.custom.kinds import LONG_TEXT_MAX, TEXT_MAX, from_text
from infra.kernel.resource import Audience

Question = dict[str, Any]
_INPUTS = {
    FieldType.LONG_TEXT: "textarea",
    FieldType.INTEGER: "number",
    FieldType.DECIMAL: "number",
    FieldType.BOOLEAN: "yes_no",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime-local",
    FieldType.CHOICE: "select",
    FieldType.MULTI_CHOICE: "many",
    FieldType.URL: "url",
    FieldType.EMAIL: "email",
    FieldType.REFERENCE: "reference",
}


def questions(
    fields: Fields, audience: Audience, locale: str, *, references: bool = False
) -> list[Question]:
    """What a form asks this audience, in the reader's language. A reference is asked only where
    whoever draws the form knows the records to choose from, which are of the collection `of`."""
    return [
        {
            "name": each.path,
            "label": words_in(each.label, locale),
            "hint": words_in(each.help, locale) or None,
            "input": _INPUTS.get(each.type, "text"),
            "required": each.required and each.default is None,
            "value": _as_typed(each),
            "choices": [
                {"value": choice.value, "label": words_in(choice.label, locale)}
                for choice in each.choices
                if choice.active
            ],
            "attributes": _attributes(each),
            **({"of": each.target} if each.type is FieldType.REFERENCE else {}),
        }
        for each in fields.writable(audience)
        if references or each.type is not FieldType.REFERENCE
    ]


def _as_typed(field: CustomField) -> str | list[str]:
    value = field.default
    if field.type is FieldType.MULTI_CHOICE:
        return list(value or [])
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _attributes(field: CustomField) -> dict[str, Any]:
    bounds = field.constraints
    found: dict[str, Any] = {name: bounds[name] for name in ("min", "max") if name in bounds}
    if field.type in {FieldType.TEXT, FieldType.LONG_TEXT}:
        longest = TEXT_MAX if field.type is FieldType.TEXT else LONG_TEXT_MAX
        found["maxlength"] = bounds.get("max_length", longest)
    if field.type is FieldType.DECIMAL:
        found["step"] = "any"
    return found


def typed(
    fields: Fields, audience: Audience, form: Mapping[str, Sequence[str]], zone: str = "UTC"
) -> dict[str, Any]:
    """The `custom` of a body, of a form whose fields are named as `questions` names them; what was
    left blank is left out."""
    found: dict[str, Any] = {}
    for each in fields.writable(audience):
        given = [text.strip() for text in form.get(each.path, ()) if text.strip()]
        if not given:
            continue
        if each.type is FieldType.MULTI_CHOICE:
            found[each.key] = given
        elif each.type is FieldType.DATETIME:
            found[each.key] = _moment(given[-1], zone)
        else:
            found[each.key] = from_text(each.type, given[-1])
    return found


def shown(
    fields: Fields, values: Mapping[str, Any], audience: Audience, zone: str = "UTC"
) -> dict[str, list[str]]:
    """A record's values as its form shows them: what `typed` reads back."""
    found: dict[str, list[str]] = {}
    for each in fields.writable(audience):
        value = values.get(each.key)
        if value is None:
            continue
        if each.type is FieldType.DATETIME:
            value = _local(str(value), zone)
        several = value if isinstance(value, list) else [value]
        found[each.path] = [str(v).lower() if isinstance(v, bool) else str(v) for v in several]
    return found


def _local(text: str, zone: str) -> str:
    """A moment on the reader's clock, without an offset."""
    try:
        return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).isoformat()[:16]
    except (ValueError, KeyError, OSError):
        return text


def _moment(text: str, zone: str) -> str:
    """A moment as its field in a browser gives it, which has no offset: it is the reader's time."""
    try:
        moment = datetime.fromisoformat(text)
        return text if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()
    except (ValueError, KeyError, OSError):
        return text


def facts(
    fields: Fields,
    values: Mapping[str, Any],
    audience: Audience,
    locale: str,
    names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """What a record says in the fields that this audience sees: label, type and text of each. A
    record that it names is told by its name, where `names` has one for its id."""
    known = names or {}
    keys = fields.readable(audience)
    return [
        {
            "label": words_in(each.label, locale),
            "type": each.type.value,
            "text": _told(each, values[each.key], locale, known),
        }
        for each in fields.all
        if each.key in keys and values.get(each.key) not in (None, [], "")
        if each.type is not FieldType.REFERENCE or str(values[each.key]) in known
    ]


def _told(field: CustomField, value: Any, locale: str, names: Mapping[str, str]) -> Any:
    if field.type is FieldType.REFERENCE:
        return names[str(value)]
    if field.type in {FieldType.CHOICE, FieldType.MULTI_CHOICE}:
        labels = {choice.value: words_in(choice.label, locale) for choice in field.choices}
        chosen: list[str] = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(each, each) for each in chosen)
    return value


def offered(listed: ChoiceList | None, locale: str) -> list[dict[str, Any]]:
    """The choices of a column with a list, each with the value above it, if it goes with one."""
    return [
        {"value": c.value, "label": words_in(c.label, locale), "parent": c.parent}
        for c in (listed.choices if listed else ())
        if c.active
    ]
