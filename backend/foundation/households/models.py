"""Consumers who live together."""

from tortoise import fields

from infra.kernel.model import Record


class Household(Record):
    """Consumers who share an address and common products."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    location_id = fields.UUIDField(null=True)

    class Meta:
        table = "households"


class HouseholdMember(Record):
    """That a consumer belongs to a household; exactly one of a consumer's is primary."""

    household_id = fields.UUIDField()
    consumer_id = fields.UUIDField()
    is_primary = fields.BooleanField(default=False)
    is_head = fields.BooleanField(default=False)

    class Meta:
        table = "household_members"


class HouseholdTeamMember(Record):
    """One of our people who looks after a household."""

    household_id = fields.UUIDField()
    profile_id = fields.UUIDField()
    responsibility_id = fields.UUIDField()

    class Meta:
        table = "household_team_members"
