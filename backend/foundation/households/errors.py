"""What households refuse."""

from infra.kernel.errors import Conflict


class NotAMember(Conflict):
    type, title = "not-a-member", "The consumer does not belong to this household"


class AlreadyAMember(Conflict):
    type, title = "already-a-member", "The consumer belongs to this household already"
