"""Whatever fields a tenant adds and whatever they take: it comes back as it was kept."""

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as some

from infra.kernel.custom.accepting import take
from infra.kernel.custom.fields import Access, Choice, CustomField, Fields, FieldType
from infra.kernel.custom.kinds import DECIMAL_MAX, INTEGER_MAX, index_values

EVERYBODY = dict.fromkeys(("staff", "customer", "partner", "public"), Access.WRITE)
KEYS = some.text(string.ascii_lowercase, min_size=1, max_size=12)
CHOICES = tuple(Choice(value, {"en": value}) for value in ("a", "b", "c"))
PLAIN = some.text(
    some.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=200
)
VALUES: dict[FieldType, some.SearchStrategy[Any]] = {
    FieldType.TEXT: PLAIN,
    FieldType.LONG_TEXT: PLAIN,
    FieldType.INTEGER: some.integers(-INTEGER_MAX, INTEGER_MAX),
    FieldType.DECIMAL: some.decimals(-DECIMAL_MAX + 1, DECIMAL_MAX - 1, places=6).map(str),
    FieldType.BOOLEAN: some.booleans(),
    FieldType.DATE: some.dates(min_value=date(1000, 1, 1)).map(date.isoformat),
    FieldType.DATETIME: some.datetimes(
        min_value=datetime(1000, 1, 2),  # noqa: DTZ001
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=some.just(UTC),
    ).map(datetime.isoformat),
    FieldType.CHOICE: some.sampled_from("abc"),
    FieldType.MULTI_CHOICE: some.lists(some.sampled_from("abc")),
    FieldType.URL: some.sampled_from(["https://example.com/a?b=c#d", "http://example.com:8080"]),
    FieldType.EMAIL: some.from_regex(r"[a-z.+_-]{1,20}@[a-z]{1,9}\.[a-z]{2,5}", fullmatch=True),
    FieldType.REFERENCE: some.uuids().map(str),
}


def a_field(key: str, kind: FieldType) -> CustomField:
    chosen = CHOICES if kind in {FieldType.CHOICE, FieldType.MULTI_CHOICE} else ()
    return CustomField(
        uuid4(), key, kind, {"en": key}, choices=chosen, access=EVERYBODY, index_state="ready"
    )


@some.composite
def forms(draw: some.DrawFn) -> tuple[Fields, dict[str, Any]]:
    """Some fields, and a value for each."""
    kinds = draw(some.dictionaries(KEYS, some.sampled_from(FieldType), max_size=8))
    fields = Fields(tuple(a_field(key, kind) for key, kind in kinds.items()))
    return fields, {key: draw(VALUES[kind]) for key, kind in kinds.items()}


@given(forms())
def test_what_is_taken_is_taken_again_unchanged(form: tuple[Fields, dict[str, Any]]) -> None:
    fields, given_ = form
    first = take(fields, given_, "staff", creating=True)
    assert first.faults == []
    assert first.values.keys() == given_.keys()
    again = take(fields, first.values, "customer", creating=False)
    assert (again.faults, again.values) == ([], first.values)
    assert again.merged({"kept": 1}) == {"kept": 1, **first.values}


@given(some.sampled_from([FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE,
                          FieldType.DATETIME]), some.data())  # fmt: skip
def test_the_index_keeps_the_order(kind: FieldType, data: some.DataObject) -> None:
    field = a_field("f", kind)
    pair = [data.draw(VALUES[kind]) for _ in range(2)]
    taken = [take(Fields((field,)), {"f": v}, "staff", creating=False).values["f"] for v in pair]
    low, high = (index_values(field, value)[0] for value in taken)
    reads = {FieldType.DECIMAL: Decimal, FieldType.DATETIME: datetime.fromisoformat}
    read = reads.get(kind, lambda value: value)
    one, other = (read(value) for value in pair)
    assert (low < high, low == high) == (one < other, one == other)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)


@given(some.sampled_from(FieldType), JSON)
def test_any_json_is_taken_or_refused_and_never_breaks(kind: FieldType, value: Any) -> None:
    taken = take(Fields((a_field("f", kind),)), {"f": value, "g": value}, "staff", creating=False)
    pointers = {fault.pointer for fault in taken.faults}
    assert "/custom/g" in pointers
    assert ("/custom/f" in pointers) != ("f" in taken.values)
