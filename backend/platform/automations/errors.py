"""What automations refuse."""

from infra.kernel.errors import Conflict


class AutomationKeyTaken(Conflict):
    type, title = "automation-key-taken", "There is an automation with this key already"


class RunNotOver(Conflict):
    type, title = "run-not-failed", "Only a run that died or was stopped can be taken again"


class NobodyToActAs(Conflict):
    type, title = "nobody-to-act-as", "The one as whom it acts is not active any more"
