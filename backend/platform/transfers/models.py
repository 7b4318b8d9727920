"""Files on their way in and out, and what other systems call our records."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record, Row, TextArrayField


class Format(StrEnum):
    """What a file is written in."""

    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"


class Mode(StrEnum):
    """What rows do: make records, change those there are, or either."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


class OnError(StrEnum):
    """What a row that is refused does to those after it."""

    SKIP = "skip"
    STOP = "stop"


class TransferState(StrEnum):
    """Where an import or export is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ExternalId(Record):
    """What another system calls a record of ours; one name a record and system."""

    kind = fields.CharField(max_length=80)
    source = fields.CharField(max_length=60)
    external_id = fields.CharField(max_length=200)
    record_id = fields.UUIDField()

    class Meta:
        table = "external_ids"


class ImportMapping(Record):
    """Which column of a file is which field, kept to be used again."""

    name = fields.CharField(max_length=200)
    resource = fields.CharField(max_length=80)
    mapping: dict[str, str | None] = fields.JSONField(default=dict)
    options: dict[str, Any] = fields.JSONField(default=dict)
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = "import_mappings"


class _Transfer(Record):
    """Who asked, and with which rights at most: the work is done as them."""

    resource = fields.CharField(max_length=80)
    format = fields.CharEnumField(Format)
    state = fields.CharEnumField(TransferState, default=TransferState.QUEUED)
    problem: dict[str, Any] | None = fields.JSONField(null=True)
    profile_id = fields.UUIDField()
    caller_roles = TextArrayField(default=list)
    caller_scopes = TextArrayField(null=True)
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


class Import(_Transfer):
    """A file that becomes records."""

    attachment_id = fields.UUIDField()
    mode = fields.CharEnumField(Mode)
    match_on = fields.CharField(max_length=120, null=True)
    source = fields.CharField(max_length=60)
    mapping: dict[str, str | None] = fields.JSONField(default=dict)
    options: dict[str, Any] = fields.JSONField(default=dict)
    dry_run = fields.BooleanField(default=False)
    on_error = fields.CharEnumField(OnError, default=OnError.SKIP)
    position = fields.BigIntField(default=0)
    progress = fields.IntField(default=0)
    created_count = fields.BigIntField(default=0)
    updated_count = fields.BigIntField(default=0)
    unchanged_count = fields.BigIntField(default=0)
    failed_count = fields.BigIntField(default=0)
    ignored_columns = TextArrayField(default=list)
    report_id = fields.UUIDField(null=True)

    class Meta:
        table = "imports"


class ImportFault(Row):
    """A row of a file that was refused, as it stood there, and why."""

    import_id = fields.UUIDField()
    row_number = fields.BigIntField()
    cells: dict[str, Any] = fields.JSONField()
    faults: list[dict[str, Any]] = fields.JSONField()
    profile_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "import_faults"


class Export(_Transfer):
    """Records that become a file."""

    columns = TextArrayField(default=list)
    conditions: dict[str, str] = fields.JSONField(default=dict)
    sort = fields.CharField(max_length=400, null=True)
    words = fields.CharField(max_length=400, null=True)
    row_count = fields.BigIntField(default=0)
    attachment_id = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "exports"
