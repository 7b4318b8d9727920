"""What somebody wrote, without what they quoted. Line by line, each line looked at once.

Only a quotation at the end is cut off: whoever answers between the quoted lines wants to be read
with them.
"""

import re

LINE_CHARS_MAX = 500
_ATTRIBUTION_LINES_MAX = 4

_QUOTED = re.compile(r"\s*[>|]")
_SEPARATOR = re.compile(
    r"\s*(-{2,}|_{2,}|\*{2,})\s*(original message|original appointment|forwarded message|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|message original|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht|reply message)\s*[-_*]{2,}\s*",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_-]{10,}\s*")
_FIELD = re.compile(
    r"\s*\*?(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|para|"
    r"asunto|enviado|da|inviato|a|oggetto|van|verzonden|aan|onderwerp)\s*:\*?\s",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(wrote|writes|schrieb|geschrieben|écrit|escribió|escreveu|ha scritto|schreef|napisał|"
    r"написал|skrev|kirjoitti)[^:]{0,60}:?\s*$",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"\s*(-+\s*)?(on|am|le|el|il|em|op|w dniu|den)\s.{0,200}\d|\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}",
    re.IGNORECASE,
)


def split_reply(text: str) -> tuple[str, str]:
    """(what was written, what was quoted below it); a mail that is nothing but a quotation is
    kept whole."""
    lines = text.split("\n")
    shown = [line[:LINE_CHARS_MAX] for line in lines]
    if first := _below(shown):
        return "\n".join(lines[first:]).strip(), "\n".join(lines[:first]).strip()
    cut = _cut(shown)
    reply = "\n".join(lines[:cut]).strip()
    if not reply:
        return text.strip(), ""
    return reply, "\n".join(lines[cut:]).strip()


def _below(lines: list[str]) -> int:
    """The first own line of a mail that quotes on top and answers below it; 0 for any other."""
    above = _attribution_end(lines, 0) if lines and _BEGINS.match(lines[0]) else -1
    if above is None:
        return 0
    end = above + 1
    while end < len(lines) and (not lines[end].strip() or _QUOTED.match(lines[end])):
        end += 1
    quoted = any(_QUOTED.match(line) for line in lines[above + 1 : end])
    own = [line for line in lines[end:] if line.strip()]
    return end if quoted and own and not any(_QUOTED.match(line) for line in own) else 0


def _cut(lines: list[str]) -> int:
    """The first line of the quotation at the end; the number of lines where there is none."""
    marked = _marked(lines)
    tail = _tail(lines)
    return min(marked, tail)


def _marked(lines: list[str]) -> int:
    """Where a mail program's own mark begins the quotation, with or without `>`."""
    for number, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line):
            return number
        if _RULE.fullmatch(line) and _is_header_block(lines, number + 1):
            return number
        if _FIELD.match(line) and _is_header_block(lines, number):
            return number
        if _BEGINS.match(line) and (end := _attribution_end(lines, number)) is not None:
            rest = [other for other in lines[end + 1 :] if other.strip()]
            if not rest or not _is_answered_between(rest):
                return number
    return len(lines)


def _is_header_block(lines: list[str], start: int) -> bool:
    """Whether at least three header fields follow each other here."""
    found = 0
    for line in lines[start : start + 8]:
        if _FIELD.match(line):
            found += 1
        elif line.strip() and not found:
            return False
    return found >= 3


def _attribution_end(lines: list[str], start: int) -> int | None:
    """The last line of `On … somebody wrote:`, which programs break over several lines."""
    for number in range(start, min(start + _ATTRIBUTION_LINES_MAX, len(lines))):
        if not lines[number].strip():
            return None
        if _SAID.search(lines[number]):
            return number
    return None


def _is_answered_between(rest: list[str]) -> bool:
    """Whether own words stand between or after quoted lines."""
    quoted = [bool(_QUOTED.match(line)) for line in rest]
    return any(quoted) and not all(quoted[quoted.index(True) :])


def _tail(lines: list[str]) -> int:
    """Where quoted lines begin that go on to the end, with the line above that introduces them."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    start = next((n for n in range(end, len(lines)) if _QUOTED.match(lines[n])), len(lines))
    if start == len(lines):
        return start
    above = start
    while above and not lines[above - 1].strip():
        above -= 1
    if above and lines[above - 1].rstrip().endswith(":"):
        first = above - 1
        while (
            first and above - first < _ATTRIBUTION_LINES_MAX and _goes_on(lines[first - 1 : above])
        ):
            first -= 1
        return first
    return start


def _goes_on(lines: list[str]) -> bool:
    """Whether an introduction of these lines begins above its second: it still lacks its date."""
    return bool(lines[0].strip()) and not any(re.search(r"\d", line) for line in lines[1:])
