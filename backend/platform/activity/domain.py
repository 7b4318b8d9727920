"""Activity streams of records: public comments, internal notes, changes."""

from backend.platform.activity.resources import activity_entries
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_PUBLIC = {"visibility": "public", "kind": "cases"}
_STAFF = ("service_manager", "agent_b2b", "agent_b2c", "case_viewer")

domain = Domain(
    name="activity",
    summary="Comments, notes and changes on records.",
    resources=(activity_entries,),
    grants=(
        *(Grant(role, "activity_entries", ("read",)) for role in _STAFF),
        Grant("customer", "activity_entries", ("read",), "case_own", where=_PUBLIC),
        Grant("consumer", "activity_entries", ("read",), "case_consumer", where=_PUBLIC),
        Grant(
            "customer_case_manager", "activity_entries", ("read",), "case_account", where=_PUBLIC
        ),
        Grant("customer_admin", "activity_entries", ("read",), "case_account_tree", where=_PUBLIC),
        Grant("partner", "activity_entries", ("read",), "case_own", where=_PUBLIC),
        Grant("partner_admin", "activity_entries", ("read",), "case_account_tree", where=_PUBLIC),
    ),
)
