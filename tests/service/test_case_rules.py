"""The states of a case, and who belongs to it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.service.cases.errors import CaseNotDraft, CaseNotOpen, CaseNotResolved, CaseOver
from backend.service.cases.models import CaseState, CustomerKind
from backend.service.cases.rules import (
    ALLOWED,
    Known,
    Owned,
    Parties,
    complete,
    customer_kind,
    priority_of,
    require,
)
from infra.kernel.errors import Conflict

ACME, OTHER, ANNA, EVE, ROUTER, ITEM, MODEL, CONTRACT = (UUID(int=n) for n in range(1, 9))
OPEN = "new in_progress waiting_customer waiting_internal"


@pytest.mark.parametrize(
    ("verb", "refusal", "states"),
    [
        ("submit", CaseNotDraft, "draft"),
        ("assign", CaseNotOpen, OPEN),
        ("start", CaseNotOpen, OPEN),
        ("wait", CaseNotOpen, OPEN),
        ("resolve", CaseNotOpen, OPEN),
        ("cancel", CaseNotOpen, f"draft {OPEN}"),
        ("comment", CaseOver, f"{OPEN} resolved"),
        ("update", CaseOver, f"draft {OPEN} resolved"),
        ("rewrite", CaseNotDraft, "draft"),
        ("close", CaseNotResolved, "resolved"),
        ("reopen", CaseNotResolved, "resolved closed"),
        ("rate", CaseNotResolved, "resolved closed"),
        ("merge", CaseNotOpen, OPEN),
        ("move", CaseNotOpen, OPEN),
    ],
)
def test_a_verb_is_allowed_in_its_states_and_refused_in_all_others(
    verb: str, refusal: type[Conflict], states: str
) -> None:
    for state in CaseState:
        if state.value in states.split():
            require(state, verb)
            continue
        with pytest.raises(refusal) as caught:
            require(state, verb)
        assert caught.value.extra["allowed_states"] == states.split()
        assert states.split(maxsplit=1)[0] in caught.value.detail


def test_every_verb_is_in_the_table() -> None:
    assert len(ALLOWED) == 15


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        (None, None, 3),
        (1, 1, 1),
        (1, 2, 2),
        (2, 2, 3),
        (3, 3, 4),
        (1, 3, 3),
        (None, 1, 2),
    ],
)
def test_priority_comes_from_impact_and_urgency(
    impact: int | None, urgency: int | None, priority: int
) -> None:
    assert priority_of(impact, urgency) == priority


def test_a_tenants_matrix_stands_above_the_formula_and_says_nothing_of_the_unknown() -> None:
    matrix = {f"{impact}-{urgency}": 4 for impact in (1, 2, 3) for urgency in (1, 2, 3)}
    matrix["2-1"] = 1
    assert priority_of(1, 1, matrix) == 4
    assert priority_of(None, 1, matrix) == 1
    assert priority_of(None, None, matrix) == 3


def test_a_contact_brings_their_account() -> None:
    parties, faults = complete(Parties(contact_id=ANNA), Known(contact_account_id=ACME))
    assert (parties.account_id, faults) == (ACME, [])
    assert customer_kind(parties) is CustomerKind.BUSINESS


def test_a_product_brings_its_owner_its_model_and_its_contract() -> None:
    known = Known(product=Owned(None, EVE, MODEL, CONTRACT), item_sold_product_id=ROUTER)
    parties, faults = complete(Parties(install_base_item_id=ITEM), known)
    assert faults == []
    assert parties == Parties(
        consumer_id=EVE,
        product_model_id=MODEL,
        sold_product_id=ROUTER,
        install_base_item_id=ITEM,
        contract_id=CONTRACT,
    )
    assert customer_kind(parties) is CustomerKind.CONSUMER


def test_a_contract_brings_its_customer() -> None:
    parties, faults = complete(
        Parties(contract_id=CONTRACT), Known(contract=Owned(ACME, None, contract_id=CONTRACT))
    )
    assert (parties.account_id, faults) == (ACME, [])


@pytest.mark.parametrize(
    ("parties", "known", "pointer"),
    [
        (
            Parties(account_id=OTHER, contact_id=ANNA),
            Known(contact_account_id=ACME),
            "/contact_id",
        ),
        (
            Parties(account_id=ACME, sold_product_id=ROUTER),
            Known(product=Owned(OTHER, None, MODEL)),
            "/sold_product_id",
        ),
        (
            Parties(sold_product_id=ROUTER, install_base_item_id=ITEM),
            Known(product=Owned(ACME, None, MODEL), item_sold_product_id=OTHER),
            "/install_base_item_id",
        ),
        (
            Parties(account_id=ACME, contract_id=CONTRACT),
            Known(contract=Owned(OTHER, None)),
            "/contract_id",
        ),
        (
            Parties(account_id=ACME, consumer_id=EVE),
            Known(consumer_exists=True),
            "/consumer_id",
        ),
        (Parties(consumer_id=EVE), Known(), "/consumer_id"),
        (Parties(contact_id=ANNA), Known(), "/contact_id"),
        (Parties(account_id=ACME, sold_product_id=ROUTER), Known(), "/sold_product_id"),
    ],
)
def test_a_contradiction_is_a_fault_at_its_place(
    parties: Parties, known: Known, pointer: str
) -> None:
    _, faults = complete(parties, known)
    assert [fault.pointer for fault in faults] == [pointer]


some_id = st.none() | st.sampled_from((ACME, OTHER, ANNA, EVE))
owned = st.none() | st.builds(Owned, some_id, some_id, some_id, some_id)


@given(
    st.builds(
        Parties,
        *(some_id,) * 7,
        intermediary_account_id=some_id,
    ),
    st.builds(Known, some_id, st.booleans(), owned, some_id, owned, link_account_id=some_id),
)
def test_a_case_without_faults_has_one_customer_and_is_complete(
    named: Parties, known: Known
) -> None:
    parties, faults = complete(named, known)
    if faults:
        return
    assert parties.account_id is None or parties.consumer_id is None
    assert parties.intermediary_account_id in (None, known.link_account_id)
    if known.product is not None:
        owner = known.product.account_id, known.product.consumer_id
        served_through = parties.intermediary_account_id
        assert owner == (parties.account_id, parties.consumer_id) or (
            served_through is not None and owner == (served_through, None)
        )
    assert complete(parties, known)[0] == parties
