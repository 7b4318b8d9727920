"""Objects as YAML in one form only, so that equal configurations are equal files.

The form is ours rather than a library's: it must not move when a library does. Any YAML reader
reads it; texts of several lines stand as blocks, whatever a reader might mistake is quoted.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[^\W\d][\w./@()&+-]*(?: [\w./@()&+-]+)*")
_MISTAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_PRINTED = (
    r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff"
)
_LINES = re.compile(f"[{_PRINTED}\n]*")
_UNPRINTED = re.compile(f'[^{_PRINTED}]|["\\\\]')
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_KEY_MOST = 200
"""Readers look no further than a thousand bytes for the colon behind a key."""


def write(value: Any) -> str:
    """The text of a file."""
    return "\n".join(_lines(value) or [_scalar(value)]) + "\n"


def _lines(value: Any) -> list[str]:
    """The lines of a collection that is not empty; none for anything else."""
    lines: list[str] = []
    if isinstance(value, Mapping):
        for name, inner in value.items():
            key = _scalar(str(name))
            if len(key) <= _KEY_MOST:
                lines += _entry(f"{key}:", inner)
            else:
                lines += [f"? {key}", *_entry(":", inner)]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            if nested := _lines(inner):
                lines += [f"- {nested[0]}", *_indented(nested[1:])]
            else:
                lines += _entry("-", inner)
    return lines


def _entry(head: str, value: Any) -> list[str]:
    if nested := _lines(value):
        return [head, *_indented(nested)]
    if isinstance(value, str) and _is_block(value):
        ending = "" if value.endswith("\n") else "-"
        return [f"{head} |{ending}", *_indented(value.removesuffix("\n").split("\n"))]
    return [f"{head} {_scalar(value)}"]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _is_block(text: str) -> bool:
    """Whether the text can stand as it is, line by line, and be read back as the same."""
    if "\n" not in text or not _LINES.fullmatch(text) or text.endswith("\n\n"):
        return False
    lines = text.split("\n")
    return lines[0][:1] not in {"", " "} and not any(line.isspace() for line in lines)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (int, float)):
        number = json.dumps(value)
        # Older readers take 1e9 for a text, but not 1.0e9.
        return number.replace("e", ".0e") if "e" in number and "." not in number else number
    return "{}" if isinstance(value, Mapping) else "[]"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.casefold() not in _MISTAKEN:
        return text
    return f'"{_UNPRINTED.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def ordered(value: Any) -> Any:
    """The value with the keys of all its mappings in order."""
    if isinstance(value, Mapping):
        return {name: ordered(value[name]) for name in sorted(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [ordered(each) for each in value]
    return value
