"""The fields that a tenant added to a resource, as processes remember them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from infra.kernel.resource import CUSTOM, Audience


class FieldType(StrEnum):
    """What a field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    URL = "url"
    EMAIL = "email"
    REFERENCE = "reference"


class Access(StrEnum):
    """What an audience may do with a field."""

    HIDDEN = "hidden"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Choice:
    """One of the values that a field offers."""

    value: str
    label: Mapping[str, str]
    active: bool = True
    parent: str | None = None
    """The value that the list above must have."""


@dataclass(frozen=True)
class CustomField:
    """One field of one resource."""

    id: UUID
    key: str
    type: FieldType
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    required: bool = False
    default: Any = None
    constraints: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    index_state: str = "none"
    searchable: bool = False
    listed: bool = False
    """Whether it is a column of the lists that staff look at."""
    access: Mapping[Audience, Access] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its name in a query: `custom.color`."""
        return f"{CUSTOM}.{self.key}"

    @property
    def is_indexed(self) -> bool:
        """Whether saving a record keeps its index; lists use it once it is ready."""
        return self.index_state != "none"

    def may(self, audience: Audience, wanted: Access) -> bool:
        """Whether the audience reads, or writes, the field."""
        held = self.access.get("staff" if audience == "system" else audience, Access.HIDDEN)
        return held is Access.WRITE or held is wanted


@dataclass(frozen=True)
class Fields:
    """The active fields of a resource, in the order in which they are shown."""

    all: tuple[CustomField, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    @cached_property
    def by_key(self) -> Mapping[str, CustomField]:
        return {each.key: each for each in self.all}

    def readable(self, audience: Audience) -> tuple[str, ...]:
        """The keys that the audience sees."""
        return tuple(each.key for each in self.all if each.may(audience, Access.READ))

    def writable(self, audience: Audience) -> tuple[CustomField, ...]:
        """The fields that the audience fills in."""
        return tuple(each for each in self.all if each.may(audience, Access.WRITE))

    @cached_property
    def indexed(self) -> tuple[CustomField, ...]:
        return tuple(each for each in self.all if each.is_indexed)

    def open_words(self, audiences: Iterable[Audience]) -> tuple[CustomField, ...]:
        """Searchable fields that everybody reads who may search the resource at all."""
        asking = tuple(audiences)
        return tuple(
            each for each in self.all
            if each.searchable and all(each.may(audience, Access.READ) for audience in asking)
        )  # fmt: skip

    def inner_words(self, audiences: Iterable[Audience]) -> tuple[CustomField, ...]:
        """Searchable fields whose words must not lead everybody to a record."""
        opened = self.open_words(audiences)
        return tuple(each for each in self.all if each.searchable and each not in opened)


NO_FIELDS = Fields()


def words_in(label: Mapping[str, str], locale: str) -> str:
    """The label in the language asked for, in its parent language, in English, or in any."""
    for tried in (locale, locale.partition("-")[0], "en"):
        if tried in label:
            return label[tried]
    return next(iter(label.values()), "")
