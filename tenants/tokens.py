"""What a bearer of rights carries: `atr_<kind>_<tenant>.<credential>.<secret>`.

The token names its tenant and its row, so the look-up touches one tenant and one key. Only a
digest of it is stored, and comparing happens in constant time.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

LETTERS = {
    "s": "session",
    "k": "api_key",
    "a": "access_token",
    "r": "refresh_token",
    "w": "module_session",
}
_KINDS = {kind: letter for letter, kind in LETTERS.items()}
# Letters that name a row which is no credential: keys in letters, codes and OAuth clients.
PURPOSES = {
    "i": "invitation",
    "p": "password_reset",
    "o": "oauth_code",
    "c": "oauth_client",
    "v": "survey",
    "y": "approval",
}
_PURPOSE_LETTERS = {purpose: letter for letter, purpose in PURPOSES.items()}
_FORM = re.compile(r"atr_([a-z])_([0-9a-f]{32})\.([0-9a-f]{32})(?:\.([A-Za-z0-9_-]{32,64}))?")


@dataclass(frozen=True)
class Token:
    """A token taken apart; nothing about it is proven yet."""

    kind: str
    tenant_id: UUID
    row_id: UUID
    text: str

    @property
    def digest(self) -> bytes:
        return digest(self.text)


def digest(text: str) -> bytes:
    """What the database keeps instead of the token."""
    return hashlib.sha256(text.encode()).digest()


def same(stored: bytes, text: str) -> bool:
    """Whether the text is the token whose digest is stored, in constant time."""
    return hmac.compare_digest(bytes(stored), digest(text))


def mint(kind: str, tenant_id: UUID, row_id: UUID) -> str:
    """A new token of 256 random bits for a row of this tenant."""
    letter = _KINDS.get(kind) or _PURPOSE_LETTERS[kind]
    return f"atr_{letter}_{tenant_id.hex}.{row_id.hex}.{secrets.token_urlsafe(32)}"


def public_id(kind: str, tenant_id: UUID, row_id: UUID) -> str:
    """The name of a row without any secret, as OAuth clients show it."""
    return f"atr_{_PURPOSE_LETTERS[kind]}_{tenant_id.hex}.{row_id.hex}"


def parse(text: str, *kinds: str, is_whole: bool = True) -> Token | None:
    """The parts of a token of one of these kinds, or None; one that is not whole has no secret."""
    found = _FORM.fullmatch(text)
    if found is None or (found[4] is not None) is not is_whole:
        return None
    kind = LETTERS.get(found[1]) or PURPOSES.get(found[1])
    if kind is None or kind not in kinds:
        return None
    return Token(kind, UUID(hex=found[2]), UUID(hex=found[3]), text)


def bearer(header: str | None) -> str | None:
    """The credential in an `Authorization: Bearer …` header (RFC 6750 §2.1), or None."""
    scheme, _, value = (header or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None
