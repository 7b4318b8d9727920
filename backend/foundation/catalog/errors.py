"""What the catalogue refuses; each says which states allow the verb."""

from infra.kernel.errors import Conflict


class CategoryCycle(Conflict):
    type, title = "catalog-category-cycle", "A category cannot lie in itself"


class ItemIsPublished(Conflict):
    type, title = "catalog-item-is-published", "The item is published already"


class ItemNotPublished(Conflict):
    type, title = "catalog-item-not-published", "Only a published item allows this"


class ItemWasPublished(Conflict):
    type, title = "catalog-item-was-published", "What was offered once is retired, not removed"
