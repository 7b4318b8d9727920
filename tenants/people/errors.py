"""Refusals about people."""

from infra.kernel.errors import Conflict, Duplicate


class EmailTaken(Duplicate):
    title = "There is a person with this address already"


class LastAdministrator(Conflict):
    type, title = "last-administrator", "Somebody must be left who administers the tenant"


class RoleInUse(Conflict):
    type, title = "role-in-use", "Somebody still holds this role"


class GroupCircle(Conflict):
    type, title = "group-circle", "A group cannot lie below itself"


class RoleNotHeld(Conflict):
    type, title = "role-not-held", "The profile does not have this role"


class AlreadySuspended(Conflict):
    type, title = "already-suspended", "This person is suspended already"


class NotSuspended(Conflict):
    type, title = "not-suspended", "This person is not suspended"


class InvitationSpent(Conflict):
    type, title = "invitation-spent", "This invitation was used or taken back"


class AlreadyActive(Conflict):
    type, title = "already-active", "This person has come in already"
