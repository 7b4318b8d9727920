"""The life of a contract. Pure.

draft ──activate──► scheduled ──its first day──► active ──after its last day──► expired
  └───────────────────── cancel ─────────────────┘              └── renew ──► a successor
"""

from datetime import date

from backend.foundation.contracts.errors import ContractOver, ContractStateForbids
from backend.foundation.contracts.models import ContractState

S = ContractState
BY_DATE = (S.SCHEDULED, S.ACTIVE, S.EXPIRED)
LIVING = (S.DRAFT, S.SCHEDULED, S.ACTIVE)
RENEWABLE = (S.SCHEDULED, S.ACTIVE, S.EXPIRED)


def state_on(
    state: ContractState, starts_on: date, ends_on: date | None, on: date
) -> ContractState:
    """How the contract stands on a day; a draft and a cancelled one stand whatever the day."""
    if state not in BY_DATE:
        return state
    if on < starts_on:
        return S.SCHEDULED
    return S.EXPIRED if ends_on is not None and ends_on < on else S.ACTIVE


def require(state: ContractState, verb: str, states: tuple[ContractState, ...]) -> None:
    """Raise unless the verb may be used in this state."""
    if state not in states:
        allowed = [each.value for each in states]
        kind = ContractOver if state in {S.EXPIRED, S.CANCELLED} else ContractStateForbids
        raise kind(
            f"the contract is {state.value}; {verb} is allowed while it is {', '.join(allowed)}",
            allowed_states=allowed,
        )
