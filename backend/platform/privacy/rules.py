"""What is looked for when a person is erased: pure functions."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

DUE_DAYS = 30
DIGITS_LEAST = 7
ERASED = "[erased]"
ERASED_NAME = "Erased person"
NOTHING = "(?=a)b"
_EDGE_BEFORE, _EDGE_AFTER = "(?<![[:alnum:]])", "(?![[:alnum:]])"


@dataclass(frozen=True)
class Person:
    """Every record that is this person, and what they are called and reached by."""

    users: tuple[UUID, ...] = ()
    contacts: tuple[UUID, ...] = ()
    consumers: tuple[UUID, ...] = ()
    profiles: tuple[UUID, ...] = ()
    accounts: tuple[UUID, ...] = ()
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def records(self) -> dict[str, tuple[UUID, ...]]:
        """Kind → ids of the records that are the person."""
        return {"users": self.users, "contacts": self.contacts, "consumers": self.consumers}

    @property
    def ids(self) -> list[UUID]:
        """The ids of all of them."""
        return [*self.users, *self.contacts, *self.consumers, *self.profiles]


@dataclass(frozen=True)
class Spared:
    """What an erasure leaves alone: rows that name a held record, and rows too young to go."""

    held: tuple[UUID, ...] = ()
    retained: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def due(at: datetime) -> datetime:
    """By when a request has to be answered."""
    return at + timedelta(days=DUE_DAYS)


def pattern_of(person: Person) -> str:
    """A regular expression, as PostgreSQL reads it, for every way the person is named in text.

    A name of one word is no sign of anybody in particular and is left out, as is a short number.
    """
    signs = [re.escape(email) for email in person.emails if "@" in email]
    for name in person.names:
        words = name.split()
        if len(words) > 1:
            signs.append(r"\s+".join(re.escape(word) for word in words))
    for phone in person.phones:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= DIGITS_LEAST:
            signs.append(r"[\s()/.-]*".join(digits))
    if not signs:
        return NOTHING
    longest = sorted(set(signs), key=lambda sign: (-len(sign), sign))
    return f"{_EDGE_BEFORE}(?:{'|'.join(longest)}){_EDGE_AFTER}"


def digest_of(entries: Iterable[Mapping[str, Any]]) -> str:
    """One digest over every line of a certificate, in the order of the lines."""
    total = hashlib.sha256()
    for entry in entries:
        line = json.dumps(entry, sort_keys=True, separators=(",", ":"), default=str)
        total.update(line.encode() + b"\n")
    return total.hexdigest()


def outcome_of(counts: Mapping[str, Mapping[str, int]], *, blocked: bool) -> str:
    """The erasure in a word."""
    if blocked:
        return "blocked"
    return "partly" if any(kinds.get("kept") for kinds in counts.values()) else "erased"


def tally(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Collection → outcome → how many records."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["collection"], {})[row["outcome"]] = row["count"]
    return counts
