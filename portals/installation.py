"""The front door: a tenant's own host, or the installation's, which is nobody's."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.kernel.services import Services
from portals.pages import locale_of, page
from portals.portal.home import start
from portals.rendering import Renderer
from tenants.directory.hosts import Hosts

_start = page("/", start, people="all").endpoint


async def front_door(request: Request) -> Response:
    """`GET /`."""
    services: Services = request.app.state.services
    hosts, host = services.get(Hosts), request.headers.get("host")
    if hosts.is_base(host) and await hosts.site(host) is None:
        return _installation(request, services)
    answered: Response = await _start(request)
    return answered


def _installation(request: Request, services: Services) -> Response:
    name = {"name": "Atrium", "logo_url": None, "support_text": None, "support_phone": None}
    frame: dict[str, Any] = {
        "tenant": name, "me": None, "csrf_token": "", "theme": "", "path": "/", "notices": [],
    }  # fmt: skip
    html = services.get(Renderer).render(
        "installation.html",
        locale=locale_of(request, None),
        zone="UTC",
        page=frame,
        docs_url="/api/docs",
    )
    return HTMLResponse(html)


routes = (Route("/", front_door, methods=["GET"], include_in_schema=False),)
