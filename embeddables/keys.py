"""A module's public key names its tenant and itself; its secrets are sealed, two of them at most.

While a secret is being exchanged the old one stays good for some hours, so that a site's servers
need not all change in one moment.
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from embeddables.models import Algorithm
from tenants.sealing import SealBroken, seal, unseal

RSA_BITS_MIN = 2_048
_FORM = re.compile(r"m_([0-9a-f]{32})\.([0-9a-f]{32})")


def key_of(tenant_id: UUID, module_id: UUID) -> str:
    """The key that a page names; no secret."""
    return f"m_{tenant_id.hex}.{module_id.hex}"


def parse_key(text: str) -> tuple[UUID, UUID] | None:
    """Tenant and module of a key, or None for anything else."""
    found = _FORM.fullmatch(text)
    return (UUID(hex=found[1]), UUID(hex=found[2])) if found else None


def new_secret() -> str:
    """256 random bits, in letters that survive a configuration file."""
    return f"atrium_widget_{secrets.token_urlsafe(32)}"


def bound_to(tenant_id: UUID, module_id: UUID) -> str:
    """What a sealed secret opens for."""
    return f"{tenant_id}:{module_id}"


def with_secret(
    stored: list[dict[str, Any]],
    text: str,
    *,
    secret_key: str,
    bound: str,
    now: datetime,
    overlap: timedelta,
) -> list[dict[str, Any]]:
    """The stored secrets once this one is the newest: the one before it lasts for the overlap."""
    newest = {"sealed": seal(secret_key, text, bound_to=bound), "until": None}
    if not stored or not overlap:
        return [newest]
    before = stored[0] | {"until": (now + overlap).isoformat()}
    return [newest, before]


def open_secrets(
    stored: list[dict[str, Any]], *, secret_key: str, bound: str, now: datetime
) -> list[str]:
    """The secrets that are good now."""
    found = []
    for one in stored:
        if one["until"] is not None and datetime.fromisoformat(one["until"]) <= now:
            continue
        try:
            found.append(unseal(secret_key, one["sealed"], bound_to=bound))
        except SealBroken:
            continue
    return found


def public_key_fault(pem: str, algorithm: Algorithm) -> str | None:
    """What is wrong with a registered public key, or None."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnicodeEncodeError):
        return "must be a public key in PEM"
    if algorithm is Algorithm.RS256:
        fits = isinstance(key, RSAPublicKey) and key.key_size >= RSA_BITS_MIN
        return None if fits else f"must be an RSA key of {RSA_BITS_MIN} bits or more"
    return None if isinstance(key, Ed25519PublicKey) else "must be an Ed25519 key"
