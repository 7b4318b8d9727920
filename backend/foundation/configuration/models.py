"""What runs for customers, and what it needs in order to run."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from infra.kernel.model import Record


class ConfigurationClass(StrEnum):
    """What sort of thing a configuration item is."""

    APPLICATION_SERVICE = "application_service"
    SOFTWARE = "software"
    SERVER = "server"
    NETWORK = "network"
    STORAGE = "storage"
    END_USER_DEVICE = "end_user_device"
    MACHINE = "machine"
    FACILITY = "facility"
    OTHER = "other"


class ConfigurationState(StrEnum):
    """Where a configuration item is in its life."""

    PLANNED = "planned"
    OPERATIONAL = "operational"
    IN_MAINTENANCE = "in_maintenance"
    RETIRED = "retired"


class DependencyKind(StrEnum):
    """How one item needs another."""

    DEPENDS_ON = "depends_on"
    RUNS_ON = "runs_on"
    CONNECTS_TO = "connects_to"
    USES = "uses"


class ConfigurationItem(Record):
    """Something that runs: a service, a program, a device, a site."""

    number = fields.CharField(max_length=40, null=True)
    name = fields.CharField(max_length=200)
    ci_class = fields.CharEnumField(ConfigurationClass, default=ConfigurationClass.OTHER)
    serial_number = fields.CharField(max_length=200, null=True)
    attributes: dict[str, Any] = fields.JSONField(default=dict)
    parent_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(ConfigurationState, default=ConfigurationState.OPERATIONAL)

    class Meta:
        table = "configuration_items"


class ConfigurationDependency(Record):
    """That one item needs another: where `needed_id` fails, `item_id` is hit."""

    item_id = fields.UUIDField()
    needed_id = fields.UUIDField()
    kind = fields.CharEnumField(DependencyKind, default=DependencyKind.DEPENDS_ON)

    class Meta:
        table = "configuration_dependencies"
