"""Classes of data, and what people may ask about the data that is about them."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, TextArrayField


class OnErasure(StrEnum):
    """What becomes of a field when the person whom it is about is erased."""

    KEEP = "keep"
    ERASE = "erase"


class RequestKind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    ERASURE = "erasure"
    RESTRICTION = "restriction"


class RequestState(StrEnum):
    """How far a request is; a blocked one waits for a hold to end."""

    OPEN = "open"
    RUNNING = "running"
    BLOCKED = "blocked"
    DONE = "done"
    REJECTED = "rejected"


class DataClass(Record):
    """A class of data; a restricted one is shown to holders of the cleared roles alone."""

    key = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    summary = fields.TextField(default="")
    restricted = fields.BooleanField(default=False)
    cleared_roles = TextArrayField(default=list)
    on_erasure = fields.CharEnumField(OnErasure, default=OnErasure.KEEP)

    class Meta:
        table = "data_classes"


class FieldClassification(Record):
    """The class of one field of one kind of record."""

    resource = fields.CharField(max_length=80)
    field = fields.CharField(max_length=80)
    data_class_id = fields.UUIDField()

    class Meta:
        table = "field_classifications"


class LegalHold(Record):
    """A person, account or case of which nothing may be erased until the hold is released."""

    kind = fields.CharField(max_length=40)
    record_id = fields.UUIDField()
    reason = fields.TextField()
    released_at = fields.DatetimeField(null=True)

    class Meta:
        table = "legal_holds"


class RetentionRule(Record):
    """Records that the law wants kept for a time, whoever asks."""

    resource = fields.CharField(max_length=80)
    keep_days = fields.IntField()
    reason = fields.TextField()

    class Meta:
        table = "retention_rules"


class SubjectRequest(Record):
    """What a person asks about their data, and how far the answer is."""

    kind = fields.CharEnumField(RequestKind)
    subject_kind = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    note = fields.TextField(default="")
    state = fields.CharEnumField(RequestState, default=RequestState.OPEN)
    due_at = fields.DatetimeField()
    progress: Any = fields.JSONField(default=dict)
    attachment_id = fields.UUIDField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "subject_requests"


class ErasureCertificate(Record):
    """The proof of an erasure: how much was erased, kept and blocked, under one digest."""

    request_id = fields.UUIDField()
    outcome = fields.CharField(max_length=20)
    counts: Any = fields.JSONField(default=dict)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "erasure_certificates"


class ErasureEntry(Record):
    """What was erased of one record, or why it was kept."""

    request_id = fields.UUIDField()
    collection = fields.CharField(max_length=80)
    record_id = fields.UUIDField()
    outcome = fields.CharField(max_length=20)
    columns = TextArrayField(default=list)
    reason = fields.TextField(default="")

    class Meta:
        table = "erasure_entries"
