"""What search takes for a word, the same when a record is indexed and when it is asked for.

A serial number such as AUR-55-0192 is three words; left to the parser of PostgreSQL it would be one
word and two negative numbers, which nobody asks for.
"""

import re

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in their order."""
    return _WORD.findall(text.lower())
