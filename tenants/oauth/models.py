"""Programs that ask people for leave, or act for themselves."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import BytesField, Record, TextArrayField


class ClientKind(StrEnum):
    """Whether the program can keep a secret."""

    CONFIDENTIAL = "confidential"
    PUBLIC = "public"


class OAuthClient(Record):
    """A program that is registered to get access tokens."""

    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(ClientKind)
    secret_hash = BytesField(null=True)
    redirect_uris = TextArrayField(default=list)
    grant_types = TextArrayField(default=list)
    scopes = TextArrayField(default=list)
    roles = TextArrayField(default=list)
    user_id = fields.UUIDField(null=True)
    profile_id = fields.UUIDField(null=True)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "oauth_clients"
