"""Who asks an address written by hand, and what answers tell of the limits that a caller is under.

The registry's addresses go through `rest.Api`, which asks the same.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.kernel.access import Caller
from infra.kernel.described import description_of
from infra.kernel.errors import BadRequest, Fault

Authenticate = Callable[[Request], Awaitable[Caller]]
Admit = Callable[[Request, Caller], Awaitable[None]]
"""Lets a request pass, with `tell` of the limits, or raises TooMany."""

_TOLD = "limits"


async def admit_all(_request: Request, _caller: Caller) -> None:
    """No limits."""


async def caller_of(request: Request) -> Caller:
    """Who asks by these credentials, within the limits and with no parameter that is unknown here.

    Raises what `authenticate` and `admit` of the application raise, and BadRequest.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        caller = await request.app.state.authenticate(request)
        await request.app.state.admit(request, caller)
        request.state.caller = caller
    require_known(request)
    return caller


def require_known(request: Request) -> None:
    """Raises BadRequest naming each parameter that the address does not describe."""
    description = description_of(request.scope.get("endpoint"))
    known = description.query if description else {}
    faults = [
        Fault(name, "unknown", "is not a parameter here")
        for name in request.query_params
        if name not in known
    ]
    if faults:
        raise BadRequest(faults)


def tell(request: Request, fields: dict[str, str]) -> None:
    """Have the answer carry these fields, whatever it becomes."""
    setattr(request.state, _TOLD, fields)


class LimitsToldMiddleware:
    """Puts the fields that were told onto the answer, be it a refusal or what was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_telling(message: Message) -> None:
            if message["type"] == "http.response.start" and (fields := state.get(_TOLD)):
                told = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        await self._app(scope, receive, send_telling)
