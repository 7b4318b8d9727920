"""Which companies a type joins, and what each side's people get. Pure."""

from dataclasses import dataclass
from uuid import UUID

from backend.foundation.accounts.models import Account
from backend.foundation.relationships.models import (
    AccountRelationship,
    AccountRelationshipType,
    AccountRole,
    Direction,
)
from infra.kernel.errors import Fault

OPPOSITE = {Direction.FORWARD: Direction.REVERSE, Direction.REVERSE: Direction.FORWARD}


def plays(account: Account, role: AccountRole) -> bool:
    """Whether the company is a customer, or a partner."""
    return account.is_customer if role is AccountRole.CUSTOMER else account.is_partner


def pair_faults(
    type_: AccountRelationshipType | None, account: Account | None, related: Account | None
) -> list[Fault]:
    """Every reason why the type does not join these two."""
    named = (("/type_id", type_), ("/account_id", account), ("/related_account_id", related))
    faults = [
        Fault(pointer, "not_found", "there is no such record")
        for pointer, found in named
        if found is None
    ]
    if account is not None and related is not None and account.id == related.id:
        message = "must be another account"
        faults.append(Fault("/related_account_id", "same_account", message))
    if type_ is None:
        return faults
    if not type_.active:
        faults.append(Fault("/type_id", "inactive", f"{type_.name} is no longer used"))
    for pointer, party, role in (
        ("/account_id", account, type_.from_role),
        ("/related_account_id", related, type_.to_role),
    ):
        if party is not None and not plays(party, role):
            message = f"{type_.name} wants a {role.value} here"
            faults.append(Fault(pointer, "wrong_role", message))
    return faults


@dataclass(frozen=True)
class Given:
    """The responsibility that people of one account have on another."""

    responsibility_id: UUID
    holder_id: UUID
    anchor_id: UUID


def given(type_: AccountRelationshipType, side: AccountRelationship) -> Given | None:
    """What this side of a relationship gives the people of its account, if anything."""
    forward = side.direction is Direction.FORWARD
    responsibility = type_.responsibility_id if forward else type_.reverse_responsibility_id
    if responsibility is None:
        return None
    return Given(responsibility, side.account_id, side.related_account_id)
