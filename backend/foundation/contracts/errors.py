"""What a contract's state refuses."""

from infra.kernel.errors import Conflict


class ContractStateForbids(Conflict):
    type, title = "contract-state", "The contract's state forbids this"


class ContractOver(Conflict):
    type, title = "contract-over", "The contract is over"


class ContractRenewedAlready(Conflict):
    type, title = "contract-renewed-already", "The contract has a successor"


class ContractHasNoEnd(Conflict):
    type, title = "contract-has-no-end", "What does not end is not renewed"
