"""Other people's sites, and what they embed."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class Algorithm(StrEnum):
    """How a site's server signs who is looking (RFC 7518, RFC 8037)."""

    HS256 = "HS256"
    RS256 = "RS256"
    EDDSA = "EdDSA"


class ComponentKind(StrEnum):
    """What can be embedded."""

    KNOWLEDGE_SEARCH = "knowledge_search"
    CASE_CREATE = "case_create"
    CHAT = "chat"
    SURVEY = "survey"


class Module(Record):
    """One external site: its pages, its keys, its look, its components."""

    key = fields.CharField(max_length=80)
    name = fields.CharField(max_length=200)
    origins = TextArrayField(default=list)
    algorithm = fields.CharEnumField(Algorithm, default=Algorithm.HS256)
    secrets: list[dict[str, Any]] = fields.JSONField(default=list)
    public_keys = TextArrayField(default=list)
    locale = fields.CharField(max_length=35, default="en")
    theme: dict[str, Any] = fields.JSONField(default=dict)
    labels: dict[str, Any] = fields.JSONField(default=dict)
    components: dict[str, Any] = fields.JSONField(default=dict)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "modules"


class ModuleComponent(Record):
    """A component set up once, for as many modules as name it."""

    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(ComponentKind)
    options: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "module_components"


class ModuleIdentity(Record):
    """As whom a site knows one of our customers."""

    module_id = fields.UUIDField()
    subject = fields.CharField(max_length=300)
    profile_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)

    class Meta:
        table = "module_identities"
