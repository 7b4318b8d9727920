"""The tables of docs/security.md that lead from an attack or a fault to the test that shows it.

A test belongs to a row by its name: `test_07_…` in tests/security shows row 7, `test_w1_…` row W1,
`test_f04_…` in tests/faults row F4; the name may be the file's or the function's.

    python -m infra.lint.breakins          rewrite the table from the tests that are there
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
FOLDERS = ("tests/security", "tests/faults")
ROW = re.compile(r"^\| ([WLF]?)(\d+) \| (.+?) \| (shown|planned|later) \| (.+?) \|$")
NAME = re.compile(r"test_([wlf]?)(\d+)_")
FUNCTION = re.compile(r"^(?:async )?def (test_[wlf]?\d+_\w*)", re.MULTILINE)


def shown_by(root: Path = ROOT) -> dict[str, list[str]]:
    """Row id ("7", "W1", "F4") to the test files that show it."""
    found: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("test_*.py")):
            for name in (path.name, *FUNCTION.findall(path.read_text())):
                if match := NAME.match(name):
                    row = f"{match[1].upper()}{int(match[2])}"
                    found.setdefault(row, set()).add(path.relative_to(root).as_posix())
    return {row: sorted(paths) for row, paths in found.items()}


def rows(text: str) -> list[str]:
    """The ids of all rows, in their order."""
    return [f"{match[1]}{match[2]}" for line in text.splitlines() if (match := ROW.match(line))]


def filled(text: str, tests: Mapping[str, list[str]]) -> str:
    """The page with every row that a test shows marked so, and no other."""
    lines = []
    for line in text.splitlines():
        match = ROW.match(line)
        lines.append(_filled_row(match, tests) if match else line)
    return "\n".join(lines) + "\n"


def _filled_row(match: re.Match[str], tests: Mapping[str, list[str]]) -> str:
    row, words, state = f"{match[1]}{match[2]}", match[3], match[4]
    if paths := tests.get(row):
        named = ", ".join(f"`{path}`" for path in paths)
        return f"| {row} | {words} | shown | {named} |"
    return f"| {row} | {words} | {'planned' if state == 'shown' else state} | – |"


def main() -> int:
    """Rewrite the page; 1 when a test names a row that is not there."""
    text, tests = PAGE.read_text(), shown_by()
    PAGE.write_text(filled(text, tests))
    lost = sorted(set(tests) - set(rows(text)))
    if lost:
        print(f"docs/security.md has no row {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
