"""What the documents promise about themselves: the feature table is whole, links lead somewhere."""

import re
from pathlib import Path

import pytest

from infra.lint import breakins
from infra.lint.status import STATUS, Feature, changed, faults, main, parse

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    page
    for folder in (ROOT / "docs", ROOT / "infra" / "deploy", ROOT)
    for page in (folder.rglob("*.md") if folder != ROOT else folder.glob("*.md"))
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_status_lists_every_feature_once_with_an_existing_place_and_test() -> None:
    assert faults(parse(STATUS.read_text())) == []


def test_a_missing_a_double_and_an_unknown_feature_are_named() -> None:
    rows = [row for row in parse(STATUS.read_text()) if row.id != "F7"]
    wrong = faults([*rows, rows[0], Feature("F999", "x", "planned", (), ())])
    assert wrong == ["F7 is missing", "F1 is there 2 times", "F999 is not one of F1 to F518"]


def test_a_working_feature_without_place_or_with_a_lost_test_is_named(tmp_path: Path) -> None:
    (tmp_path / "here.py").touch()
    rows = parse(
        "| F1 | a | works | – | – |\n"
        "| F2 | b | partly | `here.py` | `tests/test_lost.py` |\n"
        "| F3 | c | done | – | – |\n"
        "| F4 | d | works | `here.py` | `here.py` |\n"
    )
    wrong = [fault for fault in faults(rows, tmp_path) if "is missing" not in fault]
    assert wrong == [
        "F1: works, but no place is named",
        "F1: works, but no test is named",
        "F2: tests/test_lost.py does not exist",
        "F3: the state 'done' is none of works, partly, planned",
        "F3: done, but no place is named",
        "F3: done, but no test is named",
        "F4: here.py is no test file",
    ]


def test_setting_a_row_changes_that_row_only() -> None:
    before = STATUS.read_text()
    after = changed(before, ["F16"], "works", "docs/aliases.md", "tests/test_docs.py")
    different = [
        (old, new)
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    words = "The documents' table and role names lead to ours, one to one"
    row = f"| F16 | {words} | works | `docs/aliases.md` | `tests/test_docs.py` |"
    assert row in after.splitlines()
    assert [new for _, new in different] in ([], [row])


def test_an_unknown_id_or_a_lost_path_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = STATUS.read_text()
    assert main(["set", "F519", "works", "docs", "tests/test_docs.py"]) == 2
    assert main(["set", "F1", "works", "nowhere.py", "tests/test_docs.py"]) == 1
    assert main(["set"]) == 2
    assert STATUS.read_text() == before
    complaints = capsys.readouterr().err
    assert "no row for F519" in complaints
    assert "F1: nowhere.py does not exist" in complaints


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_to_files(page: Path) -> None:
    links = LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_context_choice_consequences_and_what_was_refused(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE)
    assert headings[:4] == ["Context", "Decision", "Consequences", "Refused"]


def test_the_alias_page_leads_every_name_of_the_documents_to_one_of_ours() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| `([^`]+)` \|", (ROOT / "docs/aliases.md").read_text(), re.MULTILINE
    )
    theirs = [name for name, _ in rows]
    assert len(theirs) == len(set(theirs))
    assert {
        "customer_account", "csm_consumer", "csm_household", "sold_product", "alm_asset",
        "ast_contract", "entitlement", "sn_customerservice_cases", "sn_order_mgmt_order",
        "wm_order", "sn_customerservice_agent",
    } <= set(theirs)  # fmt: skip


def test_the_break_in_tables_name_the_tests_that_are_there() -> None:
    text = breakins.PAGE.read_text()
    assert text == breakins.filled(text, breakins.shown_by()), "run: python -m infra.lint.breakins"


def test_every_break_in_and_fault_has_its_row() -> None:
    wanted = [str(number) for number in range(1, 56)]
    wanted += [f"W{number}" for number in range(1, 6)] + [f"L{number}" for number in range(1, 9)]
    wanted += [f"F{number}" for number in range(1, 21)]
    assert breakins.rows(breakins.PAGE.read_text()) == wanted


def test_a_test_shows_a_row_by_the_name_of_its_file_or_function(tmp_path: Path) -> None:
    (tmp_path / "tests" / "security").mkdir(parents=True)
    (tmp_path / "tests/security/test_07_views.py").write_text("")
    (tmp_path / "tests/security/test_widgets.py").write_text("async def test_w2_origin():\n  ...\n")
    tests = breakins.shown_by(tmp_path)
    assert tests == {
        "7": ["tests/security/test_07_views.py"],
        "W2": ["tests/security/test_widgets.py"],
    }
    page = "| 7 | a → b | later | – |\n| W2 | c | planned | – |\n| 8 | d | shown | `gone` |\n"
    assert breakins.filled(page, tests) == (
        "| 7 | a → b | shown | `tests/security/test_07_views.py` |\n"
        "| W2 | c | shown | `tests/security/test_widgets.py` |\n"
        "| 8 | d | planned | – |\n"
    )
