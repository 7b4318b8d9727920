"""The questions of a catalogue item as pages ask them: what was typed, as its form takes it."""

from collections.abc import Mapping, Sequence
from typing import Any


def answers(form: Sequence[Mapping[str, Any]], typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was answered, each as its question takes it; what is not asked here is left out."""
    kept: dict[str, Any] = {}
    for each in form:
        name, kind = each["name"], each["kind"]
        given = [text.strip() for text in typed.get(name, []) if text.strip()]
        if kind == "boolean":
            kept[name] = bool(given)
        elif kind == "choices" and given:
            kept[name] = given
        elif given:
            text = given[0]
            is_number = kind == "integer" and text.lstrip("-").isdigit() and len(text) < 18
            kept[name] = int(text) if is_number else f"{text}:00Z" if kind == "datetime" else text
    return kept
