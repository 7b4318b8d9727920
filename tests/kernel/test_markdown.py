import time
from html.parser import HTMLParser

import pytest

from infra.kernel.markdown import Piece, plain, render, snippet


class Elements(HTMLParser):
    """Collects what a browser would make of the markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_markdown_becomes_html() -> None:
    html = render(
        "# Reset\n\n1. *Hold* the **button**\n2. Wait\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |"
    )
    for part in ("<h1>Reset</h1>", "<em>Hold</em>", "<td>1</td>", "<s>2</s>", "<ol>"):
        assert part in html


def test_links_keep_only_harmless_schemes_and_tell_nobody_where_they_were() -> None:
    html = render("[a](https://example.com/x?y=1) [b](mailto:a@example.com)")
    assert 'href="https://example.com/x?y=1"' in html
    assert 'href="mailto:a@example.com"' in html
    assert html.count('rel="nofollow noopener noreferrer"') == 2


ATTACKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/x)",
    "[x](\\\\evil.example)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=//evil><input name=a><button>x</button></form>",
    "<p style='background:url(//evil)' onclick=alert(1) class=x id=y>z</p>",
    "<base href=//evil><meta http-equiv=refresh content='0;url=//x'><link rel=stylesheet href=x>",
    '[x](https://a.example/" onmouseover="alert(1))',
    '[x](https://a.example "t\\" onclick=alert(1) ")',
    "`<script>alert(1)</script>`\n\n    <script>alert(1)</script>\n\n```<script>\n<script>\n```",
    "<!--><script>alert(1)</script>-->",
    "\0<scr\0ipt>alert(1)</script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_survives(attack: str) -> None:
    """SECURITY row 31."""
    for tag, attributes in Elements(render(attack)).found:
        assert tag not in {
            "script",
            "img",
            "svg",
            "iframe",
            "form",
            "input",
            "style",
            "base",
            "xmp",
        }
        assert set(attributes) <= {"href", "title", "rel", "start", "align", "scope"}
        href = attributes.get("href")
        assert href is None or href.startswith(("https://", "http://", "mailto:"))


def test_plain_text_has_the_words_and_no_marks() -> None:
    text = "# Head\n\nSome *bold* `code` [link](https://x.example)\nmore\n\n- one\n- two\n"
    text += "\n```\nx = 1\n```"
    assert plain(text) == "Head\nSome bold code link\nmore\none\ntwo\nx = 1"


def test_a_snippet_shows_the_words_that_were_looked_for() -> None:
    text = "word " * 100 + "the **router** blinks red " + "word " * 100
    pieces = snippet(text, "ROUTER red", chars_max=90)
    assert [piece.text for piece in pieces if piece.hit] == ["router", "red"]
    assert sum(len(piece.text) for piece in pieces) <= 92
    assert pieces[0].text.startswith("…")
    assert snippet("short", "nothing(") == [Piece("short")]
    assert snippet("", "x") == []


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "![" * 50_000,
        "*a **a " * 15_000,
        "*" * 100_000,
        "`" * 50_000 + "a" + "`" * 49_999,
        "".join("`" * n + "a" for n in range(400)),
        "> " * 50_000,
        "- " * 50_000,
        "[a](" * 25_000,
        "[a](<" * 20_000,
        "<" * 100_000,
        "|" * 50_000 + "\n" + "|-" * 25_000,
        "~~a" * 30_000,
        "_a_" * 30_000,
        "[a]: /x 'y\n" * 10_000,
        "&" * 100_000,
        "\\" * 100_000,
        "a\n" * 50_000,
        "](" * 50_000,
        "#" * 100_000,
    ],
)
def test_no_text_keeps_the_renderer_busy(text: str) -> None:
    started = time.process_time()
    render(text)
    assert time.process_time() - started < 3
