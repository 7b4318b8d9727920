"""A shop on another origin that embeds both components, for the demo and for browser tests.

It stands for somebody else's site: it has its own look, its own sign-in and a strict policy, and
knows of Atrium only the module's key, its secret (kept on this server) and where the script is.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from uuid import uuid4

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "demo"
TOKEN_SECONDS = 120
_COOKIE = "shop_reader"
_MEDIA = {".css": "text/css", ".js": "text/javascript"}


@dataclass(frozen=True)
class Shop:
    """What the site's owner was given, and who is a customer there."""

    atrium: str
    key: str
    secret: str
    email: str
    name: str


class NotOpenYet(LookupError):
    """The demo has not set the shop's module up yet."""


def create_shop(shop_of: Callable[[], Shop]) -> Starlette:
    """The site; `shop_of` is asked anew for each page, as the demo sets it up while it serves."""

    async def page(request: Request) -> Response:
        try:
            shop = shop_of()
        except NotOpenYet:
            return HTMLResponse("The shop opens in a moment.", 503, {"Retry-After": "2"})
        known = _COOKIE in request.cookies
        text = Template((FOLDER / "shop.html").read_text()).substitute(
            atrium=escape(shop.atrium),
            key=escape(shop.key),
            toggle="/sign-out" if known else "/sign-in",
            greeting=f"<span>Hello, {escape(shop.name)}</span>" if known else "",
            press="Sign out" if known else "Sign in",
        )
        return HTMLResponse(text, headers=_policy(shop.atrium))

    async def identity(request: Request) -> Response:
        known = _COOKIE in request.cookies
        token = sign(shop_of()) if known else None
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route("/", page),
            Route("/identity", identity),
            Route("/sign-in", _sign_in, methods=["POST"]),
            Route("/sign-out", _sign_out, methods=["POST"]),
            Route("/shop.css", _file),
            Route("/shop.js", _file),
        ]
    )


def sign(shop: Shop) -> str:
    """The site's word about its reader; good once, for two minutes."""
    now = int(time.time())
    claims = {
        "sub": "shop-customer-1187",
        "email": shop.email,
        "name": shop.name,
        "aud": shop.key,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": uuid4().hex,
    }
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(shop.secret))


def from_demo(path: Path) -> Shop:
    """The shop of the demo's first tenant; raises NotOpenYet until the demo has written it down."""
    try:
        told = json.loads(path.read_text())
        tenant = told["tenants"][0]
        module = tenant["modules"][0]
        reader = next(user for user in tenant["users"] if "consumer" in user["roles"])
    except (OSError, ValueError, LookupError, StopIteration) as error:
        raise NotOpenYet from error
    name = reader.get("name") or reader["email"].partition("@")[0].partition(".")[0].title()
    return Shop(tenant["url"], module["key"], module["secret"], reader["email"], name)


async def _sign_in(_request: Request) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(_COOKIE, "1", httponly=True, samesite="lax")
    return answer


async def _sign_out(_request: Request) -> Response:
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(_COOKIE)
    return answer


async def _file(request: Request) -> Response:
    path = FOLDER / Path(request.url.path).name
    return Response(path.read_bytes(), media_type=_MEDIA[path.suffix])


def _policy(atrium: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self' {atrium}; connect-src 'self' {atrium}; "
            "style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types atrium"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def main() -> None:
    """Serve the shop on loopback."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("--port", type=int, default=8001)
    reader.add_argument("--facts", type=Path, default=Path(".atrium/demo.json"))
    given = reader.parse_args()
    uvicorn.run(create_shop(lambda: from_demo(given.facts)), host="127.0.0.1", port=given.port)


if __name__ == "__main__":
    main()
