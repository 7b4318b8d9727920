"""Texts with places to fill in, one for each language."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class TemplateKind(StrEnum):
    """What the text becomes."""

    MAIL = "mail"
    REPLY = "reply"


class MessageTemplate(Record):
    """A letter, or an answer that agents need again and again."""

    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(TemplateKind, default=TemplateKind.MAIL)
    resource = fields.CharField(max_length=63)
    default_locale = fields.CharField(max_length=35, default="en")
    texts: dict[str, dict[str, Any]] = fields.JSONField(default=dict)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "message_templates"
