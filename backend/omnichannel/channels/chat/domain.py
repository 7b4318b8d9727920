"""Chat in the portal and in widgets."""

from backend.omnichannel.channels.chat.actions.talk import close, open_case, say, start_chat
from backend.omnichannel.channels.chat.reactions import free_the_agent
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_BUSINESS = {"customer_kind": ["business", "unknown"]}
_CONSUMERS = {"customer_kind": ["consumer", "unknown"]}
_WORK = ("say", "close", "open_case")
_ASK = ("start_chat", "say", "close")

domain = Domain(
    name="chat",
    summary="Chat in the portal and in widgets.",
    actions=(start_chat, say, close, open_case),
    grants=(
        Grant("service_manager", "interactions", _WORK),
        Grant("agent_b2b", "interactions", _WORK, where=_BUSINESS),
        Grant("agent_b2c", "interactions", _WORK, where=_CONSUMERS),
        Grant("agent_b2b", "interactions", _WORK, "assigned"),
        Grant("agent_b2c", "interactions", _WORK, "assigned"),
        Grant("customer", "interactions", _ASK, "own"),
        Grant("consumer", "interactions", _ASK, "own_consumer"),
        Grant("visitor", "interactions", _ASK, "own_visitor"),
    ),
    reactions=(free_the_agent,),
)
