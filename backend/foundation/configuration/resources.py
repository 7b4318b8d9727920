"""What the outside knows of configuration items: customers see those of what is theirs."""

from backend.foundation.configuration.models import ConfigurationDependency, ConfigurationItem
from backend.foundation.products.resources import Specifications
from backend.platform.calendars.resources import Name
from infra.kernel.resource import Relation, Resource, View, everything, readable, through

_DATA = ("name", "ci_class", "serial_number", "attributes", "parent_id", "state")
_READ = ("id", "number", *_DATA, "created_at", "updated_at", "version")
_OUTSIDE = View(
    read=("id", "number", "name", "ci_class", "serial_number", "state", "created_at", "updated_at")
)

configuration_items = Resource(
    name="configuration_items",
    singular="configuration_item",
    model=ConfigurationItem,
    summary="What runs for customers: services, programs, devices, sites.",
    label="name",
    number="CI",
    types={"name": Name, "attributes": Specifications},
    views={
        "staff": View(read=_READ, create=_DATA, update=_DATA),
        "customer": _OUTSIDE,
        "partner": _OUTSIDE,
    },
    filters=("number", "name", "ci_class", "serial_number", "parent_id", "state"),
    sorts=("name", "number"),
    default_sort="name",
    search=("number", "name", "serial_number"),
    relations={"parent": Relation("parent_id", "configuration_items")},
    paths={
        "all": everything(),
        "installed": through("id", "install_base_items", "configuration_item_id", readable()),
    },
    generic=("create", "delete"),
    required=("name",),
)

configuration_dependencies = Resource(
    name="configuration_dependencies",
    singular="configuration_dependency",
    model=ConfigurationDependency,
    summary="Which configuration items need which others in order to run.",
    views={
        "staff": View(
            read=("id", "item_id", "needed_id", "kind", "created_at", "updated_at", "version"),
            create=("item_id", "needed_id", "kind"),
            update=("kind",),
        )
    },
    filters=("item_id", "needed_id", "kind"),
    sorts=("created_at",),
    default_sort="created_at",
    relations={
        "item": Relation("item_id", "configuration_items"),
        "needed": Relation("needed_id", "configuration_items"),
    },
    generic=("update", "delete"),
    required=("item_id", "needed_id"),
)
