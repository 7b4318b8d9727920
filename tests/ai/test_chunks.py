import time

import pytest

from ai.chunks import CHARACTERS_MAX, CHUNKS_MAX, Chunk, split
from ai.snippets import snippet

SENTENCE = "The lamp on the front of the router blinks in green while it looks for a line. "


def test_headings_open_pieces_and_stand_above_them() -> None:
    text = "Intro.\n\n# Reset\nHold the button.\n\n## Afterwards\nWait.\n\n# Return\nSend it back."
    assert split(text, title="Router X2") == [
        Chunk(0, "Router X2", "Intro."),
        Chunk(1, "Router X2 › Reset", "Hold the button."),
        Chunk(2, "Router X2 › Reset › Afterwards", "Wait."),
        Chunk(3, "Router X2 › Return", "Send it back."),
    ]


def test_long_text_is_cut_between_sentences_within_the_size() -> None:
    chunks = split(SENTENCE * 40)
    assert [c.ordinal for c in chunks] == list(range(len(chunks)))
    assert all(400 <= len(c.body) <= CHARACTERS_MAX for c in chunks[:-1])
    assert all(c.body.endswith(".") for c in chunks)
    assert " ".join(c.body for c in chunks) == (SENTENCE * 40).strip()


def test_short_paragraphs_share_a_piece() -> None:
    assert [c.body for c in split("One.\n\nTwo.\n\nThree.")] == ["One.\nTwo.\nThree."]


def test_a_word_longer_than_a_piece_is_cut() -> None:
    assert [len(c.body) for c in split("x" * 1500)] == [700, 700, 100]


def test_markup_is_left_out_and_code_is_kept() -> None:
    text = (
        "See **this** [page](https://example.org/a) and ![lamp](x.png).\n\n```\n# no heading\n```"
    )
    assert [c.body for c in split(text)] == ["See this page and lamp.\n# no heading"]


def test_equal_text_has_equal_hashes_and_a_change_is_seen_in_its_piece_only() -> None:
    text = "# A\nFirst.\n\n# B\nSecond."
    before = [c.content_hash() for c in split(text)]
    assert before == [c.content_hash() for c in split(text.replace("\n", "\r\n"))]
    after = [c.content_hash() for c in split(text.replace("Second", "Other"))]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


@pytest.mark.parametrize("text", ["", " \n\n ", "# \n", "\x00"])
def test_nothing_said_is_no_piece(text: str) -> None:
    assert split(text) == []


def test_a_title_alone_is_a_piece() -> None:
    assert split("", title="Router X2") == [Chunk(0, "Router X2", "Router X2")]


@pytest.mark.parametrize("evil", ["[", "![", "(", "<", "# ", "\n \n", "`", ". ", ".)", "> ", "\t"])
def test_hostile_text_takes_no_time(evil: str) -> None:
    started = time.process_time()
    assert len(split(evil * 200_000)) <= CHUNKS_MAX
    assert time.process_time() - started < 3.0


def test_a_snippet_is_the_sentence_that_answers() -> None:
    body = "Welcome. Hold the recessed button for ten seconds. Then wait."
    assert snippet(body, "which buttons to hold?") == (
        "Hold the recessed button for ten seconds. Then wait."
    )
    assert snippet("word " * 200, "word", characters_max=50) == "word " * 8 + "word…"
    assert snippet("", "anything") == ""
