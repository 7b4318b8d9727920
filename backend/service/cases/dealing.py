"""What a dealer may open a case about: the products and contracts that its organisation has."""

from dataclasses import dataclass
from uuid import UUID

from backend.service.cases.models import Case, EntitlementStatus
from backend.service.cases.queries import scope_at
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Invalid

WARRANTY = "warranty"
"""The category of a case that calls upon a warranty."""


@dataclass(frozen=True)
class Scope:
    """The kinds of contract that a dealer may call upon for a product (None where the product is
    not the dealer's), and the kind of the one that the case stands on."""

    contract_types: tuple[str, ...] | None
    contract_type: str | None


async def refuse_foreign_products(ctx: Context, case: Case) -> None:
    """Raises Invalid where a dealer's case is about what is not the dealer's; whoever is no dealer,
    and a dealer who asks in the own name, is not held to that."""
    if "dealer" not in ctx.caller.roles or ctx.caller.audience not in {"customer", "partner"}:
        return
    if case.account_id is not None and case.account_id == ctx.caller.attributes.get("account_id"):
        return
    faults = scope_faults(
        case.product_model_id,
        Scope(*await scope_at(ctx, case)),
        warranty=case.category == WARRANTY,
        verified=case.entitlement_status is EntitlementStatus.VERIFIED,
    )
    if faults:
        raise Invalid(faults)


def scope_faults(
    model_id: UUID | None, scope: Scope, *, warranty: bool, verified: bool
) -> list[Fault]:
    """Every reason why a dealer cannot open this case."""
    if model_id is None:
        return [Fault("/sold_product_id", "missing", "a dealer's case is about a product")]
    if scope.contract_types is None:
        return [Fault("/sold_product_id", "outside_scope", "is no product of your organisation")]
    faults = []
    if scope.contract_type is not None and scope.contract_type not in scope.contract_types:
        message = f"your organisation may not call upon a {scope.contract_type} contract"
        faults.append(Fault("/sold_product_id", "outside_scope", message))
    if warranty and not (verified and scope.contract_type == WARRANTY):
        message = "no warranty holds for this product"
        faults.append(Fault("/category", "no_warranty", message))
    return faults
