"""Which promise holds: the most specific, the better, the earlier, and always the same."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.entitlements.rules import (
    SCOPES,
    TIERS,
    Candidate,
    Situation,
    choose,
    covers,
    preference,
    scope_of,
)

ROUTER, MODEL, CONTRACT, ACME, OTHER = (UUID(int=number) for number in range(1, 6))
TODAY = date(2026, 11, 21)
CASE = Situation(
    on=TODAY,
    channel="portal",
    sold_product_id=ROUTER,
    product_model_id=MODEL,
    contract_id=CONTRACT,
    account_id=ACME,
)


def entitlement(number: int = 100, **given: object) -> Candidate:
    base = Candidate(
        id=UUID(int=number),
        name=f"E{number}",
        scope="account",
        tier="standard",
        starts_on=date(2026, 1, 1),
        account_id=ACME,
    )
    return replace(base, **given)  # type: ignore[arg-type]


def on(scope: str, number: int = 100, **given: object) -> Candidate:
    reference = {
        "sold_product": {"sold_product_id": ROUTER},
        "product_model": {"product_model_id": MODEL, "account_id": None},
        "contract": {"contract_id": CONTRACT},
        "account": {},
    }[scope]
    return entitlement(number, scope=scope, **(reference | given))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (on("sold_product", 9), on("product_model", 1, tier="platinum")),
        (on("product_model", 9), on("contract", 1, tier="platinum")),
        (on("contract", 9), on("account", 1, tier="platinum")),
        (on("account", 9, tier="gold"), on("account", 1, tier="silver")),
        (on("account", 9, starts_on=date(2025, 1, 1)), on("account", 1)),
        (on("account", 1), on("account", 9)),
    ],
)
def test_the_more_specific_then_better_then_earlier_goes_first(
    better: Candidate, worse: Candidate
) -> None:
    for order in ([better, worse], [worse, better]):
        choice = choose(order, CASE)
        assert (choice.status, choice.entitlement) == ("verified", better)
        assert choice.reasons == ((better, "chosen"), (worse, "less_specific"))


@pytest.mark.parametrize(
    ("candidate", "status", "verdict"),
    [
        (entitlement(ends_on=TODAY), "verified", "chosen"),
        (entitlement(starts_on=TODAY), "verified", "chosen"),
        (entitlement(ends_on=date(2026, 11, 20)), "expired", "expired"),
        (entitlement(starts_on=date(2026, 11, 22)), "none", "not_yet"),
        (entitlement(state="draft"), "none", "not_active"),
        (entitlement(account_id=OTHER), "none", "other_customer"),
        (on("product_model", account_id=OTHER), "none", "other_customer"),
        (entitlement(channels=("phone",)), "uncovered_channel", "chosen"),
        (entitlement(channels=("phone", "portal")), "verified", "chosen"),
    ],
)
def test_each_candidate_has_its_reason(candidate: Candidate, status: str, verdict: str) -> None:
    choice = choose([candidate], CASE)
    assert choice.status == status
    assert [each for _, each in choice.reasons] == [verdict]
    assert choice.explanation()[0]["reason"]


def test_nothing_is_owed_without_candidates() -> None:
    choice = choose([], CASE)
    assert (choice.status, choice.entitlement, choice.explanation()) == ("none", None, [])


def test_an_expired_one_does_not_hide_one_that_holds() -> None:
    old = on("sold_product", ends_on=date(2026, 1, 31))
    new = on("account")
    choice = choose([old, new], CASE)
    assert (choice.status, choice.entitlement) == ("verified", new)


candidates = st.builds(
    lambda number, scope, tier, start, state: on(
        scope, number, tier=tier, starts_on=date(2026, start, 1), state=state
    ),
    st.integers(1, 40),
    st.sampled_from(("sold_product", "product_model", "contract", "account")),
    st.sampled_from(TIERS),
    st.integers(1, 12),
    st.sampled_from(("active", "active", "draft")),
)


@given(st.lists(candidates, unique_by=lambda each: each.id), st.randoms())
def test_the_order_of_candidates_never_matters(found: list[Candidate], chance: object) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(shuffled, CASE) == choose(found, CASE)


@given(st.lists(candidates, unique_by=lambda each: each.id))
def test_nobody_who_could_hold_goes_before_the_chosen(found: list[Candidate]) -> None:
    choice = choose(found, CASE)
    able = [each for each in found if each.state == "active" and each.starts_on <= TODAY]
    assert choice.entitlement == min(able, key=preference, default=None)
    assert len(choice.reasons) == len(found)


def test_no_channels_named_means_all() -> None:
    assert covers(entitlement(), "phone")


def test_the_scope_is_the_most_specific_reference() -> None:
    named = dict.fromkeys((f"{scope}_id" for scope in SCOPES), None)
    assert scope_of(**named) is None  # type: ignore[arg-type]
    for scope in reversed(SCOPES):
        named[f"{scope}_id"] = ACME  # type: ignore[assignment]
        assert scope_of(**named) == scope  # type: ignore[arg-type]
