"""Routing: work of every channel to the agent who is there, able, and has waited longest."""

from backend.omnichannel.routing.actions.answer import accept, decline
from backend.omnichannel.routing.actions.hand_on import complete, decision, transfer
from backend.omnichannel.routing.actions.presence import set_presence
from backend.omnichannel.routing.engine import expire, forget, retry, route, sweep
from backend.omnichannel.routing.reactions import follow_case, follow_change, make_sure
from backend.omnichannel.routing.resources import agent_presence, queues, skill_rules, work_items
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_WRITE = ("read", "create", "update", "delete")
_AGENTS = ("agent_b2b", "agent_b2c")
_HOLD = ("read", "complete", "transfer")

domain = Domain(
    name="routing",
    summary="Work of every channel to the agent who is there, able, and has waited longest.",
    resources=(queues, skill_rules, agent_presence, work_items),
    actions=(set_presence, accept, decline, complete, transfer, decision),
    grants=(
        Grant("service_manager", "queues", _WRITE),
        Grant("service_manager", "skill_rules", _WRITE),
        Grant("service_manager", "agent_presence", ("read", "set")),
        Grant("service_manager", "work_items", (*_HOLD, "accept", "decline")),
        *(Grant(role, "queues", ("read",)) for role in _AGENTS),
        *(Grant(role, "agent_presence", ("read", "set"), "own") for role in _AGENTS),
        *(Grant(role, "work_items", ("read",), "offered") for role in _AGENTS),
        *(Grant(role, "work_items", _HOLD, "held") for role in _AGENTS),
        # Answered by a conflict that says why, not by silence: several may try for one offer.
        *(Grant(role, "work_items", ("accept", "decline")) for role in _AGENTS),
    ),
    reactions=(follow_case, follow_change, make_sure),
    jobs=(route, expire, retry),
    periodic=(sweep, forget),
)
