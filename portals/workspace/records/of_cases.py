"""What the form of a case asks for: by the type that is chosen in it, and by the tenant's lists."""

from collections.abc import Mapping

from infra.kernel.custom.fields import words_in
from infra.kernel.reading import customization
from portals.workspace.reader import Reader, Row
from portals.workspace.records.composed import Values
from portals.workspace.records.known import Advice, Known, codes

_LISTED = ("category", "subcategory")


async def needed_by_type(reader: Reader, row: Row | None, values: Values) -> frozenset[str]:
    """The fields that a case of the chosen type must fill in."""
    key = values["case_type_id"] if "case_type_id" in values else (row or {}).get("case_type_id")
    kind = await reader.maybe("case_types", key) if key else None
    return frozenset(kind["required_fields"] if kind else ())


async def lists_of_cases(reader: Reader) -> Mapping[str, Row]:
    """What columns of cases may say, where the tenant has lists: {"choices", "above"} of each."""
    known = await customization(reader.services, reader.caller)
    locale = reader.caller.locale
    return {
        name: {
            "above": each.depends_on,
            "choices": [
                {"value": c.value, "label": words_in(c.label, locale), "parent": c.parent}
                for c in each.choices
                if c.active
            ],
        }
        for name, each in known.lists_of("cases").items()
    }


def _by_type(name: str) -> Advice:
    """A field that the type may require."""

    def advice(known: Known, _name: str, form: Values) -> Row:
        needed: Row = {"required": True} if name in known.needed else {}
        if name in _LISTED:
            needed["label"] = f"{name}_of_case"
        if name in _LISTED and name in known.lists:
            needed |= _listed(known, name, form)
        return needed

    return advice


def _listed(known: Known, name: str, form: Values) -> Row:
    listed = known.lists[name]
    above = form.get(listed["above"] or "", "")
    offered = [c for c in listed["choices"] if c["parent"] in (None, above)]
    leads = any(each["above"] == name for each in known.lists.values())
    return {"kind": "choice", "words": "", "choices": offered, "redraws": leads}


def _weight(known: Known, name: str, _form: Values) -> Row:
    return {"kind": "choice", "takes": "number", "words": "weight", "choices": codes(range(1, 4)),
            **({"required": True} if name in known.needed else {})}  # fmt: skip


_PLAIN = ("description", "account_id", "contact_id", "consumer_id", "sold_product_id", "asset_id",
          "category", "subcategory", "parent_id", "assignment_group_id", "assigned_to_id",
          "channel")  # fmt: skip
OF_CASES: Mapping[str, Advice] = {
    "case_type_id": lambda _known, _name, _form: {"redraws": True},
    "impact": _weight, "urgency": _weight, **{name: _by_type(name) for name in _PLAIN},
}  # fmt: skip
