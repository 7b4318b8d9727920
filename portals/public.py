"""Pages with one thing on them: signing in and out, choosing a password, coming in for the first
time, and letting a program act for oneself."""

from urllib.parse import quote, urlsplit

from starlette.responses import RedirectResponse, Response

from infra.kernel.errors import Fault, Invalid, NotFound, Problem, Unauthorized
from infra.kernel.headers import PAGE_POLICY
from infra.kernel.ids import parse
from portals.pages import page
from portals.visits import Visit
from portals.words import FIELDS, sentence
from tenants.oauth import consent
from tenants.oidc.resources import identity_providers
from tenants.passwords import LENGTH_MIN
from tenants.people.resources import users
from tenants.redirects import local_path
from tenants.signin import resets, sessions
from tenants.signin.authenticator import Authenticator
from tenants.signin.requests import address_of
from tenants.signin.routes import welcome

_REQUEST = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
_LETTERS = {
    "sign-in": "/signin",
    "accept-invitation": "/invite",
    "reset": "/reset",
    "forgot": "/forgot",
}


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
            email=_given(form, "email", "password")["email"],
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


# ── Passwords ────────────────────────────────────────────────────────────────────────────────


async def forgot_page(visit: Visit) -> Response:
    """Where to send the link."""
    return await visit.page("forgot.html", sent=False, values={"email": ""}, errors=[])


async def forgot(visit: Visit) -> Response:
    """The same answer for every address, known or not."""
    errors, status = [], 200
    try:
        form = await visit.form()
        await resets.request_reset(
            visit.services,
            visit.site.tenant_id,
            email=_given(form, "email")["email"],
            client_address=address_of(visit.request),
        )
    except Problem as problem:
        errors, status = visit.errors(problem), problem.status
    values = {"email": visit.typed.get("email", "")}
    return await visit.page(
        "forgot.html", status=status, sent=not errors, values=values, errors=errors
    )


async def reset_page(visit: Visit) -> Response:
    """A new password, with the key from the letter."""
    return await _reset_form(visit, visit.word("token", 1000))


async def reset(visit: Visit) -> Response:
    """Set it, and end whatever was signed in elsewhere."""
    try:
        form = await visit.form()
        given = _given(form, "password")
        await resets.reset(
            visit.services,
            visit.site.tenant_id,
            token=form.get("token", ""),
            password=given["password"],
            client_address=address_of(visit.request),
        )
    except Problem as problem:
        return await _reset_form(visit, visit.typed.get("token", ""), problem)
    return visit.go("/signin", notice=visit.say("The password is set. Sign in with it."))


async def _reset_form(visit: Visit, token: str, problem: Problem | None = None) -> Response:
    return await visit.page(
        "reset.html",
        status=problem.status if problem else 200,
        token=token,
        errors=visit.errors(problem, token="") if problem else [],
        password_min=LENGTH_MIN,
    )


async def invitation_page(visit: Visit) -> Response:
    """A name and a password, for whoever holds the key from an invitation."""
    return await _invitation_form(visit, visit.word("token", 1000))


async def accept_invitation(visit: Visit) -> Response:
    """Come in for the first time."""
    try:
        form = await visit.form()
        given = _given(form, "name", "password")
        session = await resets.accept_invitation(
            visit.services,
            visit.site.tenant_id,
            token=form.get("token", ""),
            password=given["password"],
            client_address=address_of(visit.request),
        )
    except Problem as problem:
        return await _invitation_form(visit, visit.typed.get("token", ""), problem)
    async with visit.services.system(visit.site.tenant_id, reason="invitation") as ctx:
        user = await ctx.find(users, session.user_id, lock=True)
        if given["name"] != user.name:
            user.name = given["name"][:200]
            await ctx.save(user)
    return await welcome(visit.request, session, "/", is_form=True)


