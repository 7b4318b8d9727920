"""What the rules for duplicates refuse."""

from infra.kernel.errors import Conflict


class DuplicateSuspected(Conflict):
    type, title = "duplicate-suspected", "There is a record already that looks like this one"


class PairSettled(Conflict):
    type, title = "pair-settled", "This pair was judged already"
