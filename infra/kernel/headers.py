"""The security headers of every answer, set in one place so that no handler can forget them."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
FILE_POLICY = "sandbox; default-src 'none'"

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}


def _shared_with_nobody(_path: str) -> bool:
    return False


class SecurityHeadersMiddleware:
    """Adds what the answer does not say itself.

    `is_embeddable` names paths that other sites load, such as the widget's script and frame: they
    say themselves who may frame them, and get neither `same-origin` nor a framing ban from here.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        production: bool = False,
        is_embeddable: Callable[[str], bool] = _shared_with_nobody,
    ) -> None:
        self._app = app
        self._production = production
        self._is_embeddable = is_embeddable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                self._guard(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _guard(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        if not self._is_embeddable(path):
            headers.setdefault("cross-origin-resource-policy", "same-origin")
            headers.setdefault("x-frame-options", "DENY")
        if "content-security-policy" not in headers:
            # An embeddable page that names no origins of its own may be framed by nobody either.
            is_page = headers.get("content-type", "").startswith("text/html")
            headers["content-security-policy"] = PAGE_POLICY if is_page else DATA_POLICY
        if self._production:
            headers.setdefault("strict-transport-security", "max-age=63072000; includeSubDomains")
        if path.startswith(("/api/", "/platform/", "/oauth/", "/auth/")):
            headers.setdefault("cache-control", "no-store")
