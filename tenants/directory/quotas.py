"""What a tenant has of the things that its plan counts."""

from infra.kernel.context import Context
from infra.kernel.quotas import Quotas
from tenants.plans import plan

# The lock makes the count exact: two who add the last one at once would both see room for it.
_PLAN = """
SELECT plan, pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::text, 0))
  FROM tenants WHERE id = $1
"""
_USED = {
    "users_max": "SELECT count(*) FROM users WHERE tenant_id = $1",
    "custom_roles_max": "SELECT count(*) FROM roles WHERE tenant_id = $1",
    "custom_fields_max": "SELECT count(*) FROM custom_fields WHERE tenant_id = $1",
    "custom_fields_indexed_max": """SELECT count(*) FROM custom_fields
                                    WHERE tenant_id = $1 AND indexed AND active""",
    "automations_max": "SELECT count(*) FROM automations WHERE tenant_id = $1",
    "webhooks_max": "SELECT count(*) FROM webhooks WHERE tenant_id = $1",
    "storage_bytes_max": """SELECT coalesce(sum(size_bytes), 0)::bigint FROM attachments
                            WHERE tenant_id = $1""",
    "api_keys_max": """SELECT count(*) FROM credentials
                       WHERE tenant_id = $1 AND kind = 'api_key' AND revoked_at IS NULL""",
}


class PlanQuotas(Quotas):
    """Counts, and compares with the plan that the tenant is on."""

    async def require_room(self, ctx: Context, limit: str, wanted: int) -> None:
        """Raise QuotaReached where the plan has no room for so many more."""
        if (PlanQuotas, limit) not in ctx.memory:
            name = await ctx.fetchval(_PLAN, ctx.tenant_id, limit)
            used = await ctx.fetchval(_USED[limit], ctx.tenant_id)
            ctx.memory[PlanQuotas, limit] = (plan(name or ""), used)
        agreed, used = ctx.memory[PlanQuotas, limit]
        agreed.require_room(limit, used, wanted)
        # The lock is held until the end, so nobody else adds one meanwhile.
        ctx.memory[PlanQuotas, limit] = (agreed, used + wanted)
