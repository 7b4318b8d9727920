"""The feature table in docs/status.md: read it, change a row, say what is wrong with it.

The Markdown table is the data itself, so a reader and the test look at the same thing. A row is
`| F2 | words | works | place, place | tests/… |`; a planned row has a dash for place and test.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATUS = ROOT / "docs" / "status.md"
LAST_ID = 518
STATES = ("works", "partly", "planned")
NOTHING = "–"
ROW = re.compile(r"^\| (F\d+) \|(.*)\|$")

USAGE = """usage:
  python -m infra.lint.status set F2 works PLACE[,PLACE…] TEST[,TEST…]
  python -m infra.lint.status set F2,F15 planned
  python -m infra.lint.status check
  python -m infra.lint.status counts"""


@dataclass(frozen=True)
class Feature:
    """One row of the table."""

    id: str
    words: str
    state: str
    places: tuple[str, ...]
    tests: tuple[str, ...]

    def line(self) -> str:
        cells = (self.id, self.words, self.state, _joined(self.places), _joined(self.tests))
        return f"| {' | '.join(cells)} |"


def parse(text: str) -> list[Feature]:
    """The rows in their order; raises ValueError naming a row that is out of form."""
    return [_feature(line) for line in text.splitlines() if ROW.match(line)]


def faults(features: Sequence[Feature], root: Path = ROOT) -> list[str]:
    """Everything wrong with the table, one sentence each."""
    seen = Counter(feature.id for feature in features)
    wanted = [f"F{number}" for number in range(1, LAST_ID + 1)]
    found = [f"{name} is missing" for name in wanted if not seen[name]]
    found += [f"{name} is there {times} times" for name, times in seen.items() if times > 1]
    found += [f"{name} is not one of F1 to F{LAST_ID}" for name in seen if name not in wanted]
    for feature in features:
        found += _row_faults(feature, root)
    return found


def changed(text: str, ids: Iterable[str], state: str, places: str, tests: str) -> str:
    """The text with these rows in their new state; raises ValueError for an unknown id."""
    wanted = set(ids)
    lines = []
    for line in text.splitlines():
        match = ROW.match(line)
        if match is None or match[1] not in wanted:
            lines.append(line)
            continue
        wanted.discard(match[1])
        row = _feature(line)
        row = replace(row, state=state, places=_listed(places), tests=_listed(tests))
        lines.append(row.line())
    if wanted:
        raise ValueError(f"no row for {', '.join(sorted(wanted))}")
    return "\n".join(lines) + "\n"


def _row_faults(feature: Feature, root: Path) -> list[str]:
    found = []
    if feature.state not in STATES:
        found.append(f"{feature.id}: the state {feature.state!r} is none of {', '.join(STATES)}")
    if feature.state == "planned":
        return found
    if not feature.places:
        found.append(f"{feature.id}: {feature.state}, but no place is named")
    if not feature.tests:
        found.append(f"{feature.id}: {feature.state}, but no test is named")
    found += [
        f"{feature.id}: {path} does not exist"
        for path in feature.places + feature.tests
        if not (root / path.partition("::")[0]).exists()
    ]
    found += [
        f"{feature.id}: {path} is no test file"
        for path in feature.tests
        if not Path(path.partition("::")[0]).name.startswith("test_")
    ]
    return found


def _feature(line: str) -> Feature:
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if len(cells) != 5:
        raise ValueError(f"five cells wanted: {line}")
    name, words, state, places, tests = cells
    return Feature(name, words, state, _listed(places), _listed(tests))


def _listed(cell: str) -> tuple[str, ...]:
    parts = (part.strip().strip("`") for part in cell.split(","))
    return tuple(part for part in parts if part and part != NOTHING)


def _joined(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths) or NOTHING


def _set(ids: str, state: str, places: str = "", tests: str = "") -> int:
    before = STATUS.read_text()
    after = changed(before, ids.split(","), state, places, tests)
    touched = set(ids.split(","))
    wrong = [fault for row in parse(after) if row.id in touched for fault in _row_faults(row, ROOT)]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    STATUS.write_text(after)
    return 0


def _check() -> int:
    wrong = faults(parse(STATUS.read_text()))
    print("\n".join(wrong) or "docs/status.md is in order")
    return 1 if wrong else 0


def _counts() -> int:
    counts = Counter(feature.state for feature in parse(STATUS.read_text()))
    print(", ".join(f"{counts[state]} {state}" for state in STATES))
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 when all is well, 1 when the table is not, 2 for a wrong call."""
    try:
        match list(arguments):
            case ["set", str(ids), str(state), *rest] if len(rest) <= 2:
                return _set(ids, state, *rest)
            case ["check"]:
                return _check()
            case ["counts"]:
                return _counts()
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
