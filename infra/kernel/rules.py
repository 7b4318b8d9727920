"""Rules that admins write, in CEL (Common Expression Language).

The evaluator runs inside the process and cannot be interrupted, so a rule is bounded before it
runs rather than while it does. A scan of its tokens refuses what could grow without limit: `map`
(lists of ever longer strings), loops in loops in loops, and patterns that are computed, repeated
or inside a loop (each use compiles them anew). What is left costs at most `length of the longest
list ^ loop depth` steps, and that product is checked against the values before evaluation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import cel

from infra.kernel.errors import Fault, Invalid

TEXT_CHARS_MAX = 2_000
NESTING_MAX = 24
LOOP_DEPTH_MAX = 2
ADDITIONS_MAX = 20  # each copies the text or list so far
PATTERNS_MAX = 3
PATTERN_CHARS_MAX = 200
PATTERN_REPEATS_MAX = 50
VALUE_NODES_MAX = 10_000
VALUE_CHARS_MAX = 200_000
VALUE_DEPTH_MAX = 8
STEPS_MAX = 2_000_000

_LOOPS = frozenset({"all", "exists", "exists_one", "existsOne", "filter"})
_FUNCTIONS = frozenset(
    {"size", "contains", "startsWith", "endsWith", "matches", "has", "int", "uint", "double"}
    | {"string", "bool", "timestamp", "duration", "type", "dyn", "min", "max"}
    | {"getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek"}
    | {"getHours", "getMinutes", "getSeconds", "getMilliseconds"}
)
_WORDS = frozenset({"true", "false", "null", "in"})
_TYPES = frozenset({"int", "uint", "double", "string", "bool", "list", "map", "null_type", "bytes"})
_TOKEN = re.compile(
    r"""(?P<string>[rRbB]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
         |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
      |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
      |(?P<number>[0-9][0-9A-Za-z_.]*)
      |(?P<space>\s+|//[^\n]*)
      |(?P<mark>&&|\|\||[<>=!]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")


class RuleError(Invalid):
    """A rule that cannot be used; `messages` has all that is wrong with it."""

    type, title = "rule", "The rule cannot be used"

    def __init__(self, messages: Iterable[str], pointer: str = "") -> None:
        self.messages = tuple(messages)
        super().__init__(Fault(pointer, "rule", message) for message in self.messages)

    def at(self, pointer: str) -> "RuleError":
        """The same refusal, laid at the member of the body that held the rule."""
        return RuleError(self.messages, pointer)


@dataclass(frozen=True)
class Rule:
    """A compiled rule; `names` are the values that it asks for."""

    text: str
    names: frozenset[str]
    _program: Any
    _loop_depth: int
    _weight: int
    _widest_literal: int

    def value(self, values: Mapping[str, Any]) -> bool | int | float | str | None:
        """What the rule yields; raises RuleError where values are missing, foreign or too many."""
        measured = _Measure()
        plain = {name: measured.plain(values[name], 1) for name in self.names if name in values}
        measured.check()
        widest = max(measured.widest, self._widest_literal, 1)
        steps = widest**self._loop_depth * self._weight * (1 + measured.longest // 500)
        if self._loop_depth and steps > STEPS_MAX:
            raise RuleError([f"needs too many steps for lists of {widest} entries"])
        try:
            result = self._program.execute(plain)
        except KeyError as absent:
            raise RuleError([f"there is no {absent.args[0]!s:.80} in the values"]) from absent
        except Exception as failure:
            raise RuleError([_sentence(failure)]) from failure
        if result is not None and not isinstance(result, bool | int | float | str):
            raise RuleError(["must yield true or false, a number or a text"])
        return result

    def matches(self, values: Mapping[str, Any]) -> bool:
        """Whether the rule holds; raises RuleError where it yields anything but true or false."""
        result = self.value(values)
        if not isinstance(result, bool):
            raise RuleError(["must yield true or false"])
        return result


@lru_cache(maxsize=4096)
def compile_rule(text: str, names: frozenset[str] | None = None) -> Rule:
    """Compile a rule, or raise RuleError with all that is wrong with it.

    `names` are the values on offer; `case.state` beside `case` declares the members of `case`.
    """
    if not text.strip():
        raise RuleError(["is empty"])
    if len(text) > TEXT_CHARS_MAX:
        raise RuleError([f"is longer than {TEXT_CHARS_MAX} characters"])
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RuleError(["holds a character that no text may hold"])
    scan = _Scan(text, names)
    messages = scan.messages
    try:
        program = None if scan.too_deep else cel.compile(text)
    except Exception as failure:  # noqa: BLE001 - whatever the parser says is the author's to mend
        messages.insert(0, _sentence(failure))
    if messages:
        raise RuleError(dict.fromkeys(messages))
    return Rule(text, frozenset(scan.free), program, scan.deepest, scan.weight, scan.widest)


def _sentence(failure: Exception) -> str:
    text = str(failure)
    if "ERROR: <input>:" in text:
        place, _, rest = text.partition("ERROR: <input>:")[2].partition(": ")
        return f"cannot be read at {place}: {rest.splitlines()[0][:200]}"
    return text.splitlines()[0][:200] if text else "cannot be evaluated"


@dataclass
class _Loop:
    depth: int
    bound: str


class _Scan:
    """One walk over the tokens: what the rule asks for, how deep it loops, what it may not do."""

    def __init__(self, text: str, names: frozenset[str] | None) -> None:
        self.messages: list[str] = []
        self.free: set[str] = set()
        self.deepest = 0
        self.widest = 1
        self.weight = 0
        self.too_deep = False
        self._names = names
        self._tokens = [
            (str(found.lastgroup), found.group())
            for found in _TOKEN.finditer(text)
            if found.lastgroup != "space"
        ]
        self._loops: list[_Loop] = []
        self._depth = 0
        self._patterns = 0
        self._walk()

    def _at(self, position: int) -> tuple[str, str]:
        return self._tokens[position] if 0 <= position < len(self._tokens) else ("", "")

    def _walk(self) -> None:
        pluses = sum(1 for token in self._tokens if token == ("mark", "+"))
        self.weight = len(self._tokens)
        if pluses > ADDITIONS_MAX:
            self.messages.append(f"has more than {ADDITIONS_MAX} additions")
        self.widest = (1 + sum(1 for token in self._tokens if token == ("mark", ","))) * (
            1 + pluses
        )
        for position, (kind, text) in enumerate(self._tokens):
            if kind == "mark":
                self._bracket(text)
            elif kind == "name":
                self._name(position, text)
            elif kind == "string" and text[:2].lower() in {'b"', "b'", "br", "rb"}:
                self.messages.append("byte strings are not allowed")

    def _bracket(self, text: str) -> None:
        if text in "([{":
            self._depth += 1
            if self._depth > NESTING_MAX and not self.too_deep:
                self.too_deep = True
                self.messages.append(f"is nested deeper than {NESTING_MAX} brackets")
        elif text in ")]}":
            self._depth -= 1
            while self._loops and self._loops[-1].depth > self._depth:
                self._loops.pop()

    def _name(self, position: int, text: str) -> None:
        after_dot = self._at(position - 1)[1] == "."
        if self._at(position + 1)[1] == "(":
            self._call(position, text, is_method=after_dot)
        elif not (after_dot or text in _WORDS or text in _TYPES) and all(
            loop.bound != text for loop in self._loops
        ):
            self._variable(position, text)

    def _call(self, position: int, text: str, *, is_method: bool) -> None:
        if is_method and text in _LOOPS:
            self._loops.append(_Loop(self._depth + 1, self._at(position + 2)[1]))
            self.deepest = max(self.deepest, len(self._loops))
            if len(self._loops) == LOOP_DEPTH_MAX + 1:
                self.messages.append(f"loops are nested deeper than {LOOP_DEPTH_MAX}")
        elif text == "map":
            self.messages.append("map() is not allowed; exists(), all() and filter() are")
        elif text == "matches":
            self._pattern(position)
        elif text not in _FUNCTIONS:
            self.messages.append(f"there is no function {text}")

    def _pattern(self, position: int) -> None:
        self._patterns += 1
        kind, literal = self._at(position + 2)
        if self._patterns == PATTERNS_MAX + 1:
            self.messages.append(f"has more than {PATTERNS_MAX} patterns")
        if self._loops:
            self.messages.append("matches() is not allowed inside a loop")
        if kind != "string" or self._at(position + 3)[1] != ")":
            self.messages.append("the pattern of matches() must be one text in quotes")
            return
        repeats = 1
        for least, most in _REPEAT.findall(literal):
            repeats *= max(int(least[:6] or 1), int(most[:6] or 1), 1)
        if len(literal) > PATTERN_CHARS_MAX or repeats > PATTERN_REPEATS_MAX:
            self.messages.append(
                f"a pattern has at most {PATTERN_CHARS_MAX} characters"
                f" and {PATTERN_REPEATS_MAX} repetitions"
            )

    def _variable(self, position: int, text: str) -> None:
        self.free.add(text)
        if self._names is None:
            return
        members = [name for name in self._names if name.startswith(f"{text}.")]
        if text not in self._names and not members:
            self.messages.append(f"there is no value {text}; there are {_some(self._names)}")
            return
        member_kind, member = self._at(position + 2)
        is_member = self._at(position + 1)[1] == "." and member_kind == "name"
        is_method = self._at(position + 3)[1] == "("
        if members and is_member and not is_method and f"{text}.{member}" not in members:
            self.messages.append(f"there is no value {text}.{member}; there are {_some(members)}")


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:20]) + (", …" if len(listed) > 20 else "")


class _Measure:
    """Copies values into plain ones and notes how much there is of them."""

    def __init__(self) -> None:
        self.nodes = 0
        self.chars = 0
        self.widest = 1
        self.longest = 0

    def check(self) -> None:
        if self.nodes > VALUE_NODES_MAX or self.chars > VALUE_CHARS_MAX:
            raise RuleError(["the values are too many or too long for a rule"])

    def plain(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > VALUE_DEPTH_MAX or self.nodes > VALUE_NODES_MAX:
            raise RuleError(["the values are too many or too deep for a rule"])
        if isinstance(value, Enum):
            value = value.value
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int):
            return value if -(2**63) <= value < 2**63 else float(value)
        if isinstance(value, Mapping):
            self.widest = max(self.widest, len(value))
            return {self._text(str(k)): self.plain(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            self.widest = max(self.widest, len(value))
            return [self.plain(entry, depth + 1) for entry in value]
        return self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, datetime | timedelta):
            return value
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, Decimal):
            return float(value)
        raise RuleError([f"a rule cannot see a value of type {type(value).__name__}"])

    def _text(self, value: str) -> str:
        self.chars += len(value)
        self.longest = max(self.longest, len(value))
        if self.chars > VALUE_CHARS_MAX:
            raise RuleError(["the values are too long for a rule"])
        return value.encode("utf-8", "replace").decode() if not value.isascii() else str(value)
