"""What units refuse. Each says what would help."""

from infra.kernel.errors import Conflict


class UnitsExhausted(Conflict):
    type, title = "units-exhausted", "The units of this entitlement are used up"


class UseOver(Conflict):
    type, title = "use-over", "These units are settled"


class NotCountedInHours(Conflict):
    type, title = "not-counted-in-hours", "This entitlement counts cases, not hours"


class LineSettled(Conflict):
    type, title = "line-settled", "The line is no longer open"
