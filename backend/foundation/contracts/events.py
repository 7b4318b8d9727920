"""What happens to contracts."""

from dataclasses import dataclass
from uuid import UUID

from infra.kernel.events import Event


@dataclass(frozen=True)
class ContractBegan(Event, type="service_contracts.began"):
    """The contract's first day has come."""

    contract_id: UUID


@dataclass(frozen=True)
class ContractEnded(Event, type="service_contracts.ended"):
    """The contract's last day has passed."""

    contract_id: UUID
    successor_id: UUID | None


@dataclass(frozen=True)
class ContractCancelled(Event, type="service_contracts.cancelled"):
    """The contract holds no more."""

    contract_id: UUID


@dataclass(frozen=True)
class ContractRenewed(Event, type="service_contracts.renewed"):
    """The contract goes on as another one."""

    contract_id: UUID
    successor_id: UUID
