"""Passwords: Argon2id off the event loop, a few at a time, and rules that stop the obvious ones."""

import asyncio
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from infra.kernel.errors import Fault, Invalid

LENGTH_MIN = 8
LENGTH_MAX = 128
# 19 MiB, two passes: the floor that OWASP names for Argon2id. Two at once keep a flood of sign-ins
# from taking every core and gigabytes of memory from everybody else.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = 2
_COMMON = Path(__file__).with_name("common_passwords.txt")


class Hashing:
    """Hashes and checks passwords in threads, at most two at a time."""

    def __init__(self, hasher: PasswordHasher = _HASHER, at_once: int = _AT_ONCE) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(at_once)
        # Verified against where there is no account, so that its absence takes the same time.
        self._dummy = hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; as slow for nobody's account as for somebody's."""
        async with self._turns:
            known = await asyncio.to_thread(self._verify, stored or self._dummy, _normal(password))
        return known and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def require_good(password: str, *, about: tuple[str, ...] = (), pointer: str = "/password") -> None:
    """Raise Invalid naming each reason why this password is refused.

    `about` are the person's own words (address, name, tenant) that must not be the password.
    """
    text = _normal(password)
    faults = []
    if len(text) < LENGTH_MIN:
        faults.append(Fault(pointer, "too_short", f"must have at least {LENGTH_MIN} characters"))
    if len(text) > LENGTH_MAX:
        faults.append(Fault(pointer, "too_long", f"must have at most {LENGTH_MAX} characters"))
    if text.casefold() in common() or len(set(text)) < 4:
        faults.append(Fault(pointer, "too_common", "is among the passwords tried first"))
    own = {word.casefold() for word in about if len(word) > 3}
    if text.casefold() in own:
        faults.append(Fault(pointer, "personal", "must not be your name or address"))
    if faults:
        raise Invalid(faults)


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Passwords that attackers try first."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password[: LENGTH_MAX * 8])
