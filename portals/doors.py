"""By which door somebody comes in: the portal is for those who are served and for contributors, the
workspace for staff who work on what was asked."""

from infra.kernel.access import Caller
from tenants.roles import CONTRIBUTORS, STAFF


def is_served(caller: Caller) -> bool:
    """Whether the caller is a customer or acts for one."""
    return caller.audience != STAFF


def at_portal(caller: Caller) -> bool:
    """Whether the portal's pages are for the caller."""
    return is_served(caller) or not caller.roles.isdisjoint(CONTRIBUTORS)


def at_desk(caller: Caller) -> bool:
    """Whether the workspace is for the caller: staff, unless they contribute and do nothing else.

    Whoever looks after a customer by a responsibility works that customer's cases, at a desk.
    """
    if is_served(caller):
        return False
    contributes_only = bool(caller.roles) and caller.roles <= set(CONTRIBUTORS)
    return not contributes_only or bool(caller.grants)


def doors_of(caller: Caller) -> dict[str, bool]:
    """The same for the templates, whose frames show the ways to go."""
    return {
        "staff": at_desk(caller),
        "portal": at_portal(caller),
        "served": is_served(caller),
    }
