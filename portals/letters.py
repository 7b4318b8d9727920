"""Where letters lead: a forgotten password, and coming in for the first time."""

from starlette.responses import RedirectResponse, Response

from infra.kernel.errors import NotFound, Problem
from portals.forms import given_fields
from portals.pages import page
from portals.visits import Visit
from tenants.passwords import LENGTH_MIN
from tenants.people.resources import users
from tenants.signin import resets
from tenants.signin.requests import address_of
from tenants.signin.routes import welcome

_LETTERS = {
    "sign-in": "/signin",
    "accept-invitation": "/invite",
    "reset": "/reset",
    "forgot": "/forgot",
}


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
            email=given_fields(form, "email")["email"],
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
        given = given_fields(form, "password")
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
        given = given_fields(form, "name", "password")
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
    page("/forgot", forgot_page, people="all"),
    page("/forgot", forgot, methods=("POST",), people="all"),
    page("/reset", reset_page, people="all"),
    page("/reset", reset, methods=("POST",), people="all"),
    page("/invite", invitation_page, people="all"),
    page("/invite", accept_invitation, methods=("POST",), people="all"),
    page("/auth/{name:str}", from_letter, people="all"),
)
