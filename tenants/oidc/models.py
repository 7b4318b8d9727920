"""Who may vouch for a person, and whom they have vouched for."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class IdentityProvider(Record):
    """A tenant's own OpenID Connect provider."""

    name = fields.CharField(max_length=39)
    title = fields.CharField(max_length=200)
    issuer = fields.CharField(max_length=500)
    client_id = fields.CharField(max_length=300)
    client_secret = fields.TextField(default="")
    scopes = TextArrayField(default=list)
    claims: dict[str, Any] = fields.JSONField(default=dict)
    provision_kind = fields.CharField(max_length=20, null=True)
    provision_roles = TextArrayField(default=list)
    provision_domains = TextArrayField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "identity_providers"


class ExternalIdentity(Record):
    """A person as one provider knows them: by issuer and subject, never by address."""

    provider_id = fields.UUIDField()
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=300)
    user_id = fields.UUIDField()

    class Meta:
        table = "external_identities"
