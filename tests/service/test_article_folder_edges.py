"""Folders as the world sends them: odd front matter, broken zips, foreign letters, hostile pages.
Whatever comes, the report names it, the rest comes in, and nothing is left half done."""

import time
import zipfile
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest

from backend.platform.transfers.errors import UnreadableFile
from backend.service.knowledge.folders.documents import read
from backend.service.knowledge.folders.html import to_markdown
from infra.kernel.markdown import render
from tests.kernel.test_markdown import Elements
from tests.service.test_article_folders import brought, furnished, zipped
from tests.world import World

ODD_FRONTS = {
    "category_list.md": "category: [a, b]",
    "category_map.md": "category: {a: b}",
    "category_number.md": "category: 5",
    "category_letters.md": 'category: "\\ud800"',
    "title_list.md": "title: [a, b]",
    "title_map.md": "title: {a: b}",
    "title_letters.md": 'title: "\\ud800"',
    "language_list.md": "language: [de]",
    "language_word.md": "language: German language",
    "tier_word.md": "tier: first",
    "tier_true.md": "tier: true",
    "tier_infinite.md": "tier: .inf",
    "tier_nan.md": "tier: .nan",
    "tier_huge.md": f"tier: {'9' * 40}",
    "audience_date.md": "audience: 2024-01-01",
    "audience_bytes.md": "audience: !!binary aGVsbG8=",
    "audience_set.md": "audience: !!set {a, b}",
    "object.md": "title: !!python/object/apply:os.system [id]",
    "doubled.md": "title: One\ntitle: Two",
    "list.md": "- title",
    "word.md": "title",
    "number_name.md": "5: x",
}


