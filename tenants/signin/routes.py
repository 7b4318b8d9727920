"""The sign-in endpoints, as JSON and as forms. Pages for them are the portals' business."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import quote

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.kernel.access import Caller
from infra.kernel.described import described
from infra.kernel.errors import Problem
from tenants import csrf
from tenants.redirects import local_path
from tenants.signin import resets, sessions
from tenants.signin.authenticator import Authenticator
from tenants.signin.cookies import Cookies
from tenants.signin.requests import (
    address_of,
    binding_of,
    browser_binding,
    identify,
    read_body,
    services_of,
    signed_in,
    site_of,
)

Handler = Callable[[Request], Awaitable[Response]]
Short = Annotated[str, MinLen(1), MaxLen(320)]
Secret = Annotated[str, MinLen(1), MaxLen(1000)]
Path = Annotated[str, MaxLen(2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(_Body):
    """Who, and the proof."""

    email: Short
    password: Secret
    next: Path | None = None


class Nothing(_Body):
    """No members."""

    next: Path | None = None


class Forgot(_Body):
    """Whose password was forgotten."""

    email: Short


class NewPassword(_Body):
    """The key from a letter, and the password chosen."""

    token: Secret
    password: Secret
    next: Path | None = None


class ChangePassword(_Body):
    """The old password and the new one."""

    current: Secret
    password: Secret
    next: Path | None = None


async def sign_in(request: Request) -> Response:
    """Sign in with address and password."""
    site = await site_of(request)
    values, is_form = await read_body(request, SignIn)
    wanted = local_path(values.get("next"))
    session = await sessions.sign_in(
        services_of(request),
        site.tenant_id,
        email=values["email"],
        password=values["password"],
        client_address=address_of(request),
    )
    return await welcome(request, session, wanted, is_form=is_form)


async def sign_out(request: Request) -> Response:
    """End the session."""
    services = services_of(request)
    values, is_form = await read_body(request, Nothing)
    caller = await signed_in(request) if is_form else await identify(request)
    if caller is not None:
        await sessions.sign_out(services, caller)
        services.get(Authenticator).forget(Cookies(services.settings).session(request.cookies))
    response: Response = Response(status_code=204)
    if is_form:
        response = RedirectResponse(local_path(values.get("next")), status_code=303)
    Cookies(services.settings).clear(response)
    response.headers["clear-site-data"] = '"cache"'
    return response


async def forgot(request: Request) -> Response:
    """Ask for a letter with a key to choose a new password."""
    site = await site_of(request)
    values, is_form = await read_body(request, Forgot)
    await resets.request_reset(
        services_of(request),
        site.tenant_id,
        email=values["email"],
        client_address=address_of(request),
    )
    if is_form:
        return RedirectResponse("/auth/forgot?sent=1", status_code=303)
    detail = "if there is such an account, a letter is on its way"
    return JSONResponse({"detail": detail}, status_code=202)


async def reset(request: Request) -> Response:
    """Set a new password with the key from the letter."""
    site = await site_of(request)
    values, is_form = await read_body(request, NewPassword)
    await resets.reset(
        services_of(request),
        site.tenant_id,
        token=values["token"],
        password=values["password"],
        client_address=address_of(request),
    )
    if is_form:
        return RedirectResponse("/auth/sign-in?changed=1", status_code=303)
    return Response(status_code=204)


async def accept_invitation(request: Request) -> Response:
    """Come in for the first time with the key from an invitation."""
    site = await site_of(request)
    values, is_form = await read_body(request, NewPassword)
    session = await resets.accept_invitation(
        services_of(request),
        site.tenant_id,
        token=values["token"],
        password=values["password"],
        client_address=address_of(request),
    )
    return await welcome(request, session, local_path(values.get("next")), is_form=is_form)


async def change_password(request: Request) -> Response:
    """Set a new password knowing the old one."""
    values, is_form = await read_body(request, ChangePassword)
    caller = await signed_in(request) if is_form else None
    await resets.change_password(
        services_of(request),
        caller or await identify(request),
        current=values["current"],
        password=values["password"],
    )
    if is_form:
        return RedirectResponse(local_path(values.get("next")), status_code=303)
    return Response(status_code=204)


async def csrf_token(request: Request) -> Response:
    """A token for the forms of this browser, whether or not somebody is signed in in it."""
    services = services_of(request)
    caller = await signed_in(request)
    cookies = Cookies(services.settings)
    mark = cookies.browser(request.cookies)
    response = JSONResponse({csrf.FIELD: None})
    if caller is None and mark is None:
        mark = cookies.mark_browser(response)
    token = form_token(services.settings.secret_key, caller, mark)
    response.body = response.render({csrf.FIELD: token})
    response.headers["content-length"] = str(len(response.body))
    return response


def form_token(secret_key: str, caller: Caller | None, mark: str | None) -> str:
    """The CSRF token for a page's forms: of the session, or before one of the browser's mark."""
    return csrf.issue(secret_key, binding_of(caller) if caller else browser_binding(mark))


async def welcome(
    request: Request, session: sessions.Session, wanted: str, *, is_form: bool
) -> Response:
    """Answer a sign-in that succeeded: a new session cookie, whatever the browser brought along."""
    services = services_of(request)
    cookies = Cookies(services.settings)
    before = cookies.session(request.cookies)
    if before is not None:
        old = await signed_in(request)
        if old is not None:
            await sessions.sign_out(services, old)
        services.get(Authenticator).forget(before)
    if is_form:
        response: Response = RedirectResponse(wanted, status_code=303)
    else:
        caller = await services.get(Authenticator).authenticate(session.token)
        response = JSONResponse(
            {
                "user_id": str(session.user_id),
                "profile_id": str(session.profile_id),
                "next": wanted,
                csrf.FIELD: form_token(services.settings.secret_key, caller, None),
            }
        )
    cookies.set_session(response, session.token)
    return response


def back_to(page: str) -> Callable[[Handler], Handler]:
    """Where a person's form is refused, send them back to its page with a word on why."""

    def wrap(handler: Handler) -> Handler:
        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                if not _is_page(request):
                    raise
                query = f"error={quote(problem.type)}"
                if token := request.query_params.get("token"):
                    query += f"&token={quote(token)}"
                return RedirectResponse(f"{page}?{query}", status_code=303)

        return answered

    return wrap


