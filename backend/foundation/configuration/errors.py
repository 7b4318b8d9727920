"""What configuration items refuse."""

from infra.kernel.errors import Conflict


class ConfigurationCycle(Conflict):
    type, title = "configuration-cycle", "A configuration item cannot be a part of itself"


class DependencyCycle(Conflict):
    type, title = "dependency-cycle", "A configuration item cannot need itself"
