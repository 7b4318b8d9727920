"""The types of cases that one chooses among when one asks, and what the chosen one asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.kernel.custom.forms import offered
from infra.kernel.reading import customization
from portals.doors import is_served
from portals.visits import Visit
from portals.words import WEIGHTS, noted

_MOST = "100"
_LISTED = ("category", "subcategory")
_LABELS = {
    "category": noted("What does it belong to?"),
    "subcategory": noted("More exactly"),
    "urgency": noted("How urgent is it?"),
}
"""Columns of a case that a type may ask its customers for, beside what every case is asked."""


@dataclass(frozen=True)
class Asked:
    """What there is to choose among, what is chosen, and what that asks for and leaves out."""

    kinds: Sequence[Mapping[str, Any]] = ()
    chosen: Mapping[str, Any] | None = None
    needed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    more: Sequence[Mapping[str, Any]] = field(default_factory=list)
    """[{"name", "label", "choices": or None}] further columns, all of them required."""

    def own(self, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The tenant's own fields as the type asks for them."""
        return [
            each | {"required": each["required"] or each["name"] in self.needed}
            for each in questions
            if each["name"] not in self.hidden
        ]


async def asked_of(visit: Visit, values: Mapping[str, str]) -> Asked:
    """What the form asks after the type that its values choose."""
    if not visit.may("case_types", "read"):
        return Asked()
    narrow = {} if is_served(visit.reader) else {"active": "true", "portal_visible": "true"}
    kinds = (await visit.list("case_types", limit=_MOST, **narrow)).data
    shown = [{"id": str(each["id"]), "name": each["name"]} for each in kinds]
    chosen = next((k for k in kinds if str(k["id"]) == values.get("case_type_id")), None)
    if chosen is None:
        return Asked(shown)
    needed = frozenset(chosen["required_fields"])
    more = [await _column(visit, name, values) for name in _LABELS if name in needed]
    return Asked(shown, chosen, needed, frozenset(chosen["hidden_fields"]), more)


async def _column(visit: Visit, name: str, values: Mapping[str, str]) -> dict[str, Any]:
    choices: list[dict[str, Any]] | None = None
    if name == "urgency":
        choices = [{"value": k, "label": visit.say(words)} for k, words in WEIGHTS.items()]
    elif name in _LISTED:
        known = (await customization(visit.services, visit.reader)).lists_of("cases")
        if name in known:
            above = values.get(known[name].depends_on or "")
            choices = [
                each for each in offered(known[name], visit.locale)
                if each["parent"] is None or each["parent"] == above
            ]  # fmt: skip
    return {"name": name, "label": visit.say(_LABELS[name]), "choices": choices}
