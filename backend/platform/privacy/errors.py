"""What privacy refuses."""

from infra.kernel.errors import Conflict


class RequestSettled(Conflict):
    type, title = "request-settled", "This request is no longer open"


class HoldReleased(Conflict):
    type, title = "hold-released", "This hold has ended already"


class LastAdministrator(Conflict):
    type, title = "last-administrator", "Nobody else administers this tenant"
