"""Codes and paths of companies.

A path is the codes from the topmost company down, each followed by a slash. Codes hold no slash,
so a subtree is exactly the paths that begin with its top's, and text order finds it.
"""

import re

from infra.kernel.errors import Fault

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")
DEPTH_MAX = 60


def canonical_code(code: str) -> str:
    """The form in which a code is stored and unique."""
    return code.strip().upper()


def path_of(code: str, parent_path: str | None) -> str:
    """The path of a company below a parent, or at the top."""
    return f"{parent_path or ''}{code}/"


def moved(path: str, old_top: str, new_top: str) -> str:
    """The path of something in a subtree whose top's path has changed."""
    return new_top + path.removeprefix(old_top)


def is_below(path: str, top: str) -> bool:
    """Whether the path lies at or below the top."""
    return path.startswith(top)


def account_faults(code: str, *, is_customer: bool, is_partner: bool) -> list[Fault]:
    """Every reason why these cannot be a company's."""
    faults = []
    if not CODE.fullmatch(code):
        message = "must be 1 to 40 letters, digits, dots, dashes or underscores"
        faults.append(Fault("/code", "pattern", message))
    if not (is_customer or is_partner):
        message = "an account is a customer, a partner or both"
        faults.append(Fault("/is_customer", "role", message))
    return faults
