"""The states of a case and who belongs to it. Pure.

draft ──submit──► new ──start──► in_progress ◄──► waiting_customer, waiting_internal
                   └────────┬─────────┴──resolve──► resolved ──close──► closed
                         cancel                      └──────reopen──────┘
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from backend.service.cases.errors import CaseNotDraft, CaseNotOpen, CaseNotResolved, CaseOver
from backend.service.cases.models import CaseState, CustomerKind
from infra.kernel.errors import Conflict, Fault

S = CaseState
WORKED_ON = (S.NEW, S.IN_PROGRESS, S.WAITING_CUSTOMER, S.WAITING_INTERNAL)
FINISHED = (S.RESOLVED, S.CLOSED)
ENDED = (*FINISHED, S.CANCELLED)
LIVING = (S.DRAFT, *WORKED_ON, S.RESOLVED)

ALLOWED: Mapping[str, tuple[type[Conflict], tuple[CaseState, ...]]] = MappingProxyType(
    {
        "submit": (CaseNotDraft, (S.DRAFT,)),
        "assign": (CaseNotOpen, WORKED_ON),
        "escalate": (CaseNotOpen, WORKED_ON),
        "start": (CaseNotOpen, WORKED_ON),
        "wait": (CaseNotOpen, WORKED_ON),
        "resolve": (CaseNotOpen, WORKED_ON),
        "cancel": (CaseNotOpen, (S.DRAFT, *WORKED_ON)),
        "comment": (CaseOver, (*WORKED_ON, S.RESOLVED)),
        "update": (CaseOver, LIVING),
        "rewrite": (CaseNotDraft, (S.DRAFT,)),
        "close": (CaseNotResolved, (S.RESOLVED,)),
        "reopen": (CaseNotResolved, FINISHED),
        "rate": (CaseNotResolved, FINISHED),
        "merge": (CaseNotOpen, WORKED_ON),
        "move": (CaseNotOpen, WORKED_ON),
    }
)
"""Verb → its refusal, and the states in which it may be used."""


def require(state: CaseState, verb: str, narrowed: tuple[CaseState, ...] | None = None) -> None:
    """Raise the verb's Conflict, naming the states that allow it, unless this one does; the case's
    type may have narrowed them."""
    refusal, allowed_states = ALLOWED[verb]
    states = allowed_states if narrowed is None else narrowed
    if state not in states:
        allowed = ", ".join(each.value for each in states) or "nothing"
        raise refusal(
            f"the case is {state.value}; {verb} is allowed while it is {allowed}",
            allowed_states=[each.value for each in states],
        )


USUAL_PRIORITY = 3


def priority_of(
    impact: int | None, urgency: int | None, matrix: Mapping[str, int] | None = None
) -> int:
    """From 1, most urgent, to 4: from impact and urgency (1 high, 3 low; the middle where one is
    not known) by the tenant's matrix or the house's formula; the usual one where neither is."""
    if impact is None and urgency is None:
        return USUAL_PRIORITY
    impact, urgency = impact or 2, urgency or 2
    if matrix is not None:
        return matrix[f"{impact}-{urgency}"]
    return max(1, min(4, impact + urgency - 1))


@dataclass(frozen=True)
class Owned:
    """What belongs to a customer, as far as a case needs it."""

    account_id: UUID | None
    consumer_id: UUID | None
    product_model_id: UUID | None = None
    contract_id: UUID | None = None


@dataclass(frozen=True)
class Supported:
    """An asset, as far as a case needs it."""

    account_id: UUID | None
    consumer_id: UUID | None
    product_model_id: UUID
    sold_product_id: UUID | None = None
    install_base_item_id: UUID | None = None


@dataclass(frozen=True)
class Parties:
    """Who and what a case names."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    consumer_id: UUID | None = None
    product_model_id: UUID | None = None
    sold_product_id: UUID | None = None
    install_base_item_id: UUID | None = None
    contract_id: UUID | None = None
    asset_id: UUID | None = None
    intermediary_account_id: UUID | None = None


@dataclass(frozen=True)
class Known:
    """What is stored about what a case names; None where it was not named or is not there."""

    contact_account_id: UUID | None = None
    consumer_exists: bool = False
    product: Owned | None = None
    item_sold_product_id: UUID | None = None
    contract: Owned | None = None
    asset: Supported | None = None
    link_account_id: UUID | None = None
    link_is_entitled: bool = False


