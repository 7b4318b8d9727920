"""What is refused when configuration is applied."""

from infra.kernel.errors import Conflict


class ConfigurationMoved(Conflict):
    """Somebody configured something since the plan was made."""

    type, title = "configuration-moved", "The configuration has changed since the plan was made"
