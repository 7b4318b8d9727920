"""E-mail: what customers write becomes cases and comments, what staff say is mailed back."""

from starlette.routing import Route

from backend.omnichannel.channels.email.actions.keep import create, update
from backend.omnichannel.channels.email.actions.receive import receive, receive_raw
from backend.omnichannel.channels.email.resources import mailboxes
from backend.omnichannel.channels.email.sending import send_comment, send_resolution
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

domain = Domain(
    name="email",
    summary="E-mail in and out, in threads.",
    resources=(mailboxes,),
    actions=(create, update, receive),
    grants=(
        Grant("service_manager", "mailboxes", ("read", "create", "update", "delete", "receive")),
        Grant("agent_b2b", "mailboxes", ("read",)),
        Grant("agent_b2c", "mailboxes", ("read",)),
    ),
    reactions=(send_comment, send_resolution),
    routes=(Route("/api/v1/mailboxes/{id}/receive", receive_raw, methods=["POST"]),),
)