def complete(parties: Parties, known: Known) -> tuple[Parties, list[Fault]]:
    """Fill in what follows from what is named, and tell every contradiction."""
    faults = _missing(parties, known)
    asset = known.asset
    item = parties.install_base_item_id or (asset.install_base_item_id if asset else None)
    sold = parties.sold_product_id or known.item_sold_product_id
    if sold is None and asset is not None:
        sold = asset.sold_product_id
    if known.item_sold_product_id not in (None, sold):
        faults.append(_foreign("/install_base_item_id", "is a part of another sold product"))
    product, contract = known.product, known.contract
    account = parties.account_id or known.contact_account_id
    consumer = parties.consumer_id
    if account is None and consumer is None and product is not None:
        account, consumer = product.account_id, product.consumer_id
    elif account is None and consumer is None and asset is not None:
        account, consumer = asset.account_id, asset.consumer_id
    elif account is None and consumer is None and contract is not None:
        account, consumer = contract.account_id, contract.consumer_id
    if account is not None and consumer is not None:
        faults.append(_foreign("/consumer_id", "a case is a company's or a consumer's, not both"))
    if known.contact_account_id not in (None, account):
        faults.append(_foreign("/contact_id", "belongs to another account"))
    between = parties.intermediary_account_id
    if between is not None and (consumer is None or between != known.link_account_id):
        message = "the consumer is not served through this account"
        faults.append(Fault("/intermediary_account_id", "not_linked", message))
    if product is not None and account is None and product.account_id is not None:
        # A product that the business between has bought is used through it.
        between = between or known.link_account_id
    owner = account, consumer
    owners = {owner} if between is None else {owner, (between, None)}
    if product is not None and (product.account_id, product.consumer_id) not in owners:
        faults.append(_foreign("/sold_product_id", "belongs to another customer"))
    if asset is not None:
        faults += _asset_faults(asset, owner, sold, item)
    if contract is not None and (contract.account_id, contract.consumer_id) not in owners:
        faults.append(_foreign("/contract_id", "belongs to another customer"))
    return (
        Parties(
            account_id=account,
            contact_id=parties.contact_id,
            consumer_id=consumer,
            product_model_id=_model(parties, product, asset),
            sold_product_id=sold,
            install_base_item_id=item,
            contract_id=parties.contract_id or (product.contract_id if product else None),
            asset_id=parties.asset_id,
            intermediary_account_id=between if consumer is not None else None,
        ),
        faults,
    )


def _model(parties: Parties, product: Owned | None, asset: Supported | None) -> UUID | None:
    if product is not None:
        return product.product_model_id
    return asset.product_model_id if asset else parties.product_model_id


def _asset_faults(
    asset: Supported,
    owner: tuple[UUID | None, UUID | None],
    sold: UUID | None,
    item: UUID | None,
) -> list[Fault]:
    """An asset is this customer's, and the very thing that the case names beside it."""
    faults = []
    if (asset.account_id, asset.consumer_id) != owner:
        faults.append(_foreign("/asset_id", "belongs to another customer"))
    if asset.sold_product_id not in (None, sold) or asset.install_base_item_id not in (None, item):
        faults.append(Fault("/asset_id", "other_product", "is of another product"))
    return faults


def customer_kind(parties: Parties) -> CustomerKind:
    """Whose case it is."""
    if parties.account_id is not None:
        return CustomerKind.BUSINESS
    return CustomerKind.CONSUMER if parties.consumer_id else CustomerKind.UNKNOWN


def _missing(parties: Parties, known: Known) -> list[Fault]:
    absent = {
        "/contact_id": parties.contact_id and not known.contact_account_id,
        "/consumer_id": parties.consumer_id and not known.consumer_exists,
        "/sold_product_id": parties.sold_product_id and not known.product,
        "/install_base_item_id": parties.install_base_item_id and not known.item_sold_product_id,
        "/contract_id": parties.contract_id and not known.contract,
        "/asset_id": parties.asset_id and not known.asset,
    }
    return [Fault(p, "not_found", "there is no such record") for p, gone in absent.items() if gone]


def _foreign(pointer: str, message: str) -> Fault:
    return Fault(pointer, "other_customer", message)
