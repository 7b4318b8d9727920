"""What the parts of an approval rule are asked for: what fits its kind of record and its people."""

from collections.abc import Callable, Iterable, Mapping

from infra.kernel.resource import Resource
from portals.workspace.reader import Row
from portals.workspace.records.composed import NONE, Values, beside
from portals.workspace.records.known import Advice, Known, codes
from portals.workspace.records.questions import hint
from tenants.roles import BUILT_IN

_UNASKED: Row = {"kind": NONE}
_PEOPLE = {"profiles", "users", "groups", "contacts", "consumers"}
"""Collections behind whose records there are people."""


def resource_of(known: Known, form: Values) -> Resource | None:
    """The kind of record that the form, or else the record, is about."""
    name = form.get("resource") or str((known.row or {}).get("resource") or "")
    return known.registry.resources.get(name)


def sample(known: Known, _name: str, form: Values) -> Row:
    """A record of that kind, by its number or its name."""
    found = resource_of(known, form)
    return {"kind": "ref", "of": found.name} if found is not None else {}


def _verbs(known: Known, _name: str, form: Values) -> Row:
    found = resource_of(known, form)
    names = sorted(
        each.name
        for each in (known.registry.actions_of[found.name] if found else ())
        if each.on == "record" and each.method != "GET"
    )
    return {"kind": "choice", "words": "verb", "choices": codes(names)}


def _who(_known: Known, _name: str, _form: Values) -> Row:
    return {"redraws": True}


def _name(known: Known, name: str, form: Values) -> Row:
    match form.get(beside(name, "who")):
        case "group":
            groups = [{"value": str(each["label"]), "label": each["label"]}
                      for each in known.groups]  # fmt: skip
            return {"kind": "choice", "words": "", "choices": groups}
        case "role" | "company":
            return {"options": sorted(BUILT_IN)}
        case "holders":
            return {}
    return _UNASKED


def _emails(_known: Known, name: str, form: Values) -> Row:
    return {} if form.get(beside(name, "who")) in {"people", "", None} else _UNASKED


def _via(known: Known, name: str, form: Values) -> Row:
    found, who = resource_of(known, form), form.get(beside(name, "who"))
    if found is None or who not in {"record", "holders", "company"}:
        return _UNASKED
    test: Mapping[str, Callable[[str], bool]] = {
        "record": lambda target: target in _PEOPLE,
        "company": lambda target: target == "accounts",
        "holders": lambda _target: True,
    }
    names = [n for n, relation in found.relations.items() if test[who](relation.resource)]
    return {"kind": "choice", "words": "field", "choices": codes(names)}


def _of_people(places: Iterable[str]) -> Mapping[str, Advice]:
    parts = {"who": _who, "name": _name, "emails": _emails, "via": _via}
    return {f"{place}.{part}": advice for place in places for part, advice in parts.items()}


OF_APPROVALS: Mapping[str, Advice] = {
    "action": _verbs, "record_id": sample, "condition": hint("record"),
    **_of_people(("levels.approvers", "levels.escalate_to", "fyi")),
}  # fmt: skip
