"""Page routes: a request becomes a Visit, and a refusal becomes a page that people can read.

    async def show(visit: Visit) -> Response:
        return await visit.page("portal/home.html", …)

    routes = (page("/", show), page("/cases/new", create, methods=("POST",)))

The tenant is found by the host, the person by the session cookie. A handler raises the kernel's
problems as any action does: nobody signed in is sent to sign in and comes back afterwards, another
refusal is one calm page, and a script of ours gets the problem document in the reader's words.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.errors import Forbidden, MethodNotAllowed, NotFound, Problem, Unauthorized
from infra.kernel.problems import MEDIA_TYPE, problem_of, problem_response
from infra.kernel.ratelimit import ANONYMOUS, RateLimiter, address_key
from infra.kernel.services import Services
from portals.doors import at_desk, at_portal, is_served
from portals.faults import StaleForm, errors_of, told
from portals.rendering import Renderer, best_locale
from portals.visits import Visit, new_mark
from portals.words import LOCALES
from tenants.directory.hosts import Hosts, Site
from tenants.redirects import local_path
from tenants.signin.cookies import Cookies
from tenants.signin.requests import address_of, signed_in

Handler = Callable[[Visit], Awaitable[Response]]
_SAFE = frozenset({"GET", "HEAD"})


def page(
    path: str,
    handler: Handler,
    *,
    methods: Sequence[str] = ("GET",),
    people: str = "signed-in",
) -> Route:
    """A route of pages. `people` says for whom: "all", "signed-in", "staff", "customers", or
    "portal" for customers and for staff who ask there in the name of others."""

    async def endpoint(request: Request) -> Response:
        visit: Visit | None = None
        try:
            visit = await begin(request)
            await _limit(visit)
            if people == "staff" and _comes_for_the_portal(visit):
                return visit.go("/")
            _admit(visit, people)
            return await handler(visit)
        except Exception as error:  # noqa: BLE001 - every refusal and fault has its page
            return await refuse(request, visit, error)
        finally:
            await request.close()

    endpoint.__name__ = handler.__name__
    return Route(path, endpoint, methods=list(methods), include_in_schema=False)


async def begin(request: Request) -> Visit:
    """What is known of a request before its page is; raises NotFound for a host without tenant."""
    services: Services = request.app.state.services
    site = await services.get(Hosts).site(request.headers.get("host"))
    if site is None or site.state != "active":
        raise NotFound("this host serves no tenant")
    return _visit(request, services, site, await _visitor(request))


def _visit(request: Request, services: Services, site: Site, visitor: Caller | None) -> Visit:
    mark = Cookies(services.settings).browser(request.cookies)
    theme = request.cookies.get("theme", "")
    return Visit(
        request=request,
        services=services,
        site=site,
        visitor=visitor,
        locale=locale_of(request, visitor),
        zone=_zone_of(request, visitor),
        theme=theme if theme in {"light", "dark"} else "",
        mark=mark or new_mark(),
        is_new_browser=mark is None,
    )


async def _visitor(request: Request) -> Caller | None:
    try:
        return await signed_in(request)
    except Forbidden:
        # A cookie of another tenant's: here it is nobody's.
        return None


async def _limit(visit: Visit) -> None:
    """As many pages as calls of the API: per person, or per address for visitors; else TooMany."""
    if visit.visitor is not None:
        await visit.request.app.state.admit(visit.request, visit.visitor)
        return
    where = address_key(address_of(visit.request))
    await visit.services.get(RateLimiter).enforce((where, ANONYMOUS))


def _admit(visit: Visit, people: str) -> None:
    if people == "all":
        return
    if people == "staff" and not at_desk(visit.caller):
        raise Forbidden("this page is for staff")
    if people == "customers" and not is_served(visit.caller):
        raise Forbidden("this page is for customers")
    if people == "portal" and not at_portal(visit.caller):
        raise Forbidden("this page is for customers and for those who ask in their name")


def _comes_for_the_portal(visit: Visit) -> bool:
    """Whether somebody without a desk went there by its address: their place is the portal."""
    caller = visit.caller
    is_theirs = is_served(caller) or at_desk(caller) or not at_portal(caller)
    return not is_theirs and visit.request.method in _SAFE and not visit.is_script


def locale_of(request: Request, caller: Caller | None) -> str:
    """The language switched to in this browser, else the person's, else what the browser asks."""
    chosen = request.cookies.get("locale", "")
    if chosen in LOCALES:
        return chosen
    if caller is not None and caller.user_id is not None:
        return best_locale(caller.locale)
    return asked_locale(request.headers.get("accept-language", ""))


