"""Where a person may be sent after signing in: a path of this very site, nothing else."""

import unicodedata
from urllib.parse import unquote, urlsplit

HOME = "/"


def local_path(wanted: str | None) -> str:
    """The wanted path where it is one of ours, the start page for whatever else it may be."""
    if not wanted or len(wanted) > 2000 or not wanted.startswith("/"):
        return HOME
    # Judged as typed and as browsers may come to read it: `/\evil`, `/%09/evil`, `/%5cevil`.
    for text in (wanted, unquote(wanted)):
        if any(unicodedata.category(sign)[0] == "C" for sign in text) or "\\" in text:
            return HOME
        if text.startswith("//") or text[1:].lstrip().startswith("/"):
            return HOME
        parts = urlsplit(text)
        if parts.scheme or parts.netloc:
            return HOME
    return wanted
