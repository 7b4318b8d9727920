"""Style sheets, scripts and pictures, kept by browsers for as long as their address says."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.kernel.errors import NotFound
from infra.kernel.problems import problem_response
from infra.kernel.services import Services
from portals.assets import asset, read_asset
from portals.brand import brands_of
from tenants.directory.hosts import Hosts

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


async def static_file(request: Request) -> Response:
    """`GET /static/{name}`: immutable under the address that `asset` gives, else revalidated."""
    found = read_asset(request.path_params["name"])
    if found is None:
        return problem_response(request, NotFound("there is no such file"))
    is_pinned = request.query_params.get("v") == found.print
    etag = f'"{found.print}"'
    headers = {
        "Cache-Control": _FOR_EVER if is_pinned else _ASK_AGAIN,
        "ETag": etag,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    content = found.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = found.zipped, "gzip"
    return Response(content, headers=headers | {"Content-Type": found.content_type})


async def brand_css(request: Request) -> Response:
    """`GET /brand.css`: the tenant's colour, from which the tokens derive all others."""
    services: Services = request.app.state.services
    site = await services.get(Hosts).site(request.headers.get("host"))
    color = (await brands_of(services).of(site)).color if site else None
    text = f":root{{--brand:{color}}}\n" if color else "/* the house's own colour */\n"
    return Response(text, media_type="text/css", headers={"Cache-Control": "private, max-age=300"})


async def favicon(_request: Request) -> Response:
    """`GET /favicon.ico`, which browsers ask for unasked."""
    return RedirectResponse(
        asset("icon.svg"), status_code=301, headers={"Cache-Control": "public, max-age=86400"}
    )


routes = (
    Route("/static/{name:path}", static_file, methods=["GET"], include_in_schema=False),
    Route("/brand.css", brand_css, methods=["GET"], include_in_schema=False),
    Route("/favicon.ico", favicon, methods=["GET"], include_in_schema=False),
)
