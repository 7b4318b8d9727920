"""Cells that a spreadsheet would run instead of showing.

A guarded cell has an apostrophe before it. So has one that began with apostrophes and such a sign
already, so that taking one away always gives back what was there.
"""

import re

_RUNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(f"'*[{_RUNS}]")
_GUARDED = re.compile(f"'+[{_RUNS}]")
_IN_WORKBOOKS = re.compile("_x(?=[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guard(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not run it; a plain number stays one."""
    if _DANGEROUS.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    """What `guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def escape(text: str) -> str:
    """The text as a workbook holds it: what XML has no sign for is written `_x000B_` (ECMA-376)."""
    return _IN_WORKBOOKS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return "_x005F_x" if sign == "_x" else f"_x{ord(sign):04X}_"


def unescape(text: str) -> str:
    """What `escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
