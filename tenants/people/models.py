"""People: one user a person, profiles to act as, groups to belong to."""

from enum import StrEnum

from tortoise import fields

from infra.kernel.model import BytesField, Record, TextArrayField


class UserState(StrEnum):
    """Whether a person may come in."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ProfileKind(StrEnum):
    """As what a person acts."""

    STAFF = "staff"
    CONTACT = "contact"
    CONSUMER = "consumer"
    PARTNER = "partner"


class ProfileState(StrEnum):
    """Whether a profile can be acted as."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class User(Record):
    """A person, stored once, whatever parts they play."""

    email = fields.CharField(max_length=254)
    name = fields.CharField(max_length=200)
    locale = fields.CharField(max_length=35, default="en")
    zone = fields.CharField(max_length=64, default="UTC")
    state = fields.CharEnumField(UserState, default=UserState.ACTIVE)
    password_hash = fields.TextField(null=True)
    auth_version = fields.BigIntField(default=1)
    email_verified_at = fields.DatetimeField(null=True)
    last_sign_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = "users"


class Profile(Record):
    """One part that a person plays, with its own record, roles and place in the audit."""

    user_id = fields.UUIDField()
    kind = fields.CharEnumField(ProfileKind)
    purpose = fields.CharField(max_length=40, default="")
    application = fields.CharField(max_length=40, default="crm")
    title = fields.CharField(max_length=200, default="")
    contact_id = fields.UUIDField(null=True)
    consumer_id = fields.UUIDField(null=True)
    account_id = fields.UUIDField(null=True)
    roles = TextArrayField(default=list)
    state = fields.CharEnumField(ProfileState, default=ProfileState.ACTIVE)
    is_default = fields.BooleanField(default=False)

    class Meta:
        table = "profiles"


class Group(Record):
    """People who work together: a target of assignment, an approver, a source of roles."""

    name = fields.CharField(max_length=200)
    name_key = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=1000, default="")
    email = fields.CharField(max_length=254, null=True)
    manager_id = fields.UUIDField(null=True)
    parent_id = fields.UUIDField(null=True)
    roles = TextArrayField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "groups"


class GroupMember(Record):
    """A person's place in a group; the group's roles come and go with it."""

    group_id = fields.UUIDField()
    user_id = fields.UUIDField()

    class Meta:
        table = "group_members"


class TenantRole(Record):
    """A role that the tenant wrote itself, as grants."""

    name = fields.CharField(max_length=63)
    title = fields.CharField(max_length=200)
    summary = fields.CharField(max_length=1000, default="")
    audience = fields.CharField(max_length=20)
    grants: list[dict[str, object]] = fields.JSONField(default=list)

    class Meta:
        table = "roles"


class Invitation(Record):
    """A letter that lets a person choose a password, once and for a few days."""

    user_id = fields.UUIDField()
    email = fields.CharField(max_length=254)
    token_hash = BytesField()
    invited_by = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitations"
