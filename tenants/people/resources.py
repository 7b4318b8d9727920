"""Users, profiles, groups and roles as the API shows them. Admins see all; agents, names."""

from typing import Annotated

from pydantic import StringConstraints

from infra.kernel.configured import Configured
from infra.kernel.resource import Relation, Resource, View, everything, match, through
from tenants.people.models import Group, GroupMember, Invitation, Profile, TenantRole, User

Purpose = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,39})?$")]
"""What somebody is here for: `patient`, `constituent`; mostly nothing has to be told apart."""
Application = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""The application that a profile is for: `crm`, `vendor_risk`."""

users = Resource(
    name="users",
    singular="user",
    model=User,
    summary="People of the tenant: whoever signs in, once each, whatever parts they play.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", "email", "name", "locale", "zone", "state", "email_verified_at",
                "last_sign_in_at", "created_at", "updated_at", "version",
            ),
            create=("email", "name", "locale", "zone"),
            update=("name", "locale", "zone"),
        ),
    },
    filters=("email", "name", "state"),
    sorts=("name", "created_at"),
    default_sort="name",
    search=("name", "email"),
    paths={
        "all": everything(),
        "self": match("id", "user_id"),
        "colleagues": through("id", "profiles", "user_id", everything({"kind": "staff"})),
    },
    generic=(),
    required=("email", "name"),
)  # fmt: skip

profiles = Resource(
    name="profiles",
    singular="profile",
    model=Profile,
    summary="The parts a person plays: as staff, as a contact, as a consumer, as a partner.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "user_id", "kind", "purpose", "application", "title", "contact_id",
                "consumer_id", "account_id", "roles", "state", "is_default", "created_at",
                "updated_at", "version",
            ),
            create=(
                "user_id", "kind", "purpose", "application", "title", "contact_id", "consumer_id",
                "account_id", "roles",
            ),
            update=(
                "purpose", "application", "title", "contact_id", "consumer_id", "account_id",
                "state", "is_default",
            ),
        ),
    },
    types={"purpose": Purpose, "application": Application},
    filters=(
        "user_id", "kind", "purpose", "application", "state", "contact_id", "consumer_id",
        "account_id",
    ),
    sorts=("created_at",),
    default_sort="created_at",
    relations={"user": Relation("user_id", "users")},
    paths={"all": everything(), "own": match("user_id", "user_id")},
    generic=(),
    required=("user_id", "kind"),
)  # fmt: skip

groups = Resource(
    name="groups",
    singular="group",
    model=Group,
    summary="Groups: targets of assignment, approvers, and a source of roles for their members.",
    label="name",
    views={
        "staff": View(
            read=(
                "id", "name", "summary", "email", "manager_id", "parent_id", "roles", "active",
                "created_at", "updated_at", "version",
            ),
            create=("name", "summary", "email", "manager_id", "parent_id", "roles"),
            update=("name", "summary", "email", "manager_id", "parent_id", "roles", "active"),
        ),
    },
    filters=("name", "active", "parent_id", "manager_id"),
    sorts=("name", "created_at"),
    default_sort="name",
    search=("name", "summary"),
    relations={
        "manager": Relation("manager_id", "users"),
        "parent": Relation("parent_id", "groups"),
    },
    paths={"all": everything(), "own": match("id", "group_ids")},
    generic=(),
    required=("name",),
    configured=Configured(after=("roles",), gives_access=True),
)  # fmt: skip

group_members = Resource(
    name="group_members",
    singular="group_member",
    model=GroupMember,
    summary="Who belongs to which group.",
    views={
        "staff": View(
            read=("id", "group_id", "user_id", "created_at", "updated_at", "version"),
            create=("group_id", "user_id"),
        ),
    },
    filters=("group_id", "user_id"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "group": Relation("group_id", "groups"),
        "user": Relation("user_id", "users"),
    },
    paths={"all": everything(), "own_groups": match("group_id", "group_ids")},
    generic=(),
    required=("group_id", "user_id"),
)

roles = Resource(
    name="roles",
    singular="role",
    model=TenantRole,
    summary="Roles that the tenant writes itself, beside the built-in ones.",
    label="title",
    views={
        "staff": View(
            read=(
                "id", "name", "title", "summary", "audience", "grants",
                "created_at", "updated_at", "version",
            ),
            create=("name", "title", "summary", "audience", "grants"),
            update=("title", "summary", "grants"),
        ),
    },
    filters=("name", "audience"),
    sorts=("created_at",),
    default_sort="created_at",
    generic=(),
    required=("name", "title", "audience", "grants"),
    configured=Configured(gives_access=True),
)  # fmt: skip

invitations = Resource(
    name="invitations",
    singular="invitation",
    model=Invitation,
    summary="Invitations that were sent; each lets one person in, once.",
    label="email",
    views={
        "staff": View(
            read=(
                "id", "user_id", "email", "invited_by", "expires_at", "accepted_at", "revoked_at",
                "created_at", "updated_at", "version",
            ),
            create=("user_id",),
        ),
    },
    filters=("user_id", "email"),
    sorts=("created_at",),
    default_sort="-created_at",
    relations={"user": Relation("user_id", "users")},
    generic=(),
    required=("user_id",),
)  # fmt: skip
