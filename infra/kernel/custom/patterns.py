"""Patterns that a tenant writes for its texts, matched in a time that grows with the text alone.

The usual engine tries one way after another, and a short pattern can make it try for years. This
one follows all ways at once: a set of places in the pattern moves along the text. It knows what
people write for serial numbers and codes: characters, `.`, `[a-z0-9]`, `\\d \\w \\s`, groups, `|`,
and `? * + {2} {2,5}`. A pattern is about the whole text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LENGTH_MAX = 200
_PLACES_MAX = 2_000
_REPEATS_MAX = 255
_DEPTH_MAX = 20
_COUNT = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")

Test = Callable[[str], bool]
_CLASSES: dict[str, Test] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "s": str.isspace,
}


class BadPattern(ValueError):
    """The pattern cannot be read; the words say where."""


@dataclass(frozen=True)
class _One:
    test: Test


@dataclass(frozen=True)
class _Row:
    parts: tuple["_Node", ...]


@dataclass(frozen=True)
class _Either:
    ways: tuple["_Node", ...]


@dataclass(frozen=True)
class _Again:
    part: "_Node"
    least: int
    most: int | None


_Node = _One | _Row | _Either | _Again


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def read(self) -> _Node:
        node = self._either()
        if self._at < len(self._text):
            raise self._bad("a ) without its (")
        return node

    def _bad(self, what: str) -> BadPattern:
        return BadPattern(f"{what}, at character {self._at + 1}")

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise self._bad("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _either(self) -> _Node:
        ways = [self._row()]
        while self._peek() == "|":
            self._at += 1
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else _Either(tuple(ways))

    def _row(self) -> _Node:
        parts: list[_Node] = []
        while (c := self._peek()) and c not in "|)":
            part = self._atom()
            while (repeated := self._repeat(part)) is not None:
                part = repeated
            parts.append(part)
        return _Row(tuple(parts))

    def _repeat(self, part: _Node) -> _Node | None:
        simple = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        c = self._peek()
        if c in simple and c:
            self._at += 1
            return _Again(part, *simple[c])
        if c != "{":
            return None
        found = _COUNT.match(self._text, self._at)
        if found is None:
            raise self._bad("write { as \\{, or {2}, {2,} or {2,5}")
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if max(least, most or 0) > _REPEATS_MAX or (most is not None and most < least):
            raise self._bad(f"a count goes from 0 to {_REPEATS_MAX}")
        self._at = found.end()
        return _Again(part, least, most)

    def _atom(self) -> _Node:
        c = self._take()
        if c == "(":
            return self._group()
        if c == "[":
            return _One(self._set())
        if c == ".":
            return _One(lambda _: True)
        if c == "\\":
            return _One(self._escaped())
        if c in "*+?{":
            raise self._bad(f"nothing before {c} to repeat")
        if c in "^$":
            raise self._bad("a pattern is about the whole text: leave ^ and $ out")
        return _One(lambda x, c=c: x == c)  # type: ignore[misc]

    def _group(self) -> _Node:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise self._bad("groups are nested too deep")
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise self._bad("a group cannot look around or have a name")
        node = self._either()
        if self._take() != ")":
            raise self._bad("a ( without its )")
        self._depth -= 1
        return node

    def _escaped(self) -> Test:
        c = self._take()
        if c in _CLASSES:
            return _CLASSES[c]
        if c.lower() in _CLASSES:
            inner = _CLASSES[c.lower()]
            return lambda x: not inner(x)
        if c.isalnum():
            raise self._bad(f"\\{c} is not known here")
        return lambda x: x == c

    def _set(self) -> Test:
        negated = self._peek() == "^"
        self._at += negated
        tests: list[Test] = []
        while True:
            c = self._take()
            if c == "]" and tests:
                break
            if c == "\\":
                tests.append(self._escaped())
                continue
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                last = self._take()
                if last < c:
                    raise self._bad(f"{c}-{last} is no range")
                tests.append(lambda x, a=c, b=last: a <= x <= b)  # type: ignore[misc]
            else:
                tests.append(lambda x, c=c: x == c)  # type: ignore[misc]
        return lambda x: any(test(x) for test in tests) is not negated


class Pattern:
    """A pattern that was read; raises BadPattern."""

    def __init__(self, text: str) -> None:
        if len(text) > LENGTH_MAX:
            raise BadPattern(f"takes up to {LENGTH_MAX} characters")
        self._tests: list[Test | None] = []
        self._next: list[list[int]] = []
        self._end = self._place(None, [])
        self._begin = self._build(_Reader(text).read(), self._end)

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says."""
        here = self._reached([self._begin])
        for c in text:
            here = self._reached(
                [n for p in here if (test := self._tests[p]) and test(c) for n in self._next[p]]
            )
            if not here:
                return False
        return self._end in here

    def _place(self, test: Test | None, following: list[int]) -> int:
        if len(self._tests) >= _PLACES_MAX:
            raise BadPattern("says too much: use smaller counts")
        self._tests.append(test)
        self._next.append(following)
        return len(self._tests) - 1

    def _build(self, node: _Node, then: int) -> int:
        """The place where the node begins, when `then` follows it."""
        match node:
            case _One(test):
                return self._place(test, [then])
            case _Row(parts):
                for part in reversed(parts):
                    then = self._build(part, then)
                return then
            case _Either(ways):
                return self._place(None, [self._build(way, then) for way in ways])
            case _Again(part, least, most):
                if most is None:
                    loop = self._place(None, [])
                    self._next[loop] = [self._build(part, loop), then]
                    then = loop
                else:
                    end = then
                    for _ in range(most - least):
                        then = self._place(None, [self._build(part, then), end])
                for _ in range(least):
                    then = self._build(part, then)
                return then

    def _reached(self, places: list[int]) -> set[int]:
        """The places, and those that are reached from them without a character."""
        found: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                if self._tests[place] is None:
                    waiting += self._next[place]
        return found


@lru_cache(maxsize=2_000)
def pattern(text: str) -> Pattern:
    """The pattern of this text, read once."""
    return Pattern(text)
