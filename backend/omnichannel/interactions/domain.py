"""Conversations on every channel, and the messages in them."""

from backend.omnichannel.interactions.resources import interactions, messages
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_BUSINESS = {"customer_kind": ["business", "unknown"]}
_CONSUMERS = {"customer_kind": ["consumer", "unknown"]}
_PUBLIC = {"visibility": "public"}

domain = Domain(
    name="interactions",
    summary="Conversations on every channel, and the messages in them.",
    resources=(interactions, messages),
    grants=(
        *(
            grant
            for name in ("interactions", "messages")
            for grant in (
                Grant("service_manager", name, ("read",)),
                Grant("case_viewer", name, ("read",)),
                Grant("agent_b2b", name, ("read",), where=_BUSINESS),
                Grant("agent_b2c", name, ("read",), where=_CONSUMERS),
                Grant("agent_b2b", name, ("read",), "assigned"),
                Grant("agent_b2c", name, ("read",), "assigned"),
            )
        ),
        Grant("customer", "interactions", ("read",), "own"),
        Grant("consumer", "interactions", ("read",), "own_consumer"),
        Grant("visitor", "interactions", ("read",), "own_visitor"),
        Grant("customer", "messages", ("read",), "own", where=_PUBLIC),
        Grant("consumer", "messages", ("read",), "own_consumer", where=_PUBLIC),
        Grant("visitor", "messages", ("read",), "own_visitor", where=_PUBLIC),
    ),
)
