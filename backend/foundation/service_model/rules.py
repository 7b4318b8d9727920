"""Codes, paths, periods, and at which place a case belongs. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra.kernel.errors import Fault

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")
DEPTH_MAX = 60


def canonical_code(code: str) -> str:
    """The form in which a code is stored and unique."""
    return code.strip().upper()


def path_of(code: str, parent_path: str | None) -> str:
    """The codes from the top, each followed by a slash."""
    return f"{parent_path or ''}{code}/"


def organization_faults(
    code: str, *, is_internal: bool, account_id: UUID | None, parent_is_internal: bool | None
) -> list[Fault]:
    """Every reason why these cannot be an organisation's."""
    faults = []
    if not CODE.fullmatch(code):
        message = "must be 1 to 40 letters, digits, dots, dashes or underscores"
        faults.append(Fault("/code", "pattern", message))
    if is_internal and account_id is not None:
        message = "only an organisation outside the company is an account's"
        faults.append(Fault("/account_id", "internal", message))
    if is_internal and parent_is_internal is False:
        message = "an organisation of the company cannot lie below one outside it"
        faults.append(Fault("/parent_id", "external", message))
    return faults


def period_faults(starts_on: date, ends_on: date | None) -> list[Fault]:
    """A fault where something ends before it starts."""
    if ends_on is None or ends_on >= starts_on:
        return []
    return [Fault("/ends_on", "order", "must not be before starts_on")]


def one_of(pointers: Sequence[str], values: Sequence[object]) -> list[Fault]:
    """A fault unless exactly one of the columns is filled."""
    if sum(value is not None for value in values) == 1:
        return []
    return [Fault(pointers[0], "one_of", f"name exactly one of {', '.join(pointers)}")]


@dataclass(frozen=True)
class Place:
    """An organisation, and the one place of it that is meant."""

    service_organization_id: UUID
    business_location_id: UUID | None = None


@dataclass(frozen=True)
class Served(Place):
    """Where a customer is served."""

    is_primary: bool = False


def choose_place(own: Sequence[Place], served: Sequence[Served]) -> Place | None:
    """The place that a case belongs to where nobody has named one.

    It is the place of whoever opens it: the one of several that serves the customer. Else it is the
    place where the customer is served: the primary one, or the only one. Where only the
    organisation is certain, it is that.
    """
    if len(own) == 1:
        return own[0]
    at = {place.business_location_id for place in served}
    shared = [place for place in own if place.business_location_id in at - {None}]
    if len(shared) == 1:
        return shared[0]
    primary = [place for place in served if place.is_primary]
    candidates: Sequence[Place] = own or primary or served
    if len(candidates) == 1:
        found = candidates[0]
        return Place(found.service_organization_id, found.business_location_id)
    organizations = {place.service_organization_id for place in candidates}
    return Place(organizations.pop()) if len(organizations) == 1 else None
