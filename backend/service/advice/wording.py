"""Why something is recommended, in words: what both texts say, and what both are about."""

import re

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_RUN_MAX = 6
_TEXT_CHARACTERS_MAX = 4_000
_EMPTY = frozenset(
    """a about after again all also am an and any are as at be because been before but by can
    cannot could did do does done for from get gets got had has have he her his how i if in into is
    it its just like me more most my need needs new no not now of off on one only or our out over
    please she since so some still than that the their them then there these they this to too up
    us very was we went were what when where which while who why will with would you your
    aber alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die doch durch
    ein eine einem einen einer es für habe haben hat ich ihr im in ist ja kann kein keine man mein
    meine mit nach nicht noch nur oder schon sehr seit sich sie sind und uns von vor war was wenn
    wie wir wird wo zu zum zur über""".split()  # noqa: SIM905  words read better as a text
)


def shared_words(question: str, *others: str) -> str | None:
    """The longest run of words that the question has in common with the others, as it says it.

    At its ends stand words that mean something; None where no such word is shared.
    """
    spoken = _WORD.findall(question[:_TEXT_CHARACTERS_MAX])
    asked = [word.casefold() for word in spoken]
    known: set[tuple[str, ...]] = set()
    for other in others:
        words = [word.casefold() for word in _WORD.findall(other[:_TEXT_CHARACTERS_MAX])]
        for length in range(1, _RUN_MAX + 1):
            known.update(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
    best: tuple[int, int, int] | None = None
    for start in range(len(asked)):
        for end in range(start + 1, min(start + _RUN_MAX, len(asked)) + 1):
            run = asked[start:end]
            if run[0] in _EMPTY or run[-1] in _EMPTY or tuple(run) not in known:
                continue
            weight = sum(len(word) for word in run if word not in _EMPTY)
            if weight >= 4 and (best is None or weight > best[0]):
                best = (weight, start, end)
    return None if best is None else " ".join(spoken[best[1] : best[2]])


def reason_for(shared: str | None, *, same_product: bool, is_case: bool) -> str:
    """One sentence, without its full stop."""
    said = f"Shares “{shared}” with the case" if shared else "Says much the same as the case"
    if same_product:
        said += " and is about the same product"
    return f"{said}; it was solved" if is_case else said
