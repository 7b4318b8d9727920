"""A host site's word about who is looking: a JWT (RFC 7519) that its server signed.

The algorithm is the module's, never the token's choice, and the key is the module's, never one that
the token brings along or points to (RFC 8725). Whatever is wrong with a token, the answer is the
same: nobody was vouched for.
"""

import base64
import binascii
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from embeddables.models import Algorithm

LIFETIME_SECONDS_MAX = 600
LEEWAY_SECONDS = 30
TOKEN_CHARACTERS_MAX = 8_192
_HEADER = frozenset({"alg", "typ", "kid"})


@dataclass(frozen=True)
class Vouched:
    """Somebody whom the site's server vouches for; `email` is given only where it is verified."""

    subject: str
    email: str | None
    has_unverified_email: bool
    name: str | None
    locale: str | None
    token_hash: bytes
    expires_at: datetime


def read_identity(
    token: str, *, algorithm: Algorithm, keys: Sequence[str], audience: str, now: datetime
) -> Vouched | None:
    """Whom the token vouches for, or None for a token that must not be trusted."""
    if len(token) > TOKEN_CHARACTERS_MAX or not _has_plain_header(token, algorithm):
        return None
    for key in keys:
        claims = _verified(token, algorithm, key)
        if claims is not None:
            return _vouched(claims, audience, now)
    return None


def _has_plain_header(token: str, algorithm: Algorithm) -> bool:
    """Whether the header names the module's algorithm and nothing that could lead elsewhere."""
    first = token.partition(".")[0]
    try:
        header = orjson.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error):
        return False
    return (
        isinstance(header, dict)
        and _HEADER.issuperset(header)
        and all(isinstance(value, str) for value in header.values())
        and header.get("alg") == algorithm.value
        and header.get("typ", "JWT").upper() == "JWT"
    )


def _verified(token: str, algorithm: Algorithm, key: str) -> dict[str, Any] | None:
    registry = JWSRegistry(algorithms=[algorithm.value])
    try:
        with warnings.catch_warnings():
            # RFC 9864 wants EdDSA to be called Ed25519; sites' libraries still say EdDSA.
            warnings.simplefilter("ignore", SecurityWarning)
            claims = jwt.decode(token, key=_key(algorithm, key), registry=registry).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _key(algorithm: Algorithm, text: str) -> OctKey | RSAKey | OKPKey:
    if algorithm is Algorithm.HS256:
        return OctKey.import_key(text)
    if algorithm is Algorithm.RS256:
        return RSAKey.import_key(text)
    return OKPKey.import_key(text)


def _vouched(claims: dict[str, Any], audience: str, now: datetime) -> Vouched | None:
    subject, serial = _text(claims, "sub", 300), _text(claims, "jti", 300)
    if not subject or not serial or not _is_current(claims, now.timestamp()):
        return None
    named = claims.get("aud")
    if named is not None and audience not in (named if isinstance(named, list) else [named]):
        return None
    email = _text(claims, "email", 254)
    unverified = email is not None and claims.get("email_verified", True) is not True
    return Vouched(
        subject=subject,
        email=None if unverified else email,
        has_unverified_email=unverified,
        name=_text(claims, "name", 200),
        locale=_text(claims, "locale", 35),
        token_hash=hashlib.sha256(serial.encode("utf-8", "replace")).digest(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _is_current(claims: dict[str, Any], now: float) -> bool:
    issued, expires = _moment(claims.get("iat")), _moment(claims.get("exp"))
    begins = _moment(claims.get("nbf", claims.get("iat")))
    if issued is None or expires is None or begins is None:
        return False
    late = max(issued, begins) - LEEWAY_SECONDS
    return late <= now < expires <= issued + LIFETIME_SECONDS_MAX


def _moment(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**40:
        return None
    return float(value)


def _text(claims: dict[str, Any], name: str, most: int) -> str | None:
    value = claims.get(name)
    if not isinstance(value, str):
        return None
    clean = "".join(sign for sign in value if sign.isprintable()).strip()
    return clean if 0 < len(clean) <= most else None
