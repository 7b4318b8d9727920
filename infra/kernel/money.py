"""Money: whole minor units and a currency (ISO 4217), never a float.

Storage and arithmetic use integers; the API shows `{"amount": "12.50", "currency": "EUR"}`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

AMOUNT_MINOR_MAX = 2**63 - 1

# Currencies whose minor unit is not a hundredth; the others have two decimal places.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD"
    " CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS"
    " GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD"
    " LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB"
    " PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP"
    " SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
EXPONENTS: dict[str, int] = {
    code: places
    for places, codes in ((0, _NONE), (2, _TWO), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,4})?")


class Rounding(StrEnum):
    """What happens to the part of a minor unit: every division names one."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    UP = ROUND_UP
    DOWN = ROUND_DOWN


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, order=False)
class Money:
    """An amount in whole minor units (cents for EUR, yen for JPY) of a currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise ValueError(f"{self.currency!r} is not a currency of ISO 4217")
        if not -AMOUNT_MINOR_MAX <= self.amount_minor <= AMOUNT_MINOR_MAX:
            raise ValueError("the amount is too large")

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read "12.50"; more places than the currency has are a ValueError, never rounded."""
        if currency not in EXPONENTS:
            raise ValueError(f"{currency!r} is not a currency of ISO 4217")
        if not _AMOUNT.fullmatch(amount):
            raise ValueError('an amount is written like "12.50"')
        minor = Decimal(amount).scaleb(EXPONENTS[currency])
        if minor != minor.to_integral_value():
            raise ValueError(f"{currency} has {EXPONENTS[currency]} decimal places")
        return cls(int(minor), currency)

    @property
    def amount(self) -> str:
        """The amount in major units with all places of the currency."""
        places = EXPONENTS[self.currency]
        return f"{Decimal(self.amount_minor).scaleb(-places):.{places}f}"

    def as_json(self) -> dict[str, str]:
        """The form that the API shows."""
        return {"amount": self.amount, "currency": self.currency}

    def __add__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.amount_minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        self._same(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: Self) -> bool:
        self._same(other)
        return self.amount_minor <= other.amount_minor

    def times(self, factor: int | Decimal | Fraction, rounding: Rounding) -> Self:
        """The amount times a factor, rounded once, by the rule that the caller names."""
        return type(self)(rounded(self.amount_minor * Fraction(factor), rounding), self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Self]:
        """Split by weights so that the parts add up exactly; the largest remainders, then the
        earlier parts, take the minor units that are left over."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are not negative and not all zero")
        sign = -1 if self.amount_minor < 0 else 1
        whole = abs(self.amount_minor)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(
            range(len(weights)), key=lambda place: (-(whole * weights[place] % total), place)
        )
        for place in by_remainder[: whole - sum(parts)]:
            parts[place] += 1
        return [type(self)(sign * part, self.currency) for part in parts]

    def _same(self, other: Self) -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda money: money.as_json(), return_schema=core_schema.dict_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "amount": {"type": "string", "pattern": f"^{_AMOUNT.pattern}$", "example": "12.50"},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "example": "EUR"},
            },
            "required": ["amount", "currency"],
            "additionalProperties": False,
        }

    @classmethod
    def _validated(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
            raise PydanticCustomError("money", "must be an object of amount and currency, no more")
        amount, currency = value["amount"], value["currency"]
        if not isinstance(amount, str) or not isinstance(currency, str):
            raise PydanticCustomError("money", "amount and currency must be texts")
        try:
            return cls.parse(amount, currency)
        except ValueError as refusal:
            raise PydanticCustomError("money", "{why}", {"why": str(refusal)}) from refusal


def rounded(value: Fraction, rounding: Rounding) -> int:
    """A fraction of minor units as a whole number, exactly, whatever its size."""
    sign = -1 if value < 0 else 1
    whole, rest = divmod(abs(value.numerator), value.denominator)
    twice = 2 * rest
    up = {
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
        Rounding.HALF_UP: twice >= value.denominator,
        Rounding.HALF_EVEN: twice > value.denominator or (twice == value.denominator and whole % 2),
    }[rounding]
    return sign * (whole + bool(up))


def _currency(value: Any) -> Any:
    if not isinstance(value, str) or value not in EXPONENTS:
        raise PydanticCustomError("currency", "must be a currency of ISO 4217, such as EUR")
    return value


Currency = Annotated[str, BeforeValidator(_currency)]
