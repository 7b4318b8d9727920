"""Opening a case: one read for all that must be known, one write for all that follows."""

from typing import Any

from backend.foundation.entitlements.models import Channel
from backend.service.cases import rules
from backend.service.cases.actions.work import require_staff
from backend.service.cases.claims import claim
from backend.service.cases.coverage import cover, parties_of, start_clocks
from backend.service.cases.dealing import refuse_foreign_products
from backend.service.cases.events import CaseOpened
from backend.service.cases.models import Case, CaseState
from backend.service.cases.planned import give_out
from backend.service.cases.queries import owner_of
from backend.service.cases.resources import cases
from backend.service.cases.stream import tell_change
from backend.service.cases.types.playbook import needed, read_playbook, seen_of
from backend.service.cases.types.reading import enter, open_as, require_said, type_of
from infra.kernel.actions import action
from infra.kernel.context import Context
from infra.kernel.errors import Forbidden

_OWN = frozenset({"own", "own_account", "own_consumer"})
"""Ways by which one reaches cases of the own customer."""


@action(cases, on="collection", name="create", emits=(CaseOpened,))
async def create(ctx: Context, *, draft: bool = False, **values: Any) -> Case:
    """Open a case, or keep it as a draft; what the customer is owed is verified at once."""
    given = values.pop("priority", None)
    case = Case(**_present(values), priority=given or rules.USUAL_PRIORITY)
    await open_as(ctx, case, values | {"priority": given})
    if ctx.caller.audience in {"customer", "partner"}:
        await stand_for(ctx, case)
    elif opens_own_only(ctx, case):
        case.employee_id = ctx.caller.profile_id
    await enter(ctx, case, CaseState.DRAFT if draft else CaseState.NEW)
    case.opened_at, case.opened_by_id = ctx.now, ctx.caller.profile_id
    if case.assigned_to_id is not None:
        await require_staff(ctx, case.assigned_to_id)
    coverage = await cover(ctx, case)
    await refuse_foreign_products(ctx, case)
    if not draft and case.follows_id is None:
        await require_said(ctx, case)
    if not draft:
        await claim(ctx, case, coverage)
    await ctx.save(case)
    if not draft:
        await start_clocks(ctx, case, coverage)
        await tell_change(ctx, case, "create")
        await give_out_playbook(ctx, case)
        ctx.emit(opened(case))
    return case


@action(cases, emits=(CaseOpened,))
async def submit(ctx: Context, case: Case) -> None:
    """Send a draft: from now on it is somebody's work and its clocks run."""
    rules.require(case.state, "submit")
    before = case.state.value
    await enter(ctx, case, CaseState.NEW)
    case.opened_at = ctx.now
    coverage = await cover(ctx, case)
    await require_said(ctx, case)
    await refuse_foreign_products(ctx, case)
    await claim(ctx, case, coverage)
    await start_clocks(ctx, case, coverage)
    await ctx.save(case)
    await tell_change(ctx, case, "submit", before=before)
    await give_out_playbook(ctx, case)
    ctx.emit(opened(case))


async def give_out_playbook(ctx: Context, case: Case) -> None:
    """Open the tasks that a case like this needs by its type."""
    kind = await type_of(ctx, case)
    if kind is not None and kind.tasks:
        whole = read_playbook(kind.tasks)
        await give_out(ctx, case.id, needed(whole, seen_of(case)), whole)


async def stand_for(ctx: Context, case: Case) -> None:
    """Somebody outside opens cases in their own name or for a customer whom they name: whether they
    may is asked of the case as it will be. Raises Forbidden for somebody who is no customer.

    For another they are no party of the case: what they may do with it comes from whatever lets
    them act for the other, and ends with that.
    """
    mine = ctx.caller.attributes
    account_id = mine.get("account_id")
    if acts_for_others(ctx) and case.account_id is None and case.consumer_id is None:
        owner = await owner_of(ctx, parties_of(case))
        if owner not in {(None, None), (account_id, None), (None, mine.get("consumer_id"))}:
            case.account_id, case.consumer_id = owner  # what they chose is somebody else's
    names_another = case.account_id not in {None, account_id}
    if case.contact_id is None and case.consumer_id is None and not names_another:
        case.contact_id, case.consumer_id = mine.get("contact_id"), mine.get("consumer_id")
        case.account_id = account_id if case.consumer_id is None else None
    elif case.consumer_id is not None and case.intermediary_account_id is None:
        ways = {way.path_name for way in ctx.plan(cases).by("create")}
        if "consumer_at_hand" not in ways and "through_account" in ways:
            case.intermediary_account_id = account_id
    if case.contact_id is None and case.consumer_id is None and case.account_id is None:
        raise Forbidden("only a contact or a consumer can open a case here")
    case.channel = Channel.WIDGET if mine.get("module_id") else Channel.PORTAL


def acts_for_others(ctx: Context) -> bool:
    """Whether some grant lets the caller open cases that are not the own customer's."""
    return not {way.path_name for way in ctx.plan(cases).by("create")} <= _OWN


def opens_own_only(ctx: Context, case: Case) -> bool:
    """Whether this member of staff opens cases as one who is served, and names nobody else."""
    plan = ctx.plan(cases)
    if case.account_id or case.contact_id or case.consumer_id or case.sold_product_id:
        return False
    ways = {way.path_name for way in plan.by("create")}
    return not plan.is_total("create") and bool(ways) and ways <= {"employee", "place"}


def opened(case: Case) -> CaseOpened:
    """The event that routing waits for."""
    return CaseOpened(
        case_id=case.id,
        channel=case.channel.value,
        priority=case.priority,
        customer_kind=case.customer_kind.value,
        product_model_id=case.product_model_id,
    )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
