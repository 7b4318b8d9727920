"""Macros: sequences of verbs on a case, under a name."""

from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class Macro(Record):
    """What is done to a case with one word."""

    name = fields.CharField(max_length=200)
    description = fields.TextField(default="")
    steps: Any = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "macros"
