"""YAML that somebody sends, read without trust: data only, within limits, each fault with its line.

What makes YAML dangerous or surprising is refused or means what it says: no tags, anchors or merge
keys, no key twice, and only true, false, null and numbers are anything but text.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

DEPTH_MAX = 24
NODES_MAX = 200_000
FAULTS_MAX = 200
_READER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class TextFault:
    """One thing wrong in one file."""

    path: str
    line: int
    message: str
    code: str = "unreadable"


@dataclass
class Read:
    """What a file says, where in it each part stands, and what is wrong with it."""

    path: str
    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[TextFault] = field(default_factory=list)

    def line_of(self, pointer: str) -> int:
        """The line of the nearest part around a place."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


@dataclass
class _Open:
    """A collection that is being read."""

    value: Any
    pointer: str
    key: str | None = None


class Budget:
    """How many nodes all files of a bundle may have together."""

    def __init__(self, nodes: int = NODES_MAX) -> None:
        self.left = nodes


class _TooMuch(Exception):
    pass


def read(path: str, text: str, budget: Budget) -> Read:
    """The file's one document; what is wrong stands in its faults."""
    found = Read(path)
    try:
        _Reading(found, budget).run(text)
    except _TooMuch as error:
        found.faults.append(TextFault(path, int(error.args[1]), str(error.args[0]), "too_much"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        line = mark.line + 1 if mark else 1
        found.faults.append(TextFault(path, line, f"is not YAML: {what}"))
    except (ValueError, RecursionError) as error:
        found.faults.append(TextFault(path, 1, f"is not YAML: {error}"[:200]))
    return found


class _Reading:
    def __init__(self, found: Read, budget: Budget) -> None:
        self._found = found
        self._budget = budget
        self._open: list[_Open] = []
        self._documents = 0

    def run(self, text: str) -> None:
        for event in yaml.parse(text, Loader=_READER):
            mark = event.start_mark
            self._take(event, mark.line + 1 if mark else 1)

    def _fault(self, line: int, message: str, code: str) -> None:
        self._found.faults.append(TextFault(self._found.path, line, message, code))
        if len(self._found.faults) >= FAULTS_MAX:
            raise _TooMuch("has too many faults to name", line)

    def _take(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _TooMuch("holds more than one document", line)
        if isinstance(event, yaml.NodeEvent):
            self._budget.left -= 1
            if self._budget.left < 0:
                raise _TooMuch(f"the bundle has more than {NODES_MAX} parts", line)
            self._require_plain(event, line)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(self._open) >= DEPTH_MAX:
                raise _TooMuch(f"is nested deeper than {DEPTH_MAX}", line)
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            if self._open and isinstance(top := self._open[-1].value, dict) and not self._has_key():
                self._fault(line, "a key must be a text", "key")
                self._open[-1].key = f"?{len(top)}"
            self._open.append(_Open(value, self._place(line)))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            closed = self._open.pop()
            self._keep(closed.value, line)

    def _require_plain(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _TooMuch("has an alias (*); write the value out", line)
        if event.anchor is not None:
            self._fault(line, "has an anchor (&); write values out", "anchor")
        if event.tag is not None:
            self._fault(line, "has a tag (!); only plain data is read", "tag")

    def _has_key(self) -> bool:
        return self._open[-1].key is not None

    def _place(self, line: int) -> str:
        """The pointer of the value that comes next; noted with its line."""
        pointer = ""
        if self._open:
            top = self._open[-1]
            part = str(len(top.value)) if isinstance(top.value, list) else top.key or ""
            pointer = f"{top.pointer}/{part.replace('~', '~0').replace('/', '~1')}"
        self._found.lines.setdefault(pointer, line)
        return pointer

    def _scalar(self, event: Any, line: int) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            if event.value in top.value:
                self._fault(line, f"{event.value!r} stands here twice", "twice")
            top.key = event.value
            self._found.lines[self._place(line)] = line
            return
        self._place(line)
        plain = event.style in (None, "") and event.implicit[0]
        self._keep(_meant(event.value) if plain else event.value, line)

    def _keep(self, value: Any, line: int) -> None:
        if not self._open:
            self._found.value = value
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None


def _meant(text: str) -> Any:
    """What unquoted words mean: the values of JSON, else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        try:
            number = json.loads(text)
        except ValueError:
            return text
        return text if number in (float("inf"), float("-inf")) else number
    return text
