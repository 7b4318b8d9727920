"""Approvals: whose consent is asked for what, and verbs that wait for it."""

from collections.abc import Iterator

from backend.platform.approvals.actions.about import about
from backend.platform.approvals.actions.decide import approve, reject
from backend.platform.approvals.actions.define import create as create_rule
from backend.platform.approvals.actions.define import update as update_rule
from backend.platform.approvals.actions.deputies import appoint, dismiss
from backend.platform.approvals.actions.foresee import foresee, preview
from backend.platform.approvals.actions.hand import hand_on, reassign
from backend.platform.approvals.actions.link import by_link, respond
from backend.platform.approvals.actions.look import colleagues, summary
from backend.platform.approvals.actions.request import create, recall, request_where_wanted
from backend.platform.approvals.actions.talk import answer, ask_back
from backend.platform.approvals.actions.waiting import waiting
from backend.platform.approvals.clocks import tick
from backend.platform.approvals.deputy_resource import approval_deputies
from backend.platform.approvals.following import follow, look_again, perform
from backend.platform.approvals.gate import gate
from backend.platform.approvals.resources import (
    approval_entries,
    approval_links,
    approval_requests,
    approval_steps,
    approvals,
)
from backend.platform.approvals.rule_resource import approval_rules
from backend.platform.approvals.standing import turn
from backend.platform.approvals.wanting import consider, follow_records
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BUILT_IN, PUBLIC, STAFF

_DECIDE = ("read", "approve", "reject", "ask", "reassign")
_OWN = ("read", "recall", "answer")
_FOLLOWED = ("approval_steps", "approval_entries")
_ROLES = tuple(r for r in BUILT_IN.values() if r.name != "admin")


def _everybody() -> Iterator[Grant]:
    """What everybody has who asks, is asked, or stands in for somebody who is."""
    for role in _ROLES:
        yield Grant(role.name, "approval_requests", ("respond",))
        if role.audience == PUBLIC:
            continue
        if role.audience == STAFF:
            yield Grant(role.name, "approval_requests", ("create",), "asked_by_me")
            yield Grant(role.name, "approvals", ("request",), "asked_by_me")
            for name in ("approval_requests", "approvals", *_FOLLOWED):
                yield Grant(role.name, name, ("read",), "of_case")
        yield Grant(role.name, "approval_requests", _OWN, "asked_by_me")
        yield Grant(role.name, "approval_requests", _DECIDE, "asked_of_me")
        yield Grant(role.name, "approval_requests", _DECIDE, "asked_of_mine")
        for name in _FOLLOWED:
            for path in ("asked_by_me", "asked_of_me", "asked_of_mine"):
                yield Grant(role.name, name, ("read",), path)
        for path in ("mine", "of_mine", "asked_by_me", "asked_of_me"):
            yield Grant(role.name, "approvals", ("read",), path)
        yield Grant(role.name, "approval_deputies", ("read", "create", "end"), "mine")
        yield Grant(role.name, "approval_deputies", ("read",), "for_me")


domain = Domain(
    name="approvals",
    summary="Whose consent is asked for what, and verbs that wait for it.",
    resources=(
        approval_rules,
        approval_requests,
        approval_steps,
        approvals,
        approval_entries,
        approval_links,
        approval_deputies,
    ),
    actions=(
        create_rule, update_rule, create, preview, foresee, waiting, recall, approve, reject,
        ask_back, answer, reassign, hand_on, by_link, respond, appoint, dismiss, summary,
        colleagues, about, request_where_wanted,
    ),
    grants=(
        Grant("service_manager", "approval_rules", ("read", "create", "update", "delete")),
        Grant("service_manager", "approval_requests", ("read", "recall", "reassign")),
        Grant("service_manager", "approvals", ("read",)),
        Grant("service_manager", "approval_steps", ("read",)),
        Grant("service_manager", "approval_entries", ("read",)),
        Grant("service_manager", "approval_deputies", ("read", "create", "end")),
        *_everybody(),
    ),
    jobs=(perform, look_again, consider),
    periodic=(tick, turn),
    followers=(follow, follow_records),
    gates=(gate,),
)  # fmt: skip