async def _invitation_form(visit: Visit, token: str, problem: Problem | None = None) -> Response:
    invited = await resets.invitation_of(visit.services, visit.site.tenant_id, token)
    if invited is None:
        return await visit.page(
            "message.html",
            status=404,
            kind="404",
            title=visit.say("This invitation is no longer good"),
            text=visit.say("It was used already, taken back, or is too old. Ask for a new one."),
            action={"url": "/signin", "label": visit.say("To sign in")},
            request_id=None,
        )
    name, email = invited
    return await visit.page(
        "accept_invite.html",
        status=problem.status if problem else 200,
        token=token,
        invited_by=None,
        email=email,
        values={"name": visit.typed.get("name", name)},
        errors=visit.errors(problem, token="") if problem else [],
        password_min=LENGTH_MIN,
    )


def _given(form: dict[str, str], *names: str) -> dict[str, str]:
    """These fields; raises Invalid naming each that is empty."""
    faults = [Fault(f"/{n}", "missing", "is missing") for n in names if not form.get(n, "").strip()]
    if faults:
        raise Invalid(faults)
    return {name: form[name] if name == "password" else form[name].strip() for name in names}


# ── Programs (OAuth) ─────────────────────────────────────────────────────────────────────────


async def consent_page(visit: Visit) -> Response:
    """What a program asks for (RFC 6749 §4.1.1)."""
    asked_for = {name: visit.query.get(name, "") for name in _REQUEST}
    try:
        asked = await consent.examine(visit.services, visit.caller, asked_for)
    except consent.RefusedToClient as refused:
        return RedirectResponse(refused.location, status_code=303)
    host = urlsplit(asked.redirect_uri)
    response = await visit.page(
        "consent.html",
        action="/consent",
        fields=asked_for,
        client={"name": asked.client.name, "host": host.netloc or host.scheme},
        scopes=[_scope_words(visit, scope) for scope in asked.scopes],
    )
    # Browsers apply form-action to the redirect that follows a form, and it leads to the program.
    origin = f"{host.scheme}://{host.netloc}" if host.netloc else f"{host.scheme}:"
    policy = PAGE_POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")
    response.headers["content-security-policy"] = policy
    return response


async def decide(visit: Visit) -> Response:
    """Either way the program is told at its own, registered address."""
    form = await visit.form()
    asked_for = {name: form.get(name, "") for name in _REQUEST}
    try:
        asked = await consent.examine(visit.services, visit.caller, asked_for)
        if form.get("decision") != "allow":
            raise consent.RefusedToClient(asked.redirect_uri, "access_denied", asked.state)
        location = await consent.agree(visit.services, visit.caller, asked)
    except consent.RefusedToClient as refused:
        location = refused.location
    return RedirectResponse(location, status_code=303, headers={"Cache-Control": "no-store"})


def _scope_words(visit: Visit, scope: str) -> str:
    if scope == "*":
        return visit.say("Do everything that you may do")
    name, _, verb = scope.partition(":")
    what = visit.say("everything") if name == "*" else visit.say(FIELDS.get(name) or sentence(name))
    if verb == "read":
        return visit.say("Read: {what}").format(what=what)
    if verb == "*":
        return visit.say("Read and change: {what}").format(what=what)
    return f"{sentence(verb)}: {what}"


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


def _moved(target: str) -> Response:
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})


async def from_letter(visit: Visit) -> Response:
    """The addresses that letters name, which are those of the sign-in endpoints."""
    target = _LETTERS.get(visit.path["name"])
    if target is None:
        raise NotFound("there is no such page")
    query = visit.request.url.query
    return _moved(f"{target}?{query}" if query else target)


routes = (
    page("/signin", sign_in_page, people="all"),
    page("/signin", sign_in, methods=("POST",), people="all"),
    page("/signout", sign_out, methods=("POST",), people="all"),
    page("/profile", switch_profile, methods=("POST",)),
    page("/forgot", forgot_page, people="all"),
    page("/forgot", forgot, methods=("POST",), people="all"),
    page("/reset", reset_page, people="all"),
    page("/reset", reset, methods=("POST",), people="all"),
    page("/invite", invitation_page, people="all"),
    page("/invite", accept_invitation, methods=("POST",), people="all"),
    page("/consent", consent_page),
    page("/consent", decide, methods=("POST",)),
    page("/language", choose_language, methods=("POST",), people="all"),
    page("/theme", choose_theme, methods=("POST",), people="all"),
    page("/auth/{name:str}", from_letter, people="all"),
)
