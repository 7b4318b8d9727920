"""What billing accounts refuse."""

from infra.kernel.errors import Conflict


class BillingCycle(Conflict):
    type, title = "billing-cycle", "A billing account cannot lie below itself"


class OverPaid(Conflict):
    type, title = "over-paid", "Together the shares would be more than the whole"
