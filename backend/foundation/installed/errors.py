"""What sold products and installed items refuse."""

from infra.kernel.errors import Conflict


class SoldProductCycle(Conflict):
    type, title = "sold-product-cycle", "A sold product cannot be a part of itself"


class InstalledItemCycle(Conflict):
    type, title = "installed-item-cycle", "An installed item cannot be a part of itself"


class ProductHasEnded(Conflict):
    type, title = "sold-product-ended", "The sold product has ended"


class MoreInstalledThanSold(Conflict):
    type, title = "more-installed-than-sold", "No more can be installed than was sold"
