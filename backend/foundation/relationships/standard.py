"""The ways of relating accounts that every tenant starts with; an admin changes them freely."""

from backend.foundation.relationships.models import AccountRelationshipType, AccountRole
from backend.platform.responsibilities.holding import responsibility_named
from infra.kernel.context import Context
from infra.kernel.registry import Lay

_PARTNER, _CUSTOMER = AccountRole.PARTNER, AccountRole.CUSTOMER
STANDARD: tuple[tuple[str, str, AccountRole, AccountRole, str | None], ...] = (
    ("Partner of", "Customer of", _PARTNER, _CUSTOMER, "account_representative"),
    ("Affiliate of", "Affiliated with", _CUSTOMER, _CUSTOMER, None),
    ("Distributor for", "Supplied through", _PARTNER, _PARTNER, None),
)
"""Name, reverse name, who stands on either side, and what the first side has on the other."""


async def found(ctx: Context, lay: Lay) -> None:
    """Give a new tenant the standard types."""
    for name, reverse_name, from_role, to_role, key in STANDARD:
        gives = await responsibility_named(ctx, key) if key else None
        await lay(
            AccountRelationshipType(
                name=name,
                reverse_name=reverse_name,
                from_role=from_role,
                to_role=to_role,
                responsibility_id=gives.id if gives else None,
            )
        )
