"""What merging refuses."""

from infra.kernel.errors import Conflict


class MergeBlocked(Conflict):
    type, title = "merge-blocked", "Records that depend on the two exclude each other"


class MergeTooLarge(Conflict):
    type, title = "merge-too-large", "More records depend on it than one merge moves"


class MergedAlready(Conflict):
    type, title = "merged-already", "This record was merged into another"


class MergeNotUndoable(Conflict):
    type, title = "merge-not-undoable", "This merge cannot be undone any more"


class ChangedSinceMerge(Conflict):
    type, title = "changed-since-merge", "Records that the merge touched have changed since"
