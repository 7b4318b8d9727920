"""The security headers of every answer, set in one place so that no handler can forget them."""

from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Field = tuple[bytes, bytes]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
FILE_POLICY = "sandbox; default-src 'none'"

_PAGE: Field = (b"content-security-policy", PAGE_POLICY.encode())
_DATA: Field = (b"content-security-policy", DATA_POLICY.encode())
_TLS_ONLY: Field = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_ALWAYS: tuple[Field, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        (
            b"accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
            b"microphone=(), payment=(), usb=(), browsing-topics=()"
        ),
    ),
)
_OURS_ALONE: tuple[Field, ...] = (
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
_PRIVATE = ("/api/", "/platform/", "/oauth/", "/auth/")


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
        self._always = (*_ALWAYS, _TLS_ONLY) if production else _ALWAYS
        self._is_embeddable = is_embeddable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message.get("headers", ())
                message["headers"] = [*said, *self._missing(said, scope["path"])]
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _missing(self, said: Iterable[Field], path: str) -> list[Field]:
        present: dict[bytes, bytes] = {}
        for name, value in said:
            present[name.lower()] = value
        is_page = present.get(b"content-type", b"").startswith(b"text/html")
        # An embeddable page that names no origins of its own may be framed by nobody either.
        wanted = [*self._always, _PAGE if is_page else _DATA]
        if not self._is_embeddable(path):
            wanted += _OURS_ALONE
        if path.startswith(_PRIVATE):
            wanted.append((b"cache-control", b"no-store"))
        return [field for field in wanted if field[0] not in present]
