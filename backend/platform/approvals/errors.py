"""What approvals refuse."""

from infra.kernel.errors import Conflict


class ApprovalKeyTaken(Conflict):
    type, title = "approval-rule-key-taken", "There is a rule with this key already"


class NobodyToAsk(Conflict):
    type, title = "nobody-to-ask", "A rule asks for consent, and there is nobody who could give it"


class NothingToAsk(Conflict):
    type, title = "nothing-to-ask", "No rule asks for consent to this"


class ApprovalPending(Conflict):
    type, title = "approval-pending", "Something else waits for consent on this record already"


class ApprovalOver(Conflict):
    type, title = "approval-over", "This has been decided, or taken back"


class ApprovalDecided(Conflict):
    type, title = "approval-decided", "You have decided otherwise, and that stands"


class ApprovalStale(Conflict):
    type, title = "approval-stale", "The record has changed since you were asked"


class OwnRequest(Conflict):
    type, title = "own-request", "Nobody consents to what they asked for themselves"


class NotAsked(Conflict):
    type, title = "approval-not-asked", "You are not asked now"


class ApproverNoLonger(Conflict):
    type, title = "approver-no-longer", "You are no longer what you were asked as"


class DeputyOverlaps(Conflict):
    type, title = "deputy-overlaps", "There is a deputy for a part of that time already"
