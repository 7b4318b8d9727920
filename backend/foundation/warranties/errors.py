"""What warranties refuse."""

from infra.kernel.errors import Conflict


class WarrantyVoid(Conflict):
    type, title = "warranty-void", "The warranty does not count any more"
