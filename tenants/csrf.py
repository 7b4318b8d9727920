"""Refusing what another site makes a signed-in browser send.

Three locks: the browser's own word on where a request comes from (Sec-Fetch-Site, Origin), a
token that is signed for this very session, and cookies that are SameSite=Lax.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from infra.kernel.errors import Forbidden
from tenants.sealing import derived_key

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf_token"
HEADER = "x-csrf-token"


def issue(secret_key: str, binding: str) -> str:
    """A token that is good for one session only; each call gives another spelling of it."""
    nonce = secrets.token_bytes(12)
    return _text(nonce + _signature(secret_key, binding, nonce))


def verify(secret_key: str, binding: str, token: str | None) -> bool:
    """Whether the token was issued to this session; an empty one never was."""
    if not token or not binding or len(token) > 200:
        return False
    try:
        blob = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return False
    nonce, signature = blob[:12], blob[12:]
    return hmac.compare_digest(signature, _signature(secret_key, binding, nonce))


def is_cross_site(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that another site, or another tenant's page, sent this."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    host = headers.get("host", "")
    return urlsplit(origin).netloc.lower() != host.lower() or origin == "null"


def require(
    secret_key: str,
    *,
    method: str,
    headers: Mapping[str, str],
    binding: str,
    form_token: str | None = None,
) -> None:
    """Raise Forbidden unless this change, asked for with a cookie, comes from our own page."""
    if method.upper() in SAFE_METHODS:
        return
    if is_cross_site(headers):
        raise Forbidden("the request comes from another site")
    if not verify(secret_key, binding, form_token or headers.get(HEADER)):
        raise Forbidden(f"the {FIELD} is missing or not this session's")


def _signature(secret_key: str, binding: str, nonce: bytes) -> bytes:
    key = derived_key(secret_key, "csrf")
    return hmac.new(key, nonce + binding.encode(), hashlib.sha256).digest()


def _text(blob: bytes) -> str:
    return base64.urlsafe_b64encode(blob).rstrip(b"=").decode()
