"""API keys as records. Only their digests are stored; a key itself is shown once."""

from tortoise import fields

from infra.kernel.model import BytesField, Record, TextArrayField


class ApiKey(Record):
    """A long-lived key for a program that acts for somebody."""

    kind = fields.CharField(max_length=20, default="api_key")
    name = fields.CharField(max_length=200)
    secret_hash = BytesField()
    stamp = fields.BigIntField(default=1)
    user_id = fields.UUIDField(null=True)
    profile_id = fields.UUIDField(null=True)
    scopes = TextArrayField(default=list)
    roles = TextArrayField(default=list)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_keys"


class Session(Record):
    """Somebody signed in, in one browser."""

    kind = fields.CharField(max_length=20, default="session")
    stamp = fields.BigIntField(default=1)
    user_id = fields.UUIDField(null=True)
    profile_id = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"
