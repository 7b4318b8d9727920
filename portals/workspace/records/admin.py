"""The admin area: who is who, who may do what, and how the tenant is set up."""

from portals.words import noted
from portals.workspace.records.shapes import Kind, Panel, Tab

BASE = "/admin"
_GIVES = ("resource", "via", "beneath", "verbs", "roles", "active")

USERS = Kind(
    "users", BASE, "admin", noted("User"), noted("Users"), "people",
    columns=("email", "state", "last_sign_in_at"),
    facts=("email", "locale", "zone", "state", "email_verified_at", "last_sign_in_at",
           "created_at"),
    asks=("name", "email", "locale", "zone"), filters=("state",),
    verbs=("suspend", "resume", "sign_out_everywhere"), is_faced=True,
    tabs=(
        Tab("overview", noted("Profiles and invitations"), (
            Panel("profiles", noted("Profiles"), "profiles", "user_id",
                  ("kind", "title", "roles", "state", "is_default"), noted("No profile yet."),
                  add="create", asks=("kind", "title", "roles", "contact_id", "consumer_id")),
            Panel("invitations", noted("Invitations"), "invitations", "user_id",
                  ("email", "created_at", "expires_at", "accepted_at", "revoked_at"),
                  noted("Not invited yet. Adding one sends the mail."), add="create",
                  asks=("locale",), verbs=("revoke",)),
            Panel("groups", noted("Groups"), "group_members", "user_id",
                  ("group", "created_at"), noted("In no group."), add="create",
                  asks=("group_id",), verbs=("delete",)),
        )),
    ),
)  # fmt: skip

PROFILES = Kind(
    "profiles", BASE, "admin", noted("Profile"), noted("Profiles"), "key",
    columns=("user", "kind", "roles", "state"), title="title",
    shapes_access=True,
    facts=("user", "kind", "roles", "state", "is_default", "created_at"),
    asks=("user_id", "kind", "title", "roles", "contact_id", "consumer_id", "account_id", "state",
          "is_default"),
    filters=("kind", "state"), parents=("user",), verbs=("grant_role", "revoke_role"),
    told={"grant_role": ("role",), "revoke_role": ("role",)},
    tabs=(
        Tab("overview", noted("Responsibilities"), (
            Panel("holds", noted("Responsibilities held"), "held_responsibilities", "holder_id",
                  ("responsibility", "anchor"), noted("Holds no responsibility.")),
        )),
    ),
)  # fmt: skip

GROUPS = Kind(
    "groups", BASE, "admin", noted("Group"), noted("Groups"), "people",
    columns=("email", "manager", "roles", "active"),
    shapes_access=True,
    facts=("summary", "email", "manager", "parent", "roles", "active", "created_at"),
    asks=("name", "summary", "email", "manager_id", "parent_id", "roles", "active"),
    filters=("active",), parents=("parent",), verbs=("delete",),
    tabs=(
        Tab("overview", noted("Members"), (
            Panel("members", noted("Members"), "group_members", "group_id",
                  ("user", "created_at"), noted("Nobody is in it yet."), add="create",
                  asks=("user_id",), verbs=("delete",)),
            Panel("below", noted("Groups below it"), "groups", "parent_id",
                  ("name", "active"), noted("None are below it.")),
        )),
    ),
)  # fmt: skip

ROLES = Kind(
    "roles", BASE, "admin", noted("Role of ours"), noted("Roles of ours"), "lock",
    columns=("name", "audience", "summary"), title="title",
    shapes_access=True,
    facts=("name", "audience", "summary", "grants", "created_at"),
    asks=("name", "title", "summary", "audience", "grants"), verbs=("delete",),
)  # fmt: skip

RESPONSIBILITIES = Kind(
    "responsibilities", BASE, "admin", noted("Responsibility"), noted("Responsibilities"), "key",
    columns=("key", "kind", "active"), shapes_access=True,
    facts=("key", "kind", "description", "active"),
    asks=("key", "name", "kind", "description", "active"), filters=("kind", "active"),
    tabs=(
        Tab("overview", noted("What it gives"), (
            Panel("gives", noted("What it gives"), "access_configurations", "responsibility_id",
                  ("key", *_GIVES), noted("It gives nothing yet.")),
        )),
        Tab("holders", noted("Who has it"), (
            Panel("held", noted("Who has it"), "held_responsibilities", "responsibility_id",
                  ("holder", "anchor", "created_at"), noted("Nobody has it.")),
        )),
    ),
)  # fmt: skip

CONFIGURATIONS = Kind(
    "access_configurations", BASE, "admin", noted("What a responsibility gives"),
    noted("What responsibilities give"), "lock", columns=("responsibility", *_GIVES), title="key",
    shapes_access=True,
    facts=("responsibility", *_GIVES, "columns", "conditions"),
    asks=("key", "responsibility_id", "resource", "via", "beneath", "verbs", "columns",
          "conditions", "roles", "active"),
    filters=("active",), parents=("responsibility",), verbs=("delete",),
)  # fmt: skip

REVISIONS = Kind(
    "config_revisions", BASE, "admin", noted("Revision"), noted("Configuration history"), "clock",
    columns=("number", "origin", "counts", "created_at"), title="comment",
    facts=("number", "origin", "comment", "checksum", "created_at"), filters=("origin",),
)  # fmt: skip

FIELDS = Kind(
    "custom_fields", BASE, "admin", noted("Field of ours"), noted("Fields of ours"), "columns",
    columns=("resource", "type", "required", "active"), title="key",
    facts=("resource", "key", "type", "label", "help", "required", "target", "constraints",
           "choices", "indexed", "searchable", "staff", "customers", "partners", "active"),
    asks=("resource", "key", "label", "help", "type", "target", "required", "constraints",
          "choices", "indexed", "searchable", "staff", "customers", "partners", "visitors"),
)  # fmt: skip

IMPORTS = Kind(
    "imports", BASE, "admin", noted("Import"), noted("Imports"), "sheet",
    columns=("format", "mode", "progress", "created_count", "failed_count", "created_at", "state"),
    title="resource",
    facts=("format", "mode", "dry_run", "progress", "created_count", "updated_count",
           "unchanged_count", "failed_count", "problem", "started_at", "finished_at"),
    filters=("state", "dry_run"), verbs=("cancel",),
    tabs=(
        Tab("overview", noted("Rows that were refused"), (
            Panel("faults", noted("Rows that were refused"), "import_faults", "import_id",
                  ("row_number", "cells", "faults"), noted("No row was refused.")),
        )),
    ),
)  # fmt: skip

EXPORTS = Kind(
    "exports", BASE, "admin", noted("Export"), noted("Exports"), "file",
    columns=("format", "row_count", "created_at", "state"), title="resource",
    facts=("format", "columns", "conditions", "words", "row_count", "problem", "started_at",
           "finished_at", "expires_at"),
    filters=("state",), verbs=("cancel",),
)  # fmt: skip

AUDIT = Kind(
    "audit_entries", BASE, "admin", noted("Audit entry"), noted("Audit"), "book",
    columns=("at", "actor", "kind", "record_id"), title="action",
    facts=("at", "actor", "action", "kind", "record_id", "changes", "request_id", "origin"),
    filters=("kind", "action", "record_id", "request_id"),
)  # fmt: skip

KINDS = (USERS, PROFILES, GROUPS, ROLES, RESPONSIBILITIES, CONFIGURATIONS, FIELDS, REVISIONS,
         IMPORTS, EXPORTS, AUDIT)  # fmt: skip
