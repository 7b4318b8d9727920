"""What was looked for."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import Record


class Door(StrEnum):
    """Where somebody searched."""

    PORTAL = "portal"
    WIDGET = "widget"
    WORKSPACE = "workspace"


class KnowledgeSearch(Record):
    """A search as it was typed in the end, and what came of it; not who searched."""

    at = fields.DatetimeField()
    door = fields.CharEnumField(Door)
    audience = fields.CharField(max_length=20)
    language = fields.CharField(max_length=35)
    query = fields.CharField(max_length=200)
    terms = fields.CharField(max_length=400)
    results = fields.IntField()
    opened_article_id = fields.UUIDField(null=True)
    draft_article_id = fields.UUIDField(null=True)
    searcher = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "knowledge_searches"
