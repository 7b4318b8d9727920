"""Addresses that customers write to."""

from tortoise import fields

from infra.kernel.model import Record


class Mailbox(Record):
    """An address that customers write to; what arrives there becomes cases and comments."""

    name = fields.CharField(max_length=200)
    address = fields.CharField(max_length=254)
    acknowledges = fields.BooleanField(default=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "mailboxes"
