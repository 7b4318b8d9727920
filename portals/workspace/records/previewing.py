"""What a change of access would do, shown before it is saved."""

from collections import Counter
from typing import Any

from infra.kernel.errors import Fault, Invalid
from infra.kernel.proposals import Proposals
from portals.visits import Visit
from portals.workspace.reader import Row
from portals.workspace.records.shapes import Kind

_PREFIX = "/changes/0/body"
_SHOWN_MOST = 50


async def previewed(
    visit: Visit, kind: Kind, verb: str, row: Row | None, body: dict[str, Any]
) -> Row:
    """Who would gain and who would lose how many records of what; raises Invalid with the faults
    of the form's own fields."""
    change: dict[str, Any] = {"collection": kind.collection, "op": verb, "body": body}
    if row is not None:
        change["id"] = str(row["id"])
    try:
        told = await visit.services.get(Proposals).tell(visit.services, visit.caller, [change])
    except Invalid as refused:
        raise Invalid([_own(fault) for fault in refused.faults]) from None
    told = told or {"profiles": 0, "gains": [], "losses": [], "truncated": False}
    return {
        "people": told["profiles"], "truncated": told["truncated"],
        "gains": _summed(told["gains"]), "losses": _summed(told["losses"]),
    }  # fmt: skip


def _own(fault: Fault) -> Fault:
    return Fault(fault.pointer.removeprefix(_PREFIX), fault.code, fault.message)


def _summed(effects: list[Row]) -> list[Row]:
    """Per person and kind of record, how many."""
    counts = Counter((each["name"], each["resource"]) for each in effects)
    return [
        {"name": name, "resource": resource, "count": count}
        for (name, resource), count in counts.most_common(_SHOWN_MOST)
    ]
