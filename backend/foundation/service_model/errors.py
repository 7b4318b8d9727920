"""What the tree of organisations refuses."""

from infra.kernel.errors import Conflict


class OrganizationCycle(Conflict):
    type, title = "organization-cycle", "An organisation cannot lie below itself"


class OrganizationTreeTooDeep(Conflict):
    type, title = "organization-tree-too-deep", "The tree has no room for another level"


class OverseesInCircle(Conflict):
    type, title = "oversees-in-circle", "Two organisations cannot oversee each other"
