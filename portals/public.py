"""Coming in and going out, and the choices of a browser: language and look."""

from urllib.parse import quote

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem, Unauthorized
from infra.kernel.ids import parse
from portals.forms import given_fields
from portals.pages import page
from portals.visits import Visit
from tenants.oidc.resources import identity_providers
from tenants.redirects import local_path
from tenants.signin import sessions
from tenants.signin.authenticator import Authenticator
from tenants.signin.requests import address_of
from tenants.signin.routes import welcome


async def sign_in_page(visit: Visit) -> Response:
    """Who comes in; whoever is in already goes on."""
    wanted = local_path(visit.query.get("next"))
    if visit.visitor is not None:
        return visit.go(wanted)
    return await _sign_in_form(visit, wanted)


async def sign_in(visit: Visit) -> Response:
    """A session for the right password; the form again, with what was typed, for a wrong one."""
    try:
        form = await visit.form()
        session = await sessions.sign_in(
            visit.services,
            visit.site.tenant_id,
            email=given_fields(form, "email", "password")["email"],
            password=form["password"],
            client_address=address_of(visit.request),
        )
    except Problem as problem:
        wanted = local_path(visit.typed.get("next"))
        return await _sign_in_form(visit, wanted, problem)
    return await welcome(visit.request, session, local_path(form.get("next")), is_form=True)


async def _sign_in_form(visit: Visit, wanted: str, problem: Problem | None = None) -> Response:
    errors = visit.errors(problem) if problem else []
    if isinstance(problem, Unauthorized):
        message = visit.say("The address or the password is wrong.")
        errors = [{"field": "email", "message": message}]
    return await visit.page(
        "signin.html",
        status=problem.status if problem else 200,
        next="" if wanted == "/" else wanted,
        values={"email": visit.typed.get("email", "")},
        errors=errors,
        providers=await _providers(visit, wanted),
    )


async def _providers(visit: Visit, wanted: str) -> list[dict[str, str]]:
    async with visit.services.system(visit.site.tenant_id, reason="oidc") as ctx:
        rows = await ctx.every(identity_providers).filter(active=True).order_by("title")
    return [
        {
            "name": row.title or row.name,
            "url": f"/auth/oidc/{quote(row.name)}/start?next={quote(wanted, safe='')}",
        }
        for row in rows
    ]


async def sign_out(visit: Visit) -> Response:
    """End the session; the very next request is nobody's."""
    await visit.form()
    if visit.visitor is not None:
        await sessions.sign_out(visit.services, visit.visitor)
    token = visit.cookies.session(visit.request.cookies)
    visit.services.get(Authenticator).forget(token)
    response = visit.go("/")
    visit.cookies.clear(response)
    return response


async def switch_profile(visit: Visit) -> Response:
    """Act as another of one's own profiles."""
    form = await visit.form()
    profile_id = parse(form.get("profile_id", ""))
    if profile_id is None:
        raise NotFound("no such profile")
    await sessions.switch_profile(visit.services, visit.caller, profile_id)
    token = visit.cookies.session(visit.request.cookies)
    visit.services.get(Authenticator).forget(token)
    return visit.go("/")


# ── Choices of this browser ──────────────────────────────────────────────────────────────────


async def choose_language(visit: Visit) -> Response:
    """The language of all pages in this browser from now on."""
    form = await visit.form()
    response = visit.go(form.get("next", "/"))
    if form.get("locale", "") in {"en", "de"}:
        visit.remember(response, "locale", form["locale"])
    return response


async def choose_theme(visit: Visit) -> Response:
    """Light, dark, or as the system has it."""
    form = await visit.form()
    response = visit.go(form.get("next", "/"))
    if form.get("theme", "") in {"", "light", "dark"}:
        visit.remember(response, "theme", form.get("theme", ""))
    return response


routes = (
    page("/signin", sign_in_page, people="all"),
    page("/signin", sign_in, methods=("POST",), people="all"),
    page("/signout", sign_out, methods=("POST",), people="all"),
    page("/profile", switch_profile, methods=("POST",)),
    page("/language", choose_language, methods=("POST",), people="all"),
    page("/theme", choose_theme, methods=("POST",), people="all"),
)
