"""Patterns of a tenant: those that people write work, and none takes long."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from infra.kernel.custom.patterns import BadPattern, Pattern


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"[A-Z]{2}-\d{4}", "AB-1234", "AB-12345"),
        (r"(red|green)s?", "greens", "blues"),
        (r"a.c", "abc", "ac"),
        (r"[^0-9]+", "word", "w0rd"),
        (r"x{2,}", "xxx", "x"),
        (r"x{0,2}y?", "", "xxx"),
        (r"\+?[\d ]*", "+49 30", "+49-30"),
        (r"[]a-]+", "]-a", "b"),
        (r"(?:a|b|)c", "c", "ab"),
        (r"\w+@\w+\.(com|org)", "a@b.org", "a@b.net"),
        (r"ä*", "ääää", "a"),
    ],
)
def test_a_pattern_is_about_the_whole_text(pattern: str, yes: str, no: str) -> None:
    assert Pattern(pattern).matches(yes)
    assert not Pattern(pattern).matches(no)


@pytest.mark.parametrize(
    "bad",
    ["(", ")", "a)", "[", "[b-a]", "*a", "a{", "a{3,2}", "a{1000}", r"\1", r"\bx", "(?=a)",
     "(?P<n>a)", "^a$", "a\\", "((((((((((((((((((((((a))))))))))))))))))))))", "x" * 201,
     "((a{200}){200}){200}"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(bad: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(bad)


@pytest.mark.parametrize("evil", ["(a+)+b", "(a|a)*b", "(a*)*b", "a*a*a*a*a*a*a*b", "(a|aa)+b"])
def test_no_pattern_takes_long(evil: str) -> None:
    began = time.process_time()
    assert not Pattern(evil).matches("a" * 255)
    assert time.process_time() - began < 0.5


_atoms = some.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", "1"])
_pieces = some.builds(lambda a, q: a + q, _atoms, some.sampled_from(["", "?", "*", "+", "{1,2}"]))
_rows = some.lists(_pieces, min_size=1, max_size=4).map("".join)
_patterns = some.lists(_rows, min_size=1, max_size=3).map(lambda rows: f"({'|'.join(rows)})+")


@given(_patterns, some.text(alphabet="ab1c", max_size=8))
def test_it_agrees_with_the_usual_engine(pattern: str, text: str) -> None:
    usual = re.fullmatch(pattern, text, re.DOTALL | re.ASCII)
    assert Pattern(pattern).matches(text) is (usual is not None)
