"""What product trees refuse."""

from infra.kernel.errors import Conflict


class ProductCycle(Conflict):
    type, title = "product-cycle", "A product cannot be a part of itself"