def _is_page(request: Request) -> bool:
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form")
    return is_form and "text/html" in request.headers.get("accept", "")


_JSON = "application/json"
_OPEN: tuple[str, ...] = ()
_PERSON = ("session",)
_SENT = {202: (_JSON, {"type": "object"})}
_GONE = {204: ("", None)}
_BACK = {303: ("", None)}


def _route(
    path: str,
    handler: Handler,
    body: type[BaseModel],
    answers: dict[int, tuple[str, Any]],
    security: tuple[str, ...] = _OPEN,
) -> Route:
    describe = described(
        f"auth.{handler.__name__}",
        tag="auth",
        summary=(handler.__doc__ or "").partition("\n")[0],
        answers=answers | _BACK,
        body=(_JSON, body),
        security=security,
    )
    endpoint = describe(back_to(f"/auth/{path}")(handler))
    return Route(f"/auth/{path}", endpoint, methods=["POST"])


class Welcome(BaseModel):
    """What a sign-in by JSON is answered with, beside the cookie."""

    user_id: str
    profile_id: str
    next: str
    csrf_token: str


class CsrfToken(BaseModel):
    """A token for the forms of this browser."""

    csrf_token: str


_IN = {200: (_JSON, Welcome)}
_csrf_token = described(
    "auth.csrf", tag="auth", answers={200: (_JSON, CsrfToken)}, problems=("429",), security=()
)(csrf_token)

routes = (
    _route("sign-in", sign_in, SignIn, _IN),
    _route("sign-out", sign_out, Nothing, _GONE, _PERSON),
    _route("forgot", forgot, Forgot, _SENT),
    _route("reset", reset, NewPassword, _GONE),
    _route("accept-invitation", accept_invitation, NewPassword, _IN),
    _route("password", change_password, ChangePassword, _GONE, _PERSON),
    Route("/auth/csrf", _csrf_token, methods=["GET"]),
)
