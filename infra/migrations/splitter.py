"""SQL files cut into statements, because Citus takes DDL one statement at a time.

PostgreSQL's own lexical rules: quotes, escape strings, quoted names, dollar quotes, nested
comments, and the bodies of SQL-standard functions (BEGIN ATOMIC … END), where a semicolon ends
nothing.
"""

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"""
      (?P<line_comment>   --[^\n]*)
    | (?P<comment_opens>  /\*)
    | (?P<escape_string>  (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>         '(?:[^']|'')*')
    | (?P<name>           "(?:[^"]|"")*")
    | (?P<dollar>         (?<![\w$])\$(?P<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)
    | (?P<word>           [A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)
    | (?P<end>            ;)
    | (?P<unclosed>       ['"])
    """,
    re.VERBOSE | re.DOTALL,
)


class UnfinishedStatement(ValueError):
    """A quote or comment is opened and never closed."""


def split_statements(text: str) -> Iterator[str]:
    """The statements of a file in order, without their semicolons; what holds only comments is left out."""
    begin = position = 0
    substance = False
    atomic = 0
    previous = ""
    while (found := TOKEN.search(text, position)) is not None:
        substance = substance or bool(text[position : found.start()].strip())
        position = found.end()
        if found["line_comment"] is not None:
            continue
        if found["unclosed"] is not None:
            line = line_of(text, found.start())
            raise UnfinishedStatement(f"A quote opened in line {line} is not closed.")
        if found["comment_opens"] is not None:
            position = end_of_comment(text, found.start())
            continue
        if found["end"] is not None and not atomic:
            if substance:
                yield text[begin : found.start()].strip()
            begin, substance, previous = position, False, ""
            continue
        substance = True
        if found["dollar"] is not None:
            position = end_of_dollar_quote(text, found)
        if (word := (found["word"] or "").upper()) and (atomic or previous == "BEGIN"):
            atomic += depth_change(word, previous, atomic)
        previous = word
    if substance or text[position:].strip():
        yield text[begin:].strip()


def depth_change(word: str, previous: str, depth: int) -> int:
    """How a word opens or closes a body of SQL-standard statements; CASE has an END of its own."""
    if word == "ATOMIC" and previous == "BEGIN":
        return 1
    if depth and word == "CASE":
        return 1
    return -1 if depth and word == "END" else 0


def end_of_comment(text: str, start: int) -> int:
    """The position after a block comment; they nest."""
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[start:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return start + mark.end()
    raise UnfinishedStatement(f"A comment opened in line {line_of(text, start)} is not closed.")


def end_of_dollar_quote(text: str, opening: re.Match[str]) -> int:
    close = text.find(opening["dollar"], opening.end())
    if close < 0:
        line = line_of(text, opening.start())
        raise UnfinishedStatement(f"{opening['dollar']} opened in line {line} is not closed.")
    return close + len(opening["dollar"])


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
