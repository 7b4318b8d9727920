"""What the service itself notes on a case, in its reader's words.

An entry keeps what happened as data beside a text. Words that somebody wrote are in the text alone;
they are taken from where its sentence has them. Entries without data keep their text.
"""

from collections.abc import Mapping
from typing import Any

from portals.noting import noted

_SENTENCES = {
    noted("The time promised for the first answer is over."),
    noted("The time promised for the next answer is over."),
    noted("The time promised for the resolution is over."),
    noted("This was reported before and is worked on there."),
}
"""Whole sentences of the service, which name nothing."""
_EVENTS = {
    "escalated": noted("Escalated. %(words)s"),
    "duplicate_of": noted("Duplicate of %(number)s."),
    "has_duplicate": noted("%(number)s is a duplicate of this."),
    "no_duplicate": noted("No duplicate after all."),
    "merged_into": noted("Merged into %(number)s."),
    "merged_with": noted("Merged with %(numbers)s."),
    "article_used": noted("Article %(number)s is used here."),
    "promise_over": noted("The time promised for %(name)s is over."),
    "unknown_sender": noted("Written by %(words)s, who is no contact or consumer of ours."),
}
_OWN = {"note", "system"}
_WORDS = "%(words)s"


def sentence_in(text: str, say: Any) -> str:
    """A sentence of the service in the reader's words; what people wrote as they wrote it."""
    return str(say(text)) if text in _SENTENCES else text


def is_told(entry: Mapping[str, Any]) -> bool:
    """Whether the service noted this itself, as data."""
    return (entry.get("details") or {}).get("told") in _EVENTS


def text_of(entry: Mapping[str, Any], say: Any) -> str:
    """What an entry says, in the reader's words as far as it is the service's own."""
    body, details = str(entry.get("body") or ""), entry.get("details") or {}
    if entry["entry_type"] not in _OWN:
        return body
    if body in _SENTENCES or not is_told(entry):
        return sentence_in(body, say)
    sentence = _EVENTS[details["told"]]
    named = {"number": "", "numbers": "", "name": ""} | dict(details)
    if _WORDS in sentence:
        before, _, after = sentence.partition(_WORDS)
        if not (body.startswith(before) and body.endswith(after)):
            return body
        named["words"] = body[len(before) : len(body) - len(after)]
    return str(say(sentence)) % named
