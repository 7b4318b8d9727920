"""The admin area, first part: who is who, and who may do what."""

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
    section="access",
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
    section="access",
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
    section="access",
)  # fmt: skip

ROLES = Kind(
    "roles", BASE, "admin", noted("Role of ours"), noted("Roles of ours"), "lock",
    columns=("name", "audience", "summary"), title="title",
    shapes_access=True,
    facts=("name", "audience", "summary", "grants", "created_at"),
    asks=("name", "title", "summary", "audience", "grants"), verbs=("delete",),
    section="access",
)  # fmt: skip

RESPONSIBILITIES = Kind(
    "responsibilities", BASE, "admin", noted("Responsibility"), noted("Responsibilities"), "key",
    columns=("key", "kind", "active"), shapes_access=True,
    facts=("key", "kind", "description", "active"),
    asks=("key", "name", "kind", "description", "active"), filters=("kind", "active"),
    tabs=(
        Tab("overview", noted("What it gives"), (
            Panel("gives", noted("What it gives"), "access_configurations", "responsibility_id",
                  ("key", *_GIVES), noted("It gives nothing yet."), enters=True),
        )),
        Tab("holders", noted("Who has it"), (
            Panel("held", noted("Who has it"), "held_responsibilities", "responsibility_id",
                  ("holder", "anchor", "created_at"), noted("Nobody has it.")),
        )),
    ),
    section="access",
)  # fmt: skip

CONFIGURATIONS = Kind(
    "access_configurations", BASE, "admin", noted("What a responsibility gives"),
    noted("What responsibilities give"), "lock", columns=("responsibility", *_GIVES), title="key",
    shapes_access=True,
    facts=("responsibility", *_GIVES, "columns", "conditions"),
    asks=("key", "responsibility_id", "resource", "via", "beneath", "verbs", "columns",
          "conditions", "roles", "active"),
    filters=("active",), parents=("responsibility",), verbs=("delete",),
    section="access",
)  # fmt: skip

KINDS = (USERS, PROFILES, GROUPS, ROLES, RESPONSIBILITIES, CONFIGURATIONS)
