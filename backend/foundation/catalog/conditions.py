"""Conditions over the answers of a form, in CEL: `answers.seats > 10 && answers.city == "Bonn"`.

Every field has a member of `answers`, null while nothing was said. A condition that cannot be told,
such as one that compares nothing with a number, does not hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from annotated_types import MaxLen

from infra.kernel.columns import Text
from infra.kernel.errors import Fault
from infra.kernel.rules import RuleError, compile_rule

Condition = Annotated[Text, MaxLen(1_000)]


def condition_faults(text: str, names: Iterable[str], pointer: str) -> Iterator[Fault]:
    """Why this is no condition over the answers to these fields."""
    if not text.strip():
        return
    try:
        compile_rule(text, frozenset({"answers", "answers.", *(f"answers.{n}" for n in names)}))
    except RuleError as refused:
        yield from refused.at(pointer).faults


def holds(text: str, names: Iterable[str], answers: Mapping[str, Any], *, empty: bool) -> bool:
    """Whether the condition holds; an empty one is as it is said here."""
    if not text.strip():
        return empty
    said = dict.fromkeys(names) | dict(answers)
    try:
        return compile_rule(text).matches({"answers": said})
    except RuleError:
        return False
