"""What was wrong with a folder, in the reader's words: by the code of each fault, and its line."""

from portals.faults import Say
from portals.words import noted
from portals.workspace.reader import Row

_SENTENCES = {
    "gone": noted("the file is gone"),
    "no_zip": noted("this is no zip archive, or a broken one"),
    "too_many": noted("the archive has more than %(about)s files"),
    "too_large": noted("the archive unpacks to more than %(about)s bytes"),
    "path": noted("the archive holds a path that is refused: %(about)s"),
    "grows": noted("a part grows too much when it is unpacked: %(about)s"),
    "overlaps": noted("parts of the archive lie over each other: %(about)s"),
    "encrypted": noted("the archive is encrypted"),
    "part_broken": noted("this part of the archive is broken"),
    "part_large": noted("this part is larger than %(about)s bytes"),
    "encoding": noted("the text is not UTF-8"),
    "no_page": noted("this is no HTML"),
    "front_long": noted("the front matter is too long"),
    "front_unread": noted("the front matter is no YAML"),
    "front_shape": noted("the front matter is no list of names and values"),
    "front_unknown": noted("the front matter says what is not known: %(about)s"),
    "front_twice": noted("the front matter says this twice: %(about)s"),
    "front_value": noted("the front matter says no single word here: %(about)s"),
    "front_number": noted("this must be a number: %(about)s"),
    "front_wrong": noted("the front matter says here what cannot be: %(about)s"),
    "title": noted("the title is empty or too long"),
    "body": noted("the text is empty or too long"),
    "category": noted("there is no category %(about)s in this base"),
    "picture_missing": noted("the picture %(about)s is not in the folder"),
    "picture_kind": noted("the picture %(about)s is no PNG, JPEG, GIF or WebP"),
    "picture_large": noted("the picture %(about)s is too large"),
    "link": noted("the link %(about)s leads to no text"),
}


def worded(report: Row, say: Say) -> Row:
    """The report with each fault said in the reader's language."""
    told = {name: [_line(each, say) for each in report[name]] for name in ("faults", "broken")}
    return report | told | {"refused": report.get("refused", len(report["faults"]))}


def _line(fault: Row, say: Say) -> Row:
    words = _SENTENCES.get(str(fault.get("code")))
    message = say(words) % {"about": fault.get("about", "")} if words else fault["message"]
    return {"path": fault["path"], "line": fault.get("line"), "message": message}
