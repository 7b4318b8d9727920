"""What trees of sold products refuse."""

from infra.kernel.errors import Conflict


class SoldProductCycle(Conflict):
    type, title = "sold-product-cycle", "A sold product cannot be a part of itself"
