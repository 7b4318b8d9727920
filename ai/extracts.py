"""The built-in summary: the passages' own sentences, picked by rule and always the same ones.

A sentence counts for what it shares with all that was said (so the story's subject wins over a
pleasantry), for who said it and for where: a problem is told at the beginning, its answer near the
end. Words that have been told once count less the second time, so that the next pick tells more.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ai.snippets import stems
from ai.summaries import (
    SENTENCE_CHARACTERS_MAX,
    SENTENCES_MAX,
    Citation,
    Passage,
    SummarySentence,
    plain,
)

CHARACTERS_MAX = 1_200
_PASSAGES_MAX = 200
_SENTENCES_READ_MAX = 600
_SENTENCE_END = re.compile(r"(?<=[.!?…。])[\"'”»)]*\s+|\n+")
_QUOTED = re.compile(r"^\s*>|^\s*(On .{5,80} wrote|Am .{5,80} schrieb):\s*$")
_PLEASANTRY = re.compile(
    r"^(hi|hello|dear|hey|good (morning|afternoon|evening)|thanks?|thank you|kind regards|"
    r"best( regards)?|regards|cheers|sincerely|hallo|guten (morgen|tag|abend)|danke|vielen dank|"
    r"mit freundlichen grüßen|viele grüße|liebe grüße|sehr geehrte)\b",
    re.IGNORECASE,
)
_ROLE_WEIGHT: Mapping[str, float] = {
    "customer": 1.0, "agent": 1.0, "resolution": 1.6, "internal": 0.8, "system": 0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    passage: Passage
    text: str
    stems: frozenset[str]
    weight: float


class Extracts:
    """Picks sentences of the passages; needs no network and cannot fail."""

    model = "extractive-1"

    async def sentences(
        self, passages: Sequence[Passage], *, subject: str, locale: str
    ) -> tuple[SummarySentence, ...]:
        return extract(passages, subject=subject)


def extract(
    passages: Sequence[Passage],
    *,
    subject: str = "",
    sentences_max: int = SENTENCES_MAX,
    characters_max: int = CHARACTERS_MAX,
) -> tuple[SummarySentence, ...]:
    """The most telling sentences in the order in which they were said, each citing its passage."""
    sentences = _read(passages)
    if not sentences:
        return ()
    spread = Counter(stem for s in sentences for stem in s.stems)
    worth = {stem: math.log1p(n) for stem, n in spread.items()}
    for stem in stems(subject):
        worth[stem] = worth.get(stem, 0.0) + 1.0
    picked: list[_Sentence] = []
    length = 0
    left = list(sentences)
    while left and len(picked) < sentences_max:
        best = max(left, key=lambda s: (_value(s, worth), -s.place))
        left.remove(best)
        if picked and (length + len(best.text) > characters_max or _value(best, worth) < 0.05):
            continue
        picked.append(best)
        length += len(best.text)
        for stem in best.stems:
            worth[stem] *= 0.3
    return tuple(
        SummarySentence(s.text, (Citation(s.passage.kind, s.passage.id),))
        for s in sorted(picked, key=lambda s: s.place)
    )


def _value(sentence: _Sentence, worth: Mapping[str, float]) -> float:
    told = sum(worth[stem] for stem in sentence.stems)
    # Long sentences share more with everything; the root keeps them from always winning.
    return sentence.weight * told / math.sqrt(len(sentence.stems) + 3)


def _read(passages: Sequence[Passage]) -> list[_Sentence]:
    ordered = sorted(passages, key=lambda p: (p.at, p.kind, str(p.id)))
    if len(ordered) > _PASSAGES_MAX:
        # The beginning says what is wrong, the end where it stands.
        ordered = ordered[: _PASSAGES_MAX // 4] + ordered[-(_PASSAGES_MAX * 3 // 4) :]
    found: list[_Sentence] = []
    for n, passage in enumerate(ordered):
        place_weight = 1.5 if n == 0 else 1.2 if n == len(ordered) - 1 else 1.0
        for m, text in enumerate(_sentences(passage.text)):
            known = frozenset(stems(text))
            if len(known) < 2 or len(found) >= _SENTENCES_READ_MAX:
                continue
            first_weight = 1.2 if m == 0 else 1.0
            role_weight = _ROLE_WEIGHT.get(passage.role, 1.0)
            weight = place_weight * first_weight * role_weight
            found.append(_Sentence(len(found), passage, text, known, weight))
    return found


def _sentences(text: str) -> list[str]:
    own = "\n".join(line for line in text[:40_000].split("\n") if not _QUOTED.match(line))
    cleaned = (plain(s, characters_max=SENTENCE_CHARACTERS_MAX) for s in _SENTENCE_END.split(own))
    return [s for s in cleaned if s and not _PLEASANTRY.match(s)]
