"""The address of the list of cases: which view, which filters, which order and columns."""

from collections.abc import Mapping
from urllib.parse import urlencode

from infra.kernel.ids import parse
from portals.visits import Visit
from portals.words import noted
from portals.workspace.inbox import OPEN
from portals.workspace.reader import Reader, joined

PATH = "/workspace/cases"
SIZE = 50
STATES = (*OPEN, "resolved", "closed", "cancelled")
CHANNEL_CODES = ("portal", "email", "chat", "widget", "phone", "web", "api")
CHOICES = {
    "state": STATES,
    "priority": ("1", "2", "3", "4"),
    "channel": CHANNEL_CODES,
    "entitlement_status": (
        "verified",
        "none",
        "uncovered_channel",
        "outside_hours",
        "exhausted",
        "expired",
    ),
}
SORTABLE = {"number": "number", "priority": "priority", "created_at": "opened_at"}
COLUMNS = ("customer", "product", "state", "priority", "assignee", "channel", "due", "created_at",
           "updated_at")  # fmt: skip
SHOWN = ("customer", "state", "priority", "assignee", "due")
CUSTOMERS = {"account_id": "accounts", "contact_id": "contacts", "consumer_id": "consumers"}
FIRST_SORT = "-opened_at"
VIEWS = {
    "mine": noted("Mine"),
    "groups": noted("My groups"),
    "unassigned": noted("Unassigned"),
    "open": noted("All open"),
    "all": noted("All"),
}


def asked_of(visit: Visit) -> dict[str, str]:
    """The filters of the address; what is none of the choices is left out."""
    asked = {name: value for name in CHOICES if (value := visit.word(name)) in CHOICES[name]}
    for name in CUSTOMERS:
        key = parse(visit.word(name, 40))
        if key is not None:
            asked[name] = str(key)
    return asked


def view_named(visit: Visit) -> str:
    """The view of the address. A filter by customer or state looks at all cases, not at mine."""
    name = visit.word("view")
    if name in VIEWS:
        return name
    return "all" if asked_of(visit) or visit.word("q") else "open"


def views_of(reader: Reader) -> dict[str, dict[str, str]]:
    """The filters that each view stands for."""
    open_ = {"state[in]": ",".join(OPEN)}
    groups = joined(reader.caller.attributes.get("group_ids") or ())
    # Nobody's group: a view without groups is empty, not everything.
    of_groups = groups or "00000000-0000-0000-0000-000000000000"
    return {
        "mine": open_ | {"assigned_to_id": str(reader.caller.profile_id)},
        "groups": open_ | {"assignment_group_id[in]": of_groups},
        "unassigned": open_ | {"assigned_to_id[null]": "true"},
        "open": open_,
        "all": {},
    }


def sort_named(text: str) -> str:
    """A sort of the address by the API's name."""
    return text if text.removeprefix("-") in SORTABLE.values() else FIRST_SORT


def columns_named(visit: Visit) -> tuple[str, ...]:
    """The columns chosen, in their usual order."""
    given = {name for text in visit.request.query_params.getlist("columns")[:20]
             for name in text.split(",")}  # fmt: skip
    return tuple(name for name in COLUMNS if name in given) or SHOWN


def shown_sort(sort: str) -> str:
    names = {api: shown for shown, api in SORTABLE.items()}
    mark = "-" if sort.startswith("-") else ""
    return mark + names[sort.removeprefix("-")]


def sort_urls(sort: str, kept: Mapping[str, str]) -> dict[str, str]:
    """Each heading sorts by itself; the one that is sorted by turns round."""
    return {
        shown: link({**kept, "sort": f"-{api}" if sort == api else api})
        for shown, api in SORTABLE.items()
    }


def link(query: Mapping[str, str]) -> str:
    """The list with these parameters."""
    given = {name: value for name, value in query.items() if value}
    return f"{PATH}?{urlencode(given)}" if given else PATH
