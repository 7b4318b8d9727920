"""What ties between customers refuse."""

from infra.kernel.errors import Conflict


class TieEnded(Conflict):
    type, title = "relationship-ended", "This relationship has ended"
