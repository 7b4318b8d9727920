"""Secrets that must be read again, such as an OpenID client's, stored encrypted.

The key is derived from the installation's secret key; the tenant and the row are bound into the
ciphertext, so that one tenant's sealed text is noise in another's row.
"""

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM = "v1:"


class SealBroken(ValueError):
    """The text was sealed with another key, for another row, or has been changed."""


@lru_cache(maxsize=8)
def derived_key(secret_key: str, purpose: str) -> bytes:
    """A 256-bit key for one purpose (HKDF, RFC 5869), so that purposes cannot be confused."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"atrium", info=purpose.encode())
    return kdf.derive(hashlib.sha256(secret_key.encode()).digest())


def seal(secret_key: str, text: str, *, bound_to: str) -> str:
    """Encrypt the text so that only this installation, for this row, can read it."""
    nonce = os.urandom(12)
    box = AESGCM(derived_key(secret_key, "sealing"))
    sealed = box.encrypt(nonce, text.encode(), bound_to.encode())
    return _FORM + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret_key: str, sealed: str, *, bound_to: str) -> str:
    """The text that was sealed; raises SealBroken where it does not open."""
    if not sealed.startswith(_FORM):
        raise SealBroken("not a sealed text")
    try:
        blob = base64.urlsafe_b64decode(sealed.removeprefix(_FORM))
        box = AESGCM(derived_key(secret_key, "sealing"))
        return box.decrypt(blob[:12], blob[12:], bound_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("does not open") from error
