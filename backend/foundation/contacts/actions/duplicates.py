"""Looking for a person of a company before entering one."""

from typing import Annotated

from annotated_types import MaxLen

from backend.foundation.contacts.resources import contacts
from backend.platform.duplicates.screening import Suspects, suspects
from infra.kernel.actions import action
from infra.kernel.context import Context


@action(contacts, on="collection", name="duplicates", verb="create", audiences=("staff",))
async def duplicates(
    ctx: Context,
    *,
    name: Annotated[str, MaxLen(200)] = "",
    email: Annotated[str, MaxLen(254)] | None = None,
    phone: Annotated[str, MaxLen(50)] | None = None,
    mobile: Annotated[str, MaxLen(50)] | None = None,
) -> Suspects:
    """Name the contacts that look like this one, as far as the caller may see them."""
    values = {"name": name, "email": email, "phone": phone, "mobile": mobile}
    return await suspects(ctx, contacts, values, None)
