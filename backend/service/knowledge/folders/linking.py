"""Links between the texts of a folder: to each other's paths outside, to articles inside.

Inside, a link names the number of its article (`article:KB0001`), so that it stays right wherever
the text is shown and whatever becomes of the folder. Going out it is a path again.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

from backend.service.knowledge.folders.archive import TEXTS, resolved
from infra.kernel.markdown import ARTICLE


def written_path(path: str) -> str:
    """The path under which a text is known, and written again: Markdown, whatever it came as."""
    return str(PurePosixPath(path).with_suffix(".md"))


def to_article(
    path: str, numbers: Mapping[str, str], broken: list[str]
) -> Callable[[str], str | None]:
    """What a link of the text at a path becomes; those within the folder that lead to no text are
    put down as broken. `numbers`: written path → number."""

    def lead(address: str) -> str | None:
        target = resolved(path, address)
        if target is None:
            if _leads_out(address):
                broken.append(address)
            return None
        number = numbers.get(written_path(target)) if target.lower().endswith(TEXTS) else None
        if number is None:
            broken.append(address)
            return None
        _, sign, part = address.partition("#")
        return f"{ARTICLE}{number}{sign}{part}"

    return lead


def _leads_out(address: str) -> bool:
    """Whether it is a path out of the folder, and no address or place in the text."""
    return address.startswith(("../", "/"))


def to_path(path: str, paths: Mapping[str, str]) -> Callable[[str], str | None]:
    """The way back: what a link of the text that goes to a path becomes. `paths`: number → path."""

    def lead(address: str) -> str | None:
        if not address.startswith(ARTICLE):
            return None
        number, sign, part = address.removeprefix(ARTICLE).partition("#")
        if number not in paths:
            return None
        return f"{written_link(path, paths[number])}{sign}{part}"

    return lead


def written_link(path: str, target: str) -> str:
    """The address by which the text at a path names another file of the folder."""
    return quote(relpath(target, str(PurePosixPath(path).parent)), safe="/")
