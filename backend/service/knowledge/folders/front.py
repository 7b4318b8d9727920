"""What a text says of itself in front: YAML between two lines of `---`, read as words.

The nodes are read and never made into objects, so that a name stays a name: `language: no` is
Norwegian, a year is a title, and what multiplies or calls is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from backend.service.knowledge.folders.faults import Several, Unfit

KNOWN = ("title", "category", "audience", "tier", "language")
_NUMBERS = ("tier",)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)(?<=\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_CHARS_MOST = 4_000
_BRACKETS_MOST = 20
"""Words need none; thousands of them keep the reader of YAML busy."""
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Front:
    """The things said, the line of each, and the line at which the text begins."""

    said: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    first_line: int = 1


def parted(text: str) -> tuple[Front, str]:
    """(front, the text after it); raises Unfit for a front that is none."""
    found = _FRONT.match(text)
    if found is None:
        return Front(), text
    if len(found[1]) > _CHARS_MOST:
        raise Unfit("front_long", line=1)
    if sum(found[1].count(sign) for sign in "[{") > _BRACKETS_MOST:
        raise Unfit("front_unread", line=1)
    said, lines = _read(found[1])
    return Front(said, lines, found[0].count("\n") + 1), text[found.end() :]


def _read(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise Unfit("front_unread", line=mark.line + 2 if mark else 1) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unfit("front_unread", line=1) from None
    said: dict[str, Any] = {}
    lines: dict[str, int] = {}
    if node is None:
        return said, lines
    if not isinstance(node, MappingNode):
        raise Unfit("front_shape", line=_line(node))
    faults: list[Unfit] = []
    for name, value in node.value:
        try:
            _take(name, value, said, lines)
        except Unfit as wrong:
            faults.append(wrong)
    if faults:
        raise Several(faults)
    return said, lines


def _take(name_node: Node, value: Node, said: dict[str, Any], lines: dict[str, int]) -> None:
    name = name_node.value if isinstance(name_node, ScalarNode) else ""
    if name not in KNOWN:
        raise Unfit("front_unknown", name or "?", _line(name_node))
    if name in lines:
        raise Unfit("front_twice", name, _line(name_node))
    lines[name] = _line(name_node)
    if value.tag != _NULL:
        said[name] = _value(name, value)


def _value(name: str, node: Node) -> str | int:
    if not isinstance(node, ScalarNode):
        raise Unfit("front_value", name, _line(node))
    if name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{1,9}", node.value):
            raise Unfit("front_number", name, _line(node))
        return int(node.value)
    return str(node.value)


def _line(node: Node) -> int:
    """Counted from 1 in the file, whose first line is the mark before the front."""
    return int(node.start_mark.line) + 2
