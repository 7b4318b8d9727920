"""Activity streams of records: public comments, internal notes, changes."""

from backend.platform.activity.resources import activity_entries
from backend.platform.responsibilities.reach import AGENTS, AT_HAND, RELATED
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_PUBLIC = {"visibility": "public", "kind": "cases"}
_WHERE_THEY_WORK = {
    "service_organization_contributor": tuple(AT_HAND),
    "relationship_contributor": tuple(RELATED),
    "self_contributor": ("employee",),
    "business_location_contributor": ("place",),
    "organization_supervisor": ("place", "organization"),
    "dealer": ("place", "organization"),
    "customer_case_manager": ("through_account",),
    "customer_admin": ("through_account", "through_account_tree"),
}
_STAFF = ("service_manager", "case_viewer")
_CONTRIBUTORS = ("account_contributor", "consumer_contributor")

domain = Domain(
    name="activity",
    summary="Comments, notes and changes on records.",
    resources=(activity_entries,),
    grants=(
        *(Grant(role, "activity_entries", ("read",)) for role in _STAFF),
        # A note on a case that an agent does not see is not for the agent either.
        *(Grant(role, "activity_entries", ("read",), "of_case") for role in AGENTS),
        *(Grant(role, "activity_entries", ("read",), "of_case", where=_PUBLIC)
          for role in _CONTRIBUTORS),
        Grant("customer", "activity_entries", ("read",), "case_own", where=_PUBLIC),
        Grant("consumer", "activity_entries", ("read",), "case_consumer", where=_PUBLIC),
        Grant(
            "customer_case_manager", "activity_entries", ("read",), "case_account", where=_PUBLIC
        ),
        Grant("customer_admin", "activity_entries", ("read",), "case_account_tree", where=_PUBLIC),
        *(Grant("location_agent", "activity_entries", ("read",), f"case_{path}")
          for path in ("place", "organization", *AT_HAND)),
        *(Grant(role, "activity_entries", ("read",), f"case_{path}", where=_PUBLIC)
          for role, paths in _WHERE_THEY_WORK.items() for path in paths),
        Grant("partner", "activity_entries", ("read",), "case_own", where=_PUBLIC),
        Grant("partner_admin", "activity_entries", ("read",), "case_account_tree", where=_PUBLIC),
    ),
)  # fmt: skip