async def test_front_matter_of_odd_types_refuses_its_file_and_no_other(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {name: f"---\n{front}\n---\nWords" for name, front in ODD_FRONTS.items()}
    told = await brought(world, tenant, keeper, base, zipped(folder | {"good.md": "Words"}))
    assert sorted(fault["path"] for fault in told["faults"]) == sorted(ODD_FRONTS)
    assert [row["title"] for row in await keeper.list("articles")] == ["good"]
    by_path = {fault["path"]: fault for fault in told["faults"]}
    assert by_path["category_list.md"]["line"] == 2
    assert by_path["doubled.md"]["line"] == 3


async def test_titles_that_yaml_takes_for_numbers_and_days_stay_words(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {
        "year.md": "---\ntitle: 2024\n---\nWords",
        "day.md": "---\ntitle: 2024-02-01\n---\nWords",
        "yes.md": "---\ntitle: Yes\n---\nWords",
        "zero.md": "---\ntitle: 0\n---\nWords",
        "time.md": "---\ntitle: 12:30\n---\nWords",
    }
    told = await brought(world, tenant, keeper, base, zipped(folder))
    assert told["faults"] == []
    titles = {row["title"] for row in await keeper.list("articles")}
    assert titles == {"2024", "2024-02-01", "Yes", "0", "12:30"}


async def test_line_ends_and_marks_of_other_systems_are_read(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {
        "crlf.md": b"\xef\xbb\xbf"
        + b"---\ntitle: Crlf\naudience: public\n---\n\nOne\n\nTwo\n".replace(b"\n", b"\r\n"),
        "cr.md": b"# Cr\r\rOne\r\rTwo",
        "utf16.md": "# Wide\n\nWords".encode("utf-16"),
        "nul.md": b"# Nul\n\nA\0B",
    }
    told = await brought(world, tenant, keeper, base, zipped(folder))
    rows = {row["title"]: row for row in await keeper.list("articles")}
    assert rows["Crlf"]["body"] == "One\n\nTwo"
    assert rows["Crlf"]["audience"] == "public"
    assert rows["Cr"]["body"] == "One\n\nTwo"
    assert sorted(fault["path"] for fault in told["faults"]) == ["nul.md", "utf16.md"]


# ── Zips that are broken, or made to harm ────────────────────────────────────────────────────


def damaged() -> bytes:
    """A zip of which one part does not unpack."""
    content = bytearray(zipped({"a.md": "Words " * 500, "b.md": "Words"}))
    at = content.index(b"a.md") + 4
    content[at + 2 : at + 8] = b"\xff" * 6
    return bytes(content)


def strange_name() -> bytes:
    """A name that says it is UTF-8 and is not."""
    content = zipped({"ä.md": "Words"})
    return content.replace("ä".encode(), b"\xff\xfe")


def unknown_packing() -> bytes:
    content = bytearray(zipped({"a.md": "Words"}))
    content[8:10] = b"\x63\x00"
    place = content.index(b"PK\x01\x02")
    content[place + 10 : place + 12] = b"\x63\x00"
    return bytes(content)


def overlapping() -> bytes:
    """Two names for the same bytes, as bombs of overlapping parts have thousands."""
    content = bytearray(zipped({"a.md": "Words " * 20, "b.md": "Words " * 20}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    content[second + 42 : second + 46] = b"\0\0\0\0"
    return bytes(content)


def truncated() -> bytes:
    content = zipped({"a.md": "Words " * 500})
    return content[: len(content) // 2]


def doubled() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.md", "One")
        archive.writestr("b.md", "Two")
    return target.getvalue().replace(b"b.md", b"a.md")


@pytest.mark.parametrize(
    "make",
    [damaged, strange_name, unknown_packing, overlapping, truncated, doubled],
    ids=lambda make: make.__name__,
)
async def test_a_zip_that_does_not_open_is_reported(world: World, make: Any) -> None:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, make())
    assert told["faults"], told
    titles = [row["title"] for row in await keeper.list("articles")]
    assert "a" not in titles


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 30_000 + "b",
        "# " + "#" * 30_000 + "b",
        "# " + "a #" * 20_000,
        "[" * 300_000,
        "![" * 150_000,
        "[a](" * 90_000,
        "[a](<" * 80_000,
        "```\n" * 100_000,
        "```a\n" * 80_000,
        "[![a](b)](c) " * 30_000,
        "[a]: b 'c\n" * 30_000,
        "<img " * 80_000,
        "<img a='" * 50_000,
        "`" * 300_000,
        "`a" * 150_000,
        "---\n" + "a\n" * 150_000,
        "---\n" + "{" * 3_900 + "\n---\nx",
        "---\n" + "- " * 1_900 + "\n---\nx",
    ],
    ids=lambda text: f"{text[:6]!r}",
)
def test_no_text_keeps_the_reader_busy(text: str) -> None:
    started = time.process_time()
    with suppress(UnreadableFile):
        read("a.md", text.encode())
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "page",
    [
        "<a " * 100_000,
        "<a href=" * 45_000,
        "<!--" * 90_000,
        "<![CDATA[" * 40_000,
        "<!" * 150_000,
        "</" * 150_000,
        "<?" * 150_000,
        "&#" * 150_000,
        "&a" * 150_000,
        "<ul><li>" * 40_000,
        "<script>" * 40_000,
        "<title>" * 40_000,
        "<b>" * 100_000,
        "\n" * 390_000,
        "<br>" * 90_000,
        "<a href='x" * 35_000,
        "<p a='" * 60_000,
        "<textarea></" * 30_000,
        '<a "<a "x' * 40_000,
        "<p " + "a='b' " * 60_000 + ">",
    ],
    ids=lambda page: f"{page[:9]!r}",
)
def test_no_page_keeps_the_reader_busy(page: str) -> None:
    started = time.process_time()
    with suppress(UnreadableFile):
        read("a.html", page.encode())
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "page",
    [
        "<base href='https://evil.example/'><a href='x.html'>x</a><img src='p.png'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>Words",
        "<iframe src='https://evil.example'></iframe>Words",
        "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>' alt='a'>",
        "<img src='https://evil.example/pixel.png' alt='a'>",
        "<math><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
        "<form><input name=x><button formaction=javascript:alert(1)>y</button></form>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<a href='https://a.example/)[x](javascript:alert(1))'>x</a>",
        "<img alt='](javascript:alert(1)) ![' src='p.png'>",
        "<pre>```\n<script>alert(1)</script>\n```</pre>",
        "<code>`<script>`</code>",
        "<object data='x.swf'><p>inner</p></object><embed src=x>after",
    ],
    ids=lambda page: page[:24],
)
def test_no_page_brings_in_what_acts_or_loads(page: str) -> None:
    _, text = to_markdown(page)
    for tag, attributes in Elements(render(text, articles="/knowledge/")).found:
        assert tag not in {"script", "img", "iframe", "svg", "style", "base", "meta", "form"}
        assert set(attributes) <= {"href", "title", "rel", "start", "align", "scope"}
        href = attributes.get("href")
        assert href is None or href.startswith(("https://", "http://", "mailto:"))


async def test_everything_that_is_wrong_with_a_file_is_named_with_its_line(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {
        "a.md": "---\ntitle: A\ntier: x\nowner: me\n---\nWords",
        "b.md": "---\ntitle: B\naudience: martians\n\ncategory: network\ntier: 7\n---\nWords",
        "c.md": "---\ntitle: C\ncategory: moon\n---\nWords",
        "d.md": "# D\n\nOne\n\n![x](img/none.png) and ![y](img/other.png)\n",
        "e.md": "# E\n\nSee\n[here](no.md).\n",
        "f.md": b"# F\n\nCaf\xe9\n",
        "g.md": "---\ntitle: [\n---\nWords",
    }
    told = await brought(world, tenant, keeper, base, zipped(folder))
    assert [(f["path"], f["line"], f["code"], f["about"]) for f in told["faults"]] == [
        ("a.md", 3, "front_number", "tier"),
        ("a.md", 4, "front_unknown", "owner"),
        ("b.md", 3, "front_wrong", "audience"),
        ("b.md", 6, "front_wrong", "tier"),
        ("c.md", 3, "category", "moon"),
        ("d.md", 5, "picture_missing", "img/none.png"),
        ("d.md", 5, "picture_missing", "img/other.png"),
        ("f.md", 3, "encoding", ""),
        ("g.md", 3, "front_unread", ""),
    ]
    assert [(f["path"], f["line"], f["code"], f["about"]) for f in told["broken"]] == [
        ("e.md", 4, "link", "no.md")
    ]
    assert (told["created"], told["refused"]) == (1, 6)
