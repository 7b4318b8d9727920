"""A recount on demand: what an operator runs to see that the figures are what the cases say."""

from dataclasses import dataclass
from uuid import UUID

from backend.service.insights import counting_queries as queries
from backend.service.insights.counting import CASES_LOOKED_AT, MARKS_MOST
from infra.kernel.services import Services


@dataclass(frozen=True)
class Recount:
    """How many cases were counted wrongly, and how many sums were wrong; None while another
    process counts, and nothing can be said."""

    cases_astray: int | None
    sums_wrong: int | None
    mended: bool


async def recount(services: Services, tenant_id: UUID, *, mend: bool) -> Recount:
    """Compare everything. Cases that were counted wrongly are marked, for the job to count again;
    with `mend` they are counted at once, and sums put right."""
    async with services.system(tenant_id, reason="recount") as ctx:
        if await queries.hold_head(ctx) is None:
            return Recount(None, None, mended=False)
        astray = 0
        last: UUID | None = queries.NIL
        while last is not None:
            last, found = await queries.mark_astray(ctx, last, CASES_LOOKED_AT)
            astray += found
        wrong = len(await queries.wrong_sums(ctx))
        mended = mend and bool(astray or wrong)
        if mended:
            while await queries.fold(ctx, MARKS_MOST):
                pass
            await queries.mend_sums(ctx)
    return Recount(astray, wrong, mended=mended)
