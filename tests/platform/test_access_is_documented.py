"""The page on access tells the standard responsibilities as they are."""

from pathlib import Path

from backend.platform.responsibilities.standard import (
    _ASK,
    _CHANGE,
    _FOLLOW,
    _KEEP,
    _READ,
    _WORK,
    STANDARD,
    Gives,
    Standard,
)

PAGE = Path(__file__).parents[2] / "docs/access.md"
BEGIN, END = "<!-- standard responsibilities -->\n", "<!-- end -->"
_WORDS = {_READ: "", _WORK: " (work)", _ASK: " (ask)", _FOLLOW: " (follow)", _CHANGE: " (change)",
          _KEEP: " (keep)"}  # fmt: skip


def told(gives: Gives) -> str:
    """`cases (ask) via account ↓`."""
    via = f" via {gives.via}" if gives.via else ""
    whose = f" as {', '.join(gives.roles)}" if gives.purpose else ""
    return f"{gives.resource}{_WORDS[gives.verbs]}{via}{' ↓' if gives.beneath else ''}{whose}"


def line(standard: Standard) -> str:
    given = ", ".join(dict.fromkeys(told(gives) for gives in standard.gives))
    return f"| `{standard.key}` | {standard.kind} | {given} |"


def the_table() -> str:
    head = ["| responsibility | for | gives to read, unless more is said |", "|---|---|---|"]
    return "\n".join([*head, *map(line, STANDARD)]) + "\n"


def test_the_table_of_standard_responsibilities_is_what_tenants_start_with() -> None:
    page = PAGE.read_text()
    assert page.partition(BEGIN)[2].partition(END)[0] == the_table()
