from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from infra.kernel.money import Currency, CurrencyMismatch, Money, Rounding


class Line(BaseModel):
    price: Money
    currency: Currency = "EUR"


def test_money_travels_as_amount_and_currency() -> None:
    line = Line.model_validate_json('{"price": {"amount": "12.50", "currency": "EUR"}}')
    assert line.price == Money(1250, "EUR")
    assert line.model_dump(mode="json")["price"] == {"amount": "12.50", "currency": "EUR"}
    assert Line.model_json_schema()["properties"]["price"]["required"] == ["amount", "currency"]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(5, "EUR", "0.05"), (-5, "USD", "-0.05"), (1200, "JPY", "1200"), (1, "KWD", "0.001")],
)
def test_each_currency_has_its_own_places(minor: int, currency: str, text: str) -> None:
    assert Money(minor, currency).amount == text
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "price",
    [
        {"amount": "1.005", "currency": "EUR"},
        {"amount": "1.5", "currency": "JPY"},
        {"amount": 1.5, "currency": "EUR"},
        {"amount": "1e5", "currency": "EUR"},
        {"amount": "NaN", "currency": "EUR"},
        {"amount": "١", "currency": "EUR"},
        {"amount": "99999999999999999999", "currency": "EUR"},
        {"amount": "9999999999999999999", "currency": "EUR"},
        {"amount": "1", "currency": "eur"},
        {"amount": "1", "currency": "XXX"},
        {"amount": "1"},
        {"amount": "1", "currency": "EUR", "tax": "0"},
        "12 EUR",
        None,
    ],
)
def test_an_amount_is_never_guessed(price: object) -> None:
    with pytest.raises(ValidationError):
        Line.model_validate({"price": price})


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any),
)
def test_the_parts_of_an_allocation_add_up(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "EUR").allocate(weights)
    assert sum(part.amount_minor for part in parts) == minor
    assert all(
        part.amount_minor == 0 for part, weight in zip(parts, weights, strict=True) if not weight
    )


def test_left_over_cents_go_to_the_largest_remainders() -> None:
    amounts = [part.amount_minor for part in Money(100, "EUR").allocate([1, 1, 1])]
    assert amounts == [34, 33, 33]
    assert [part.amount_minor for part in Money(-100, "EUR").allocate([1, 2])] == [-33, -67]
    with pytest.raises(ValueError, match="weights"):
        Money(1, "EUR").allocate([0, 0])


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [3, -3, 4]),
        (Rounding.HALF_EVEN, [2, -2, 4]),
        (Rounding.UP, [3, -3, 4]),
        (Rounding.DOWN, [2, -2, 3]),
    ],
)
def test_rounding_is_named(rounding: Rounding, expected: list[int]) -> None:
    halves = [Money(5, "EUR"), Money(-5, "EUR"), Money(7, "EUR")]
    assert [half.times(Fraction(1, 2), rounding).amount_minor for half in halves] == expected


def test_a_large_amount_keeps_every_cent_when_multiplied() -> None:
    price = Money(9_007_199_254_740_993, "EUR")
    assert price.times(Decimal("1.0"), Rounding.HALF_UP) == price


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    assert Money(1, "EUR") + Money(2, "EUR") - Money(4, "EUR") == -Money(1, "EUR")
    assert Money(1, "EUR") < Money(2, "EUR") <= Money(2, "EUR")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValidationError, match="ISO 4217"):
        TypeAdapter(Currency).validate_python("EURO")
