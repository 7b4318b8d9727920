"""The admin area, third part: fields and choices of the tenant's own, files in and out, duplicates,
and what was changed by whom."""

from portals.words import noted
from portals.workspace.records.admin import BASE
from portals.workspace.records.shapes import Kind, Panel, Tab

FIELDS = Kind(
    "custom_fields", BASE, "admin", noted("Field of ours"), noted("Fields of ours"), "columns",
    columns=("resource", "type", "required", "listed", "active"), title="key", section="data",
    facts=("resource", "key", "type", "label", "help", "required", "target", "constraints",
           "choices", "default_value", "listed", "indexed", "searchable", "staff", "customers",
           "partners", "visitors", "active"),
    asks=("resource", "key", "label", "help", "type", "target", "required", "default_value",
          "constraints", "choices", "listed", "indexed", "searchable", "staff", "customers",
          "partners", "visitors", "position"),
    filters=("resource", "type", "active"), verbs=("retire", "restore"),
)  # fmt: skip

LAYOUTS = Kind(
    "page_layouts", BASE, "admin", noted("Layout for a role"), noted("Layouts for roles"),
    "columns", columns=("role", "hidden_parts"), title="resource", section="data",
    facts=("resource", "role", "hidden_parts", "facts"),
    asks=("resource", "role", "hidden_parts", "facts"), filters=("role",), verbs=("delete",),
)  # fmt: skip

LISTS = Kind(
    "choice_lists", BASE, "admin", noted("List of choices"), noted("Lists of choices"), "columns",
    columns=("resource", "depends_on", "active"), title="field", section="data",
    facts=("resource", "field", "depends_on", "active"),
    asks=("resource", "field", "depends_on", "active"), filters=("resource", "active"),
    verbs=("delete",),
    tabs=(
        Tab("overview", noted("Choices"), (
            Panel("choices", noted("Choices"), "choices", "list_id",
                  ("value", "label", "parent", "position", "active"), noted("No choice yet."),
                  add="create", asks=("value", "label", "position"), verbs=("delete",)),
        )),
    ),
)  # fmt: skip

CHOICES = Kind(
    "choices", BASE, "admin", noted("Choice"), noted("Choices"), "columns",
    columns=("list", "parent", "position", "active"), title="value", section="data",
    facts=("list", "parent", "value", "label", "position", "active"),
    asks=("list_id", "parent_id", "value", "label", "position", "active"),
    filters=("active",), parents=("list",), verbs=("delete",),
)  # fmt: skip

IMPORTS = Kind(
    "imports", BASE, "admin", noted("Import"), noted("Imports"), "sheet",
    columns=("format", "mode", "progress", "created_count", "failed_count", "dry_run",
             "created_at", "state"),
    title="resource", section="data", is_watched=True,
    facts=("format", "mode", "match_on", "dry_run", "on_error", "progress", "created_count",
           "updated_count", "unchanged_count", "failed_count", "ignored_columns", "problem",
           "started_at", "finished_at", "attachment_id", "report_id"),
    asks=("attachment_id", "resource", "format", "mode", "match_on", "source", "mapping",
          "options", "dry_run", "on_error"),
    filters=("state", "dry_run"), verbs=("cancel",),
    tabs=(
        Tab("overview", noted("Rows that were refused"), (
            Panel("faults", noted("Rows that were refused"), "import_faults", "import_id",
                  ("row_number", "cells", "faults"), noted("No row was refused.")),
        )),
    ),
)  # fmt: skip

MAPPINGS = Kind(
    "import_mappings", BASE, "admin", noted("Kept column map"), noted("Kept column maps"), "sheet",
    columns=("resource", "created_at"), facts=("resource", "mapping", "options", "created_at"),
    asks=("name", "resource", "mapping", "options"), verbs=("delete",), section="data",
)  # fmt: skip

EXPORTS = Kind(
    "exports", BASE, "admin", noted("Export"), noted("Exports"), "file",
    columns=("format", "row_count", "created_at", "state"), title="resource", section="data",
    is_watched=True,
    facts=("format", "columns", "conditions", "words", "row_count", "problem", "started_at",
           "finished_at", "expires_at", "attachment_id"),
    asks=("resource", "format", "fields", "filter", "sort", "q"),
    filters=("state",), verbs=("cancel",),
)  # fmt: skip

DUPLICATE_RULES = Kind(
    "duplicate_rules", BASE, "admin", noted("Rule against duplicates"),
    noted("Rules against duplicates"), "twin",
    columns=("resource", "threshold", "action", "country", "active"), section="data",
    facts=("resource", "conditions", "threshold", "action", "country", "scanned_at", "active"),
    asks=("name", "resource", "conditions", "threshold", "action", "country", "active"),
    filters=("resource", "action", "active"), verbs=("delete",),
    tabs=(
        Tab("overview", noted("Suspected duplicates"), (
            Panel("pairs", noted("Suspected duplicates"), "duplicate_candidates", "rule_id",
                  ("resource", "score", "reasons", "state", "created_at"),
                  noted("No pair is suspected."), verbs=("dismiss",)),
        )),
    ),
)  # fmt: skip

MERGES = Kind(
    "merges", BASE, "admin", noted("Merge"), noted("Merges"), "twin",
    columns=("rows_changed", "created_at", "state"), title="resource", section="data",
    facts=("resource", "taken", "rows_changed", "created_at", "undone_at"),
    filters=("resource", "state"), verbs=("undo",),
)  # fmt: skip

REVISIONS = Kind(
    "config_revisions", BASE, "admin", noted("Revision"), noted("Configuration history"), "clock",
    columns=("number", "origin", "counts", "created_at"), title="comment",
    facts=("number", "origin", "comment", "checksum", "created_at"), filters=("origin",),
    section="data",
)  # fmt: skip

AUDIT = Kind(
    "audit_entries", BASE, "admin", noted("Audit entry"), noted("Audit"), "book",
    columns=("at", "actor", "kind", "record_id"), title="action", section="data",
    facts=("at", "actor", "action", "kind", "record_id", "changes", "request_id", "origin"),
    filters=("kind", "action", "record_id", "request_id"),
)  # fmt: skip

KINDS = (FIELDS, LAYOUTS, LISTS, CHOICES, IMPORTS, MAPPINGS, EXPORTS, DUPLICATE_RULES, MERGES,
         REVISIONS, AUDIT)  # fmt: skip
