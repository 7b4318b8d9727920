"""What a case's state refuses. Each says which states allow the verb."""

from infra.kernel.errors import Conflict


class CaseNotDraft(Conflict):
    type, title = "case-not-draft", "The case is no draft any more"


class CaseNotOpen(Conflict):
    type, title = "case-not-open", "Nobody works on this case"


class CaseNotResolved(Conflict):
    type, title = "case-not-resolved", "The case has no resolution yet"


class CaseOver(Conflict):
    type, title = "case-over", "The case is over"


class CaseAlreadyRated(Conflict):
    type, title = "case-already-rated", "The case has been rated"


class CaseTaskOver(Conflict):
    type, title = "case-task-over", "The task is over"


class CaseTaskBlocked(Conflict):
    type, title = "case-task-blocked", "The task waits for another one"


class CaseTaskHasOpenParts(Conflict):
    type, title = "case-task-has-open-parts", "A part of the task is not over"


class CaseTaskCircle(Conflict):
    type, title = "case-task-circle", "A task cannot wait for itself"


class EscalationOver(Conflict):
    type, title = "escalation-over", "The escalation has ended"


class CaseMergedAlready(Conflict):
    type, title = "case-merged", "The case goes on in another one"


class CaseNotMerged(Conflict):
    type, title = "case-not-merged", "The case is no part of another"


class CaseStageNotNext(Conflict):
    type, title = "case-stage-not-next", "The stage does not follow the one before"


class CaseNoDuplicate(Conflict):
    type, title = "case-no-duplicate", "The case is no duplicate"
