"""Statements are cut where PostgreSQL would cut them."""

import pytest

from infra.migrations.splitter import UnfinishedStatement, split_statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        ("-- only; a comment\n/* and; /* nested; */ one */ ;;", []),
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1;\n-- end\n", ["SELECT 1"]),
        ("-- why\nSELECT 1;", ["-- why\nSELECT 1"]),
        ("SELECT 'a;b', 'it''s;'; SELECT 2;", ["SELECT 'a;b', 'it''s;'", "SELECT 2"]),
        (r"SELECT E'\';', 'x\'; SELECT 2", [r"SELECT E'\';', 'x\'", "SELECT 2"]),
        ('SELECT ";" AS "a"";"; SELECT 2', ['SELECT ";" AS "a"";"', "SELECT 2"]),
        ("DO $$ a; 'b $$; SELECT 2", ["DO $$ a; 'b $$", "SELECT 2"]),
        ("DO $x$ $$ ; $y$ ; $x$; SELECT 2", ["DO $x$ $$ ; $y$ ; $x$", "SELECT 2"]),
        ("SELECT a$1$b; SELECT $1; SELECT 2", ["SELECT a$1$b", "SELECT $1", "SELECT 2"]),
        ("SELECT 1 /* ; ' */ + 1; SELECT 2", ["SELECT 1 /* ; ' */ + 1", "SELECT 2"]),
        (
            "CREATE FUNCTION f BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3",
            [
                "CREATE FUNCTION f BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END",
                "SELECT 3",
            ],
        ),
        ("SELECT 'ä;ö' AS größe; SELECT 2", ["SELECT 'ä;ö' AS größe", "SELECT 2"]),
    ],
)
def test_cuts_only_at_a_semicolon_that_ends_a_statement(text: str, statements: list[str]) -> None:
    assert list(split_statements(text)) == statements


@pytest.mark.parametrize("text", ["SELECT 'a", 'SELECT "a', "DO $$ a;", "SELECT 1 /* a /* b */"])
def test_refuses_what_is_opened_and_never_closed(text: str) -> None:
    with pytest.raises(UnfinishedStatement):
        list(split_statements(text))