def asked_locale(header: str) -> str:
    """The best language of an Accept-Language field (RFC 9110 §12.5.4) that we have."""
    weighed: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        code, _, weight = part.partition(";q=")
        short = code.strip().split("-", 1)[0].lower()
        if short in LOCALES:
            weighed.append((float(weight) if _is_weight(weight) else 1.0, short))
    return max(weighed, key=lambda each: each[0])[1] if weighed else "en"


def _is_weight(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdigit() and text.isascii()


def _zone_of(request: Request, caller: Caller | None) -> str:
    if caller is not None and caller.zone not in {"", "UTC"}:
        return caller.zone
    return unquote(request.cookies.get("zone", ""))[:64] or "UTC"


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


async def refuse(request: Request, visit: Visit | None, error: Exception) -> Response:
    """The answer to a request for a page that failed."""
    problem = problem_of(error)
    if visit is None:
        return _plainly(request, problem)
    if isinstance(problem, Unauthorized):
        return sign_in_first(visit)
    if visit.is_script:
        errors = errors_of(problem, visit.say)
        body = told(errors, problem, visit.request_id)
        return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE)
    return await visit.page("message.html", status=problem.status, **message_of(visit, problem))


def sign_in_first(visit: Visit) -> Response:
    """To the sign-in page, and afterwards back to what was asked for."""
    back = visit.address
    if visit.request.method not in _SAFE:
        back = local_path(visit.typed.get("next") or visit.request.url.path.rpartition("/")[0])
    response = RedirectResponse(f"/signin?next={quote(back, safe='')}", status_code=303)
    response.headers["cache-control"] = "no-store"
    return response


def message_of(visit: Visit, problem: Problem) -> dict[str, Any]:
    """What the message page says of a problem."""
    message: dict[str, Any] = {
        "kind": "500", "title": None, "text": None, "action": None,
        "request_id": visit.request_id or None,
    }  # fmt: skip
    if isinstance(problem, StaleForm):
        text = errors_of(problem, visit.say)[0]["message"]
        return message | {"kind": "403", "title": visit.say("This was not sent"), "text": text}
    if problem.status == 403:
        return message | {"kind": "403"}
    is_address = visit.request.method in _SAFE and problem.status in {400, 405}
    if is_address or problem.status in {404, 414}:
        return message | {"kind": "404", "request_id": None}
    if problem.status < 500:
        text = " ".join(str(each["message"]) for each in errors_of(problem, visit.say))
        back = {"url": _back(visit), "label": visit.say("Back")}
        return message | {
            "kind": "notice", "title": visit.say("This was not done"), "text": text, "action": back,
            "request_id": None,
        }  # fmt: skip
    return message


def _back(visit: Visit) -> str:
    if visit.request.method in _SAFE:
        return "/"
    return local_path(visit.typed.get("next") or visit.request.url.path.rpartition("/")[0])


def _plainly(request: Request, problem: Problem) -> Response:
    """For a host that is nobody's: there is no tenant whose page it could be."""
    services: Services | None = getattr(request.app.state, "services", None)
    if services is None or "text/html" not in request.headers.get("accept", ""):
        return problem_response(request, problem)
    locale = locale_of(request, None)
    tenant = {"name": "Atrium", "logo_url": None, "support_text": None, "support_phone": None}
    html = services.get(Renderer).render(
        "message.html", locale=locale, zone="UTC",
        page={"tenant": tenant, "me": None, "csrf_token": "", "theme": "", "path": "/",
              "notices": []},
        kind="404" if problem.status < 500 else "500", title=None, text=None, action=None,
        request_id=None,
    )  # fmt: skip
    return Response(html, status_code=problem.status, media_type="text/html")


async def answer(request: Request, error: Exception) -> Response:
    """The application's answer to what no route caught: a page where a person asked for one, a
    problem document for everybody else."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or path.startswith(("/api/", "/platform/", "/embed/", "/oauth/token")):
        return problem_response(request, error)
    try:
        visit = await begin(request)
    except Problem as problem:
        return _plainly(request, problem)
    if isinstance(problem_of(error), MethodNotAllowed) and request.method in _SAFE:
        error = NotFound()
    return await refuse(request, visit, error)
