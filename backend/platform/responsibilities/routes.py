"""`POST /api/v1/access/preview`: what a change of access would do."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.platform.responsibilities.preview import AccessPreview, Proposal
from backend.platform.responsibilities.preview import preview as tell
from infra.kernel.admission import caller_of
from infra.kernel.described import described
from infra.kernel.representation import to_json
from infra.kernel.rest import json_body
from infra.kernel.schema import parse_body
from tenants.signin.requests import services_of


@described(
    "access.preview",
    tag="access",
    answers={200: ("application/json", AccessPreview)},
    body=("application/json", Proposal),
)
async def preview(request: Request) -> Response:
    """Say who would gain and who would lose which records by these changes; none is kept."""
    services = services_of(request)
    caller = await caller_of(request)
    body = await json_body(request, most=services.settings.json_bytes_max)
    proposal = Proposal(**parse_body(Proposal, body))
    return Response(to_json(await tell(services, caller, proposal)), media_type="application/json")


routes = (Route("/api/v1/access/preview", preview, methods=["POST"]),)
