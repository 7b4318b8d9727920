"""Accounts towards each other, contacts towards further accounts, consumers towards each other."""

from enum import StrEnum

from tortoise import fields

from backend.foundation.relationships.ties import Tie
from infra.kernel.model import Record


class AccountRole(StrEnum):
    """As what a company stands in a relationship."""

    CUSTOMER = "customer"
    PARTNER = "partner"


class Direction(StrEnum):
    """From which side a relationship is seen."""

    FORWARD = "forward"
    REVERSE = "reverse"


class AccountRelationshipType(Record):
    """How two companies may stand to each other, with a name for each side (F37).

    People of the account on the forward side have `responsibility_id` on the other; people of that
    other have `reverse_responsibility_id` on the first.
    """

    name = fields.CharField(max_length=200)
    reverse_name = fields.CharField(max_length=200)
    from_role = fields.CharEnumField(AccountRole)
    to_role = fields.CharEnumField(AccountRole)
    responsibility_id = fields.UUIDField(null=True)
    reverse_responsibility_id = fields.UUIDField(null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "account_relationship_types"


class AccountRelationship(Tie):
    """One side of a relationship of two companies; the other side is a row of its own."""

    type_id = fields.UUIDField()
    direction = fields.CharEnumField(Direction)
    account_id = fields.UUIDField()
    related_account_id = fields.UUIDField()
    reverse_id = fields.UUIDField()

    class Meta:
        table = "account_relationships"


class ContactRelationship(Tie):
    """A contact's responsibility for an account that is not their own (F43, F45)."""

    contact_id = fields.UUIDField()
    account_id = fields.UUIDField()
    responsibility_id = fields.UUIDField()

    class Meta:
        table = "contact_relationships"


class ConsumerRelationship(Tie):
    """A consumer who acts for another, whether they share a household or not (F52)."""

    consumer_id = fields.UUIDField()
    representative_id = fields.UUIDField()
    responsibility_id = fields.UUIDField()

    class Meta:
        table = "consumer_relationships"
