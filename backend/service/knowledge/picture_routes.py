"""The address of a picture's bytes in the API."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.kernel.admission import caller_of
from infra.kernel.described import described
from infra.kernel.performing import perform
from infra.kernel.picture_files import picture_response
from infra.kernel.services import Services

_BINARY = {"type": "string", "format": "binary"}


@described(
    "articles.picture_content",
    tag="articles",
    answers={200: ("image/png", _BINARY), 304: ("", None)},
    headers=("If-None-Match",),
    problems=("400", "401", "403", "404", "429", "503"),
)
async def content(request: Request) -> Response:
    """A picture that an article shows, as PNG, JPEG, GIF or WebP."""
    services: Services = request.app.state.services
    caller = await caller_of(request)
    told = await perform(
        services, caller, "articles.picture", record_id=request.path_params["id"],
        body={"name": request.path_params["name"]},
    )  # fmt: skip
    return await picture_response(request, services, caller.tenant_id, told.body.attachment_id)


routes = (Route("/api/v1/articles/{id}/pictures/{name}", content, methods=["GET"]),)
