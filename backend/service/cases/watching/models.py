"""Watchers: who is told of a case without working on it."""

from tortoise import fields

from infra.kernel.model import Record


class CaseWatcher(Record):
    """That somebody wants to be told of a case; it lets nobody see what they could not."""

    case_id = fields.UUIDField()
    profile_id = fields.UUIDField()
    added_by_id = fields.UUIDField(null=True)

    class Meta:
        table = "case_watchers"
