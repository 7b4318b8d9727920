"""Choosing a catalogue item: the case for it is open at once, in its category, with its priority
and its group, and waits for an agent like any other. Nobody reviews it first."""

from typing import Annotated, Any
from uuid import UUID

from annotated_types import MaxLen

from backend.foundation.accounts.resources import accounts
from backend.foundation.catalog.errors import ItemNotPublished
from backend.foundation.catalog.forms import Answers, read_answers, read_form, told
from backend.foundation.catalog.models import CatalogItem
from backend.foundation.catalog.resources import catalog_items
from backend.foundation.consumers.resources import consumers
from backend.foundation.contacts.resources import contacts
from backend.foundation.installed.models import SoldProduct
from backend.service.cases.actions.create import create as open_case
from backend.service.cases.events import CaseOpened
from backend.service.cases.models import Case
from backend.service.cases.resources import cases
from backend.service.requests.clocks import start_clocks
from backend.service.requests.events import CatalogItemRequested
from backend.service.requests.fulfilling import set_out
from backend.service.requests.models import CatalogRequest
from backend.service.requests.subject import product_of
from infra.kernel.actions import action
from infra.kernel.columns import Text
from infra.kernel.context import Context
from infra.kernel.errors import Fault, Forbidden, Invalid, NotFound

_PARTIES = {"account_id": accounts, "contact_id": contacts, "consumer_id": consumers}


@action(catalog_items, name="request", emits=(CaseOpened, CatalogItemRequested))
async def request(
    ctx: Context,
    item: CatalogItem,
    *,
    answers: Answers = {},  # noqa: B006  never changed
    sold_product_id: UUID | None = None,
    account_id: UUID | None = None,
    contact_id: UUID | None = None,
    consumer_id: UUID | None = None,
    comment: Annotated[Text, MaxLen(10_000)] = "",
) -> CatalogRequest:
    """Request an item for a product one owns, or for a customer for whom one may open cases."""
    if not item.offered:
        raise ItemNotPublished("request allows published, in a catalogue that is open")
    form = read_form(item.form)
    kept, faults = read_answers(form, answers)
    named = {"account_id": account_id, "contact_id": contact_id, "consumer_id": consumer_id}
    parties = {name: key for name, key in named.items() if key is not None}
    faults += await _strangers(ctx, parties)
    owner = {name: key for name, key in parties.items() if name != "contact_id"}
    product, unfit = await product_of(ctx, item, sold_product_id, owner)
    if faults + unfit:
        raise Invalid(faults + unfit)
    words = "\n\n".join(part for part in (told(form, kept), comment) if part)
    parties = parties or _others(ctx, product)
    case = await open_case(ctx, **(_case_of(item, product, words) | parties))
    if parties:
        await _require_place(ctx, case)
    made = await _keep(ctx, item, case, kept)
    await set_out(ctx, made, case)
    return made


def _case_of(item: CatalogItem, product: SoldProduct | None, words: str) -> dict[str, Any]:
    """What the item says of its case."""
    return {
        "subject": item.name,
        "description": words,
        "category": item.case_category,
        "subcategory": item.case_subcategory,
        "priority": item.case_priority,
        "assignment_group_id": item.assignment_group_id,
        "sold_product_id": product.id if product else None,
    }


async def _keep(
    ctx: Context, item: CatalogItem, case: Case, answers: dict[str, Any]
) -> CatalogRequest:
    made = CatalogRequest(
        catalog_item_id=item.id,
        item_name=item.name,
        case_id=case.id,
        case_number=case.number,
        sold_product_id=case.sold_product_id,
        answers=answers,
        form=item.form,
        form_version=item.form_version,
        approval=item.approval,
        account_id=case.account_id,
        tasks=item.tasks,
        requested_by_id=ctx.caller.profile_id,
    )
    await ctx.save(made)
    await start_clocks(ctx, made, case)
    ctx.emit(
        CatalogItemRequested(catalog_request_id=made.id, catalog_item_id=item.id, case_id=case.id)
    )
    return made


async def _strangers(ctx: Context, parties: dict[str, UUID]) -> list[Fault]:
    """Faults for customers whom the caller may not see."""
    faults = []
    for name, key in parties.items():
        try:
            await ctx.get(_PARTIES[name], key)
        except NotFound:
            faults.append(Fault(f"/{name}", "not_found", "there is no such record"))
    return faults


def _others(ctx: Context, product: SoldProduct | None) -> dict[str, UUID]:
    """The owner of the product, where somebody outside asks for what is not their own."""
    if product is None or ctx.caller.audience in {"staff", "system"}:
        return {}
    owner = {"account_id": product.account_id, "consumer_id": product.consumer_id}
    mine = ctx.caller.attributes
    return {name: key for name, key in owner.items() if key is not None and key != mine.get(name)}


async def _require_place(ctx: Context, case: Case) -> None:
    """Who asks for another must be one who may open cases there; raises Forbidden, and then
    nothing is kept."""
    if ctx.caller.is_system:
        return
    try:
        await ctx.get(cases, case.id, verb="create")
    except NotFound:
        raise Forbidden("you may not open cases for this customer") from None
