"""What can be wrong with a folder or one of its files: a word for programs, which a page puts into
its reader's language, what it is about, and the line where it stands."""

from collections.abc import Sequence

from pydantic import BaseModel

from backend.platform.transfers.errors import UnreadableFile

ABOUT_CHARS_MOST = 200
SENTENCES = {
    "gone": "the file is gone",
    "no_zip": "this is no zip archive, or a broken one",
    "too_many": "the archive has more than {about} files",
    "too_large": "the archive unpacks to more than {about} bytes",
    "path": "the archive holds a path that is refused: {about}",
    "grows": "a part grows too much when it is unpacked: {about}",
    "overlaps": "parts of the archive lie over each other: {about}",
    "encrypted": "the archive is encrypted",
    "part_broken": "this part of the archive is broken",
    "part_large": "this part is larger than {about} bytes",
    "encoding": "the text is not UTF-8",
    "no_page": "this is no HTML",
    "front_long": "the front matter is too long",
    "front_unread": "the front matter is no YAML",
    "front_shape": "the front matter is no list of names and values",
    "front_unknown": "the front matter says what is not known: {about}",
    "front_twice": "the front matter says this twice: {about}",
    "front_value": "the front matter says no single word here: {about}",
    "front_number": "this must be a number: {about}",
    "category": "there is no category {about} in this base",
    "picture_missing": "the picture {about} is not in the folder",
    "picture_kind": "the picture {about} is no PNG, JPEG, GIF or WebP",
    "picture_large": "the picture {about} is too large",
    "link": "the link {about} leads to no text",
    "front_wrong": "the front matter says here what cannot be: {about}",
    "title": "the title is empty or too long",
    "body": "the text is empty or too long",
    "refused": "{about}",
}
"""Code → the English sentence."""


class FileFault(BaseModel):
    """What is wrong with one file of a folder, or with a link in it; `line` is counted from 1."""

    path: str
    line: int | None = None
    code: str
    about: str = ""
    message: str


class Unfit(UnreadableFile):
    """A folder or a file of one that cannot be read; `line` where there is one."""

    def __init__(self, code: str, about: object = "", line: int | None = None) -> None:
        self.code, self.line = code, line
        self.about = printable(str(about))
        super().__init__(SENTENCES[code].format(about=self.about))

    @property
    def all(self) -> "tuple[Unfit, ...]":
        """What is wrong, one by one."""
        return (self,)

    def at(self, path: str) -> FileFault:
        """The same, of a file."""
        return FileFault(
            path=printable(path), line=self.line, code=self.code, about=self.about,
            message=self.detail,
        )  # fmt: skip


class Several(Unfit):
    """More than one thing that is wrong with a file."""

    def __init__(self, faults: Sequence[Unfit]) -> None:
        super().__init__(faults[0].code, faults[0].about, faults[0].line)
        self._faults = tuple(faults)

    @property
    def all(self) -> tuple[Unfit, ...]:
        return self._faults


def printable(text: str) -> str:
    """The text as a report can hold it: cut, and without halves of characters."""
    return text[:ABOUT_CHARS_MOST].encode("utf-8", "replace").decode().replace("\0", "?")
