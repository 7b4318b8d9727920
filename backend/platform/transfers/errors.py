"""What imports and exports refuse."""

from infra.kernel.errors import Conflict, Problem


class TransferEnded(Conflict):
    type, title = "transfer-ended", "It has come to an end already"


class TooManyTransfers(Conflict):
    type, title = "too-many-transfers", "Others have to finish first"


class UnreadableFile(Problem):
    """The file is none of its kind, or one that would harm whoever reads it."""

    status, type, title = 422, "unreadable-file", "The file cannot be read"
