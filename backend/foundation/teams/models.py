"""Teams around an account or a consumer."""

from tortoise import fields

from backend.foundation.relationships.ties import Tie


class AccountTeamMember(Tie):
    """One of our people, or a contact, with a responsibility for one account (F48)."""

    account_id = fields.UUIDField()
    profile_id = fields.UUIDField(null=True)
    contact_id = fields.UUIDField(null=True)
    responsibility_id = fields.UUIDField()

    class Meta:
        table = "account_team_members"


class ConsumerTeamMember(Tie):
    """One of our people with a responsibility for one consumer (F53)."""

    consumer_id = fields.UUIDField()
    profile_id = fields.UUIDField()
    responsibility_id = fields.UUIDField()

    class Meta:
        table = "consumer_team_members"
