"""Whom a tenant has asked to write and to embed for it."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class Purpose(StrEnum):
    """What an endpoint is asked for."""

    EMBEDDINGS = "embeddings"
    SUMMARIES = "summaries"


class AiEndpoint(Record):
    """A tenant's own OpenAI-compatible endpoint for one purpose."""

    purpose = fields.CharEnumField(Purpose, max_length=20)
    base_url = fields.CharField(max_length=500)
    model = fields.CharField(max_length=80)
    sealed_key = fields.TextField(default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "ai_endpoints"
