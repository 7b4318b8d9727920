"""Renewing a contract."""

from typing import Annotated

from annotated_types import Ge, Le

from backend.foundation.contract_lines.renewing import succeed
from backend.foundation.contracts.events import ContractRenewed
from backend.foundation.contracts.models import ServiceContract
from backend.foundation.contracts.resources import service_contracts
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(service_contracts, audiences=("staff",), emits=(ContractRenewed,))
async def renew(
    ctx: Context,
    contract: ServiceContract,
    *,
    months: Annotated[int, Ge(1), Le(1_200)] | None = None,
) -> ServiceContract:
    """Let a contract go on as a new one, from the day after its last, with the same lines."""
    return await succeed(ctx, contract, months)
