"""Whether somebody still is what they were asked as: in the house, in the group, in the role."""

from backend.platform.approvals import queries
from backend.platform.approvals.models import Approval
from backend.platform.responsibilities.queries import profiles_with_roles
from infra.kernel.context import Context


async def is_eligible(ctx: Context, row: Approval) -> bool:
    """Whether the approver of a seat is still somebody whom the rule would mean."""
    person = (await queries.people(ctx, [row.approver_id])).get(row.approver_id)
    if person is None:
        return False
    if row.group_id is not None:
        return bool(await queries.members(ctx, row.group_id, [person["user_id"]]))
    if row.role is None:
        return True
    return row.approver_id in await profiles_with_roles(ctx, [row.role])
