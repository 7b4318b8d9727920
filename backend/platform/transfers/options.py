"""How a file is to be read: all that a person would say about it to another person."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from infra.kernel.clock import zone_names
from infra.kernel.columns import plain_text

COLUMNS_MOST = 300

Heading = Annotated[str, StringConstraints(max_length=200), AfterValidator(plain_text)]


def _few(mapping: dict[str, str | None]) -> dict[str, str | None]:
    if len(mapping) > COLUMNS_MOST:
        raise ValueError(f"has at most {COLUMNS_MOST} columns")
    return mapping


Mapping = Annotated[dict[Heading, Heading | None], AfterValidator(_few)]
"""Heading in the file → `name`, `external_id`, `account.code`; null leaves the column out."""


def _zone(text: str) -> str:
    if text not in zone_names():
        raise ValueError("must be a time zone of the IANA database")
    return text


class DateOrder(StrEnum):
    """Which part of a date comes first."""

    ISO = "iso"
    DAY = "dmy"
    MONTH = "mdy"
    YEAR = "ymd"


class Options(BaseModel):
    """Encoding, separators and the customs of numbers and dates; what is left out is found out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    encoding: Literal["utf-8", "utf-16", "latin-1"] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] = "."
    date_order: Annotated[DateOrder, ...] = DateOrder.ISO
    zone: Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone)] = "UTC"
    list_separator: Literal[",", ";", "|"] = ";"
    empty: Literal["ignore", "null"] = "ignore"
    sheet: Annotated[str, StringConstraints(max_length=31), AfterValidator(plain_text)] | None = (
        None
    )
