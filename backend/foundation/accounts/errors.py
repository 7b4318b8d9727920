"""What the hierarchy of accounts refuses."""

from infra.kernel.errors import Conflict


class HierarchyCycle(Conflict):
    type, title = "hierarchy-cycle", "An account cannot lie below itself"


class HierarchyTooDeep(Conflict):
    type, title = "hierarchy-too-deep", "The hierarchy has no room for another level"
