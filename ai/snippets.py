"""The part of a piece that answers: plain text, never markup."""

import re

CHARACTERS_MAX = 240
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?…。])\s+|\n+")
_STEM = 5


def snippet(body: str, question: str, *, characters_max: int = CHARACTERS_MAX) -> str:
    """The sentences of the body that share most words with the question, cut at a word."""
    sentences = [s.strip() for s in _SENTENCE_END.split(body) if s.strip()]
    if not sentences:
        return ""
    wanted = stems(question)
    best = max(range(len(sentences)), key=lambda i: (len(wanted & stems(sentences[i])), -i))
    shown = sentences[best]
    for sentence in sentences[best + 1 :]:
        if len(shown) + 1 + len(sentence) > characters_max:
            break
        shown = f"{shown} {sentence}"
    return shortened(shown, characters_max)


def stems(text: str) -> set[str]:
    """Words that mean something, cut to their first letters so that endings do not matter."""
    return {w[:_STEM] for w in _WORD.findall(text.casefold()) if len(w) > 2}


def shortened(text: str, characters_max: int) -> str:
    """The text cut at a word, with an ellipsis where something is missing."""
    if len(text) <= characters_max:
        return text
    cut = text[: characters_max - 1]
    at = cut.rfind(" ")
    return f"{cut[:at] if at > characters_max // 2 else cut}…"
