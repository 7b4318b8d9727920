"""The case that follows one which is too long over to be taken up again."""

from backend.service.cases.actions.create import create
from backend.service.cases.models import Case
from infra.kernel.context import Context

_KEPT = (
    "category", "subcategory", "impact", "urgency", "account_id", "contact_id", "consumer_id",
    "intermediary_account_id", "product_model_id", "sold_product_id", "install_base_item_id",
    "asset_id", "contract_id", "business_location_id", "employee_id", "account_relationship_id",
    "case_type_id", "custom", "product_context",
)  # fmt: skip
_SUBJECT_MAX = 300


async def follow_up(ctx: Context, case: Case, words: str) -> Case:
    """Open a case for the same customer about the same thing, which names the one before."""
    kept = {name: getattr(case, name) for name in _KEPT}
    return await create(
        ctx, subject=case.subject[:_SUBJECT_MAX], description=words, follows_id=case.id, **kept
    )
