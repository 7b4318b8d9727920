"""YAML is written in one form, read without trust, and every fault has its line."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenants.configuration.objects import checksum
from tenants.configuration.parsing import Budget, read
from tenants.configuration.writing import ordered, write

TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)
SLY = st.sampled_from(
    ["a\nb", "a\n\nb\n", "- x", "a: b", "yes", "~", "1e5", "0x1f", "2026-01-01", " a\nb", "\n",
     "a \nb", "#a", "a #b", "|", "%x", "---\nfoo", "...\nx", "<<", "=", "\ufeff", "\x85a\nb",
     "\u2028", "null", "True", "1_000", "12:30:00", "*a", "&a", "!a", "a\tb\nc", "a\r\nb",
     "\\", '"']
)  # fmt: skip
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | SLY,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS | SLY | st.text("ab :#", min_size=190, max_size=220), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_as_the_same_by_us_and_by_others(value: Any) -> None:
    text = write(ordered(value))
    found = read("x.yaml", text, Budget())
    assert found.faults == []
    assert found.value == value
    assert write(ordered(found.value)) == text
    assert yaml.safe_load(text) == value


def test_a_file_is_for_people() -> None:
    text = write(
        [{"name": "Help", "active": True, "text": "One\n\n- two\n", "tags": [], "no": "no"}]
    )
    assert text == (
        '- name: Help\n  active: true\n  text: |\n    One\n\n    - two\n  tags: []\n  "no": "no"\n'
    )


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: &x [1]\nb: 2\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "too_much"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "twice"),
        ("? [x]\n: 2\n", 1, "key"),
        ("--- a\n--- b\n", 2, "too_much"),
        ("[" * 100_000, 1, "too_much"),
        ("- " * 100_000, 1, "too_much"),
        ("a: b: c\n", 1, "unreadable"),
        ("a: \x07\n", 1, "unreadable"),
        ("a: [1, 2\n", 2, "unreadable"),
    ],
)
def test_what_is_dangerous_or_broken_is_named_with_its_line(
    text: str, line: int, code: str
) -> None:
    fault = read("x.yaml", text, Budget()).faults[0]
    assert (fault.path, fault.line, fault.code) == ("x.yaml", line, code)


def test_a_bomb_is_cut_off_before_it_goes_off() -> None:
    laughs = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    assert read("x.yaml", laughs, Budget()).faults[0].code == "anchor"
    wide = read("x.yaml", "[" + "a," * 500 + "]", Budget(nodes=100))
    assert [fault.code for fault in wide.faults] == ["too_much"]


def test_words_mean_what_they_say() -> None:
    text = "a: no\nb: 010\nc: 1_000\nd: 2026-01-01\ne: 0x1f\nf: true\ng: 1.5\nh: -3\ni:\n"
    assert read("x.yaml", text, Budget()).value == {
        "a": "no", "b": "010", "c": "1_000", "d": "2026-01-01", "e": "0x1f", "f": True, "g": 1.5,
        "h": -3, "i": None,
    }  # fmt: skip


def test_a_checksum_tells_where_one_file_ends_and_the_next_begins() -> None:
    assert checksum({"a": "bc", "d": ""}) != checksum({"a": "b", "cd": ""})
    assert checksum({"a": "b", "atrium.yaml": "x"}) == checksum({"a": "b"})
