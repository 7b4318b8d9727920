"""Letting a program act for oneself (OAuth): what it asks for, and the answer."""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from infra.kernel.headers import PAGE_POLICY
from portals.pages import page
from portals.visits import Visit
from portals.words import FIELDS, sentence
from tenants.oauth import consent

_REQUEST = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge",
    "code_challenge_method",
)  # fmt: skip


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


routes = (
    page("/consent", consent_page),
    page("/consent", decide, methods=("POST",)),
)
