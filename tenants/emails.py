"""One canonical form for an e-mail address, so that look-alikes are one person and never two."""

import unicodedata

from infra.kernel.errors import Fault, Invalid
from infra.kernel.mail import address

LENGTH_MAX = 254


def canonical(text: str) -> str:
    """The form in which an address is stored and found: NFKC, lower case, nothing invisible.

    A full-width letter, a Kelvin sign or a zero-width joiner must not make a second admin@…
    """
    if _is_plain(text):
        return text.strip().lower().rstrip(".")
    return _unified(text)


def _is_plain(text: str) -> bool:
    """Whether there is nothing to unify, as in nearly every address: visible ASCII stays itself."""
    return text.isascii() and text.isprintable()


def _unified(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.strip())
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cc", "Cs"})
    # The dotted capital I of Turkish becomes an i with a second dot on it: one letter, not two.
    text = unicodedata.normalize("NFKC", text.lower().replace("i\u0307", "i"))
    return text.rstrip(".")


def is_address(text: str) -> bool:
    """Whether this is one address and nothing more: no list, no name, no header."""
    try:
        require_address(text)
    except Invalid:
        return False
    return True


def require_address(text: str, pointer: str = "/email") -> str:
    """The canonical form; raises Invalid where the text is not one address that mail can reach."""
    hidden = not _is_plain(text) and any(
        unicodedata.category(sign)[0] == "C" for sign in text.strip()
    )
    try:
        if hidden:
            raise ValueError
        return address(canonical(text))
    except ValueError:
        raise Invalid([Fault(pointer, "email", "must be one e-mail address")]) from None
