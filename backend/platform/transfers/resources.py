"""What the outside knows of imports and exports: whoever asked for one sees it, and admins do."""

from backend.platform.calendars.resources import Name
from backend.platform.transfers.models import (
    Export,
    ExternalId,
    Import,
    ImportFault,
    ImportMapping,
)
from backend.platform.transfers.options import Mapping, Options
from infra.kernel.configured import Configured
from infra.kernel.grants import Grant
from infra.kernel.resource import Path, Resource, View, everything, match

ASKING = ("staff", "customer", "partner")
_STAMPS = ("created_at", "updated_at", "version")
_IMPORT = (
    "id", "resource", "attachment_id", "format", "mode", "match_on", "source", "mapping", "options",
    "dry_run", "on_error", "state", "position", "progress", "created_count", "updated_count",
    "unchanged_count", "failed_count", "ignored_columns", "problem", "report_id", "profile_id",
    "started_at", "finished_at", *_STAMPS,
)  # fmt: skip
_EXPORT = (
    "id", "resource", "format", "columns", "conditions", "sort", "words", "state", "row_count",
    "problem", "attachment_id", "expires_at", "profile_id", "started_at", "finished_at", *_STAMPS,
)  # fmt: skip
_MAPPING = ("name", "resource", "mapping", "options")
_PATHS: dict[str, Path] = {"all": everything(), "own": match("profile_id", "profile_id")}

imports = Resource(
    name="imports",
    singular="import",
    model=Import,
    summary="Files that become records, row by row, as whoever asked for it.",
    label="resource",
    views={audience: View(read=_IMPORT) for audience in ASKING},
    filters=("resource", "state", "profile_id", "dry_run"),
    sorts=("created_at",),
    default_sort="-created_at",
    paths=_PATHS,
    generic=(),
)

import_faults = Resource(
    name="import_faults",
    singular="import_fault",
    model=ImportFault,
    summary="Rows of a file that were refused, as they stood there, and why.",
    label="row_number",
    views={
        audience: View(read=("id", "import_id", "row_number", "cells", "faults", "created_at"))
        for audience in ASKING
    },
    filters=("import_id", "row_number"),
    sorts=("row_number",),
    default_sort="row_number",
    paths=_PATHS,
    generic=(),
    emits=False,
    audited=False,
)

exports = Resource(
    name="exports",
    singular="export",
    model=Export,
    summary="Records that become a file, as far as whoever asked may see them.",
    label="resource",
    views={audience: View(read=_EXPORT) for audience in ASKING},
    filters=("resource", "state", "profile_id"),
    sorts=("created_at",),
    default_sort="-created_at",
    paths=_PATHS,
    generic=(),
)

import_mappings = Resource(
    name="import_mappings",
    singular="import_mapping",
    model=ImportMapping,
    summary="Which column of a file is which field, kept to be used again.",
    label="name",
    types={"name": Name, "mapping": Mapping, "options": Options},
    views={
        "staff": View(
            read=("id", *_MAPPING, "created_by", *_STAMPS),
            create=_MAPPING,
            update=("name", "mapping", "options"),
        )
    },
    filters=("name", "resource"),
    sorts=("name", "created_at"),
    default_sort="name",
    generic=("update", "delete"),
    required=("name", "resource", "mapping"),
    configured=Configured(),
)

external_ids = Resource(
    name="external_ids",
    singular="external_id",
    model=ExternalId,
    summary="What other systems call our records: one name a record and system.",
    label="external_id",
    views={
        "staff": View(
            read=("id", "kind", "source", "external_id", "record_id", *_STAMPS),
            create=("kind", "source", "external_id"),
        )
    },
    filters=("kind", "source", "external_id", "record_id"),
    sorts=("created_at",),
    default_sort="-created_at",
    generic=("delete",),
    # An import writes one beside each record, whose own entry tells of it.
    emits=False,
    audited=False,
)

_STAFF = ("service_manager", "knowledge_manager", "agent_b2b", "agent_b2c")
_OUTSIDE = ("customer_admin", "partner_admin")
_DOING = ("read", "create", "cancel")

GRANTS: tuple[Grant, ...] = (
    *(Grant(role, "imports", _DOING, "own") for role in (*_STAFF, *_OUTSIDE)),
    *(Grant(role, "import_faults", ("read",), "own") for role in (*_STAFF, *_OUTSIDE)),
    *(Grant(role, "exports", _DOING, "own") for role in (*_STAFF, *_OUTSIDE)),
    *(Grant(role, "import_mappings", ("read",)) for role in _STAFF),
    Grant("service_manager", "import_mappings", ("create", "update", "delete")),
    Grant("service_manager", "external_ids", ("read", "create", "delete")),
)
