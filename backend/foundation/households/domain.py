"""Households: consumers who share an address and common products."""

from backend.foundation.households.actions.keep import create, delete, update
from backend.foundation.households.actions.membership import (
    appoint_head,
    join,
    leave,
    make_primary,
)
from backend.foundation.households.actions.team import dismiss, entrust
from backend.foundation.households.resources import (
    household_members,
    household_team_members,
    households,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "join", "leave", "make_primary", "appoint_head")
_READ_ALL = ("consumer_contributor", "customer_data_viewer")

domain = Domain(
    name="households",
    summary="Households: who belongs to them, who is their head, and who looks after them.",
    resources=(households, household_members, household_team_members),
    actions=(
        create, update, delete, join, leave, make_primary, appoint_head, entrust, dismiss,
    ),
    grants=(
        Grant("service_manager", "households", (*_KEEP, "delete")),
        Grant("agent_b2c", "households", _KEEP),
        *(Grant(role, "households", ("read",)) for role in _READ_ALL),
        Grant("consumer", "households", ("read",), "member"),
        *(Grant(role, "household_members", ("read",))
          for role in ("service_manager", "agent_b2c", *_READ_ALL)),
        Grant("consumer", "household_members", ("read",), "own_consumer"),
        Grant("service_manager", "household_team_members", ("read", "create", "delete")),
        Grant("agent_b2c", "household_team_members", ("read",)),
    ),
)  # fmt: skip
