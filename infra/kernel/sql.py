"""SQL text with its parameters still to be bound, so that one text serves every caller of a plan.

A token says where a parameter's value comes from. The text is compiled once per shape (the plan,
the filters named, the sort) and prepared once per connection; only the values change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Attribute:
    """The caller's attribute."""

    name: str


@dataclass(frozen=True, slots=True)
class PrefixEnd:
    """The first text that no longer begins with the caller's attribute."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value fixed when the plan was compiled."""

    value: Any


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of this request, by name."""

    name: str


Token = Attribute | PrefixEnd | Constant | Slot


def prefix_end(prefix: str) -> str:
    """The smallest text greater than every text with this prefix, in code point order."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else chr(0x10FFFF)


class Parameters:
    """Numbers tokens in the order in which the text names them."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

    def add(self, token: Token, cast: str = "") -> str:
        """`$n` for the token; equal attributes and slots share one number."""
        if not isinstance(token, Constant) and token in self.tokens:
            number = self.tokens.index(token) + 1
        else:
            self.tokens.append(token)
            number = len(self.tokens)
        return f"${number}{cast}"


@dataclass(frozen=True)
class Statement:
    """SQL and where its parameters come from."""

    text: str
    tokens: tuple[Token, ...]

    def values(self, attributes: Mapping[str, Any], slots: Mapping[str, Any]) -> list[Any]:
        return [_VALUE[type(token)](token, attributes, slots) for token in self.tokens]


_VALUE: Mapping[type, Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Any]] = {
    Attribute: lambda token, attributes, _: attributes[token.name],
    PrefixEnd: lambda token, attributes, _: prefix_end(attributes[token.name]),
    Constant: lambda token, _attributes, _slots: token.value,
    Slot: lambda token, _, slots: slots[token.name],
}


def names(columns: Sequence[str], alias: str = "") -> str:
    """`"a", "b"`, each behind the alias where there is one."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{column}"' for column in columns)


class Literals(Parameters):
    """Writes values into the text instead, for the mapper's queries, which take no parameters.

    Only what the service itself holds is written this way: a tenant, a caller's attributes and
    constants of declarations; never a request's input.
    """

    def __init__(self, attributes: Mapping[str, Any], slots: Mapping[str, Any]) -> None:
        super().__init__()
        self._attributes = attributes
        self._slots = slots

    def add(self, token: Token, cast: str = "") -> str:
        return literal(_VALUE[type(token)](token, self._attributes, self._slots)) + cast


def literal(value: Any) -> str:
    """The value as an SQL literal; raises TypeError for what has none."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, UUID):
        return f"'{value}'::uuid"
    if isinstance(value, Enum):
        return literal(value.value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(literal(v) for v in value)
        return f"ARRAY[{inner}]" if value else "'{}'"
    raise TypeError(f"no literal for {type(value).__name__}")
