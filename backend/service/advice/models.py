"""What admins recommend."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class RecommendationRule(Record):
    """Guidance that is shown beside every case for which the condition holds."""

    name = fields.CharField(max_length=200)
    condition = fields.TextField()
    title = fields.CharField(max_length=300)
    reason = fields.CharField(max_length=500)
    guidance = fields.TextField(default="")
    action: dict[str, Any] | None = fields.JSONField(null=True)
    active = fields.BooleanField(default=True)
    rank = fields.IntField(default=100)

    class Meta:
        table = "recommendation_rules"
