"""Codes and paths of companies."""

import pytest

from backend.foundation.accounts.rules import (
    account_faults,
    canonical_code,
    is_below,
    moved,
    path_of,
)


def test_a_parent_with_two_children_gives_three_paths() -> None:
    parent = path_of("P", None)
    assert [parent, path_of("C1", parent), path_of("C2", parent)] == ["P/", "P/C1/", "P/C2/"]


def test_a_code_that_begins_like_another_is_not_below_it() -> None:
    assert not is_below("P10/", "P1/")
    assert is_below("P1/X/", "P1/")
    assert is_below("P1/", "P1/")


def test_a_moved_subtree_keeps_its_inside() -> None:
    assert moved("P/C1/X/", "P/C1/", "Q/C1/") == "Q/C1/X/"


@pytest.mark.parametrize("code", ["", "A/B", "A B", "-A", "Ä", "A" * 41, "a\n"])
def test_a_code_that_could_break_a_path_is_refused(code: str) -> None:
    faults = account_faults(code, is_customer=True, is_partner=False)
    assert [fault.pointer for fault in faults] == ["/code"]


def test_codes_differ_by_more_than_case() -> None:
    assert canonical_code(" acme-1 ") == "ACME-1"


def test_a_company_is_a_customer_a_partner_or_both() -> None:
    assert account_faults("A", is_customer=True, is_partner=True) == []
    faults = account_faults("A", is_customer=False, is_partner=False)
    assert [fault.pointer for fault in faults] == ["/is_customer"]
