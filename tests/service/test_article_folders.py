"""Folders of Markdown and HTML become articles, and articles become the same folder again."""

import base64
import json
import stat
import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.transfers.errors import UnreadableFile
from backend.service.knowledge.folders.archive import resolved, safe_path
from backend.service.knowledge.folders.documents import Document, read, write
from backend.service.knowledge.folders.html import to_markdown
from infra.kernel.attachments import storage_of
from infra.kernel.errors import Forbidden, Invalid
from infra.kernel.markdown import render
from tests.service.articles import a_base
from tests.world import Actor, Tenant, World

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 20
FOLDER = {
    "start.md": "---\ntitle: Start here\naudience: public\n---\n\nSee [routers](net/router.md).\n",
    "net/router.md": "---\ntitle: Router lights\ncategory: network\n---\n\n![Lights](img/a.png)\n",
    "net/img/a.png": PICTURE,
    "old.html": "<html><head><title>Old page</title></head><body><h2>Do</h2><p>Turn <b>it</b> "
    "off.<script>alert(1)</script></p></body></html>",
}


def zipped(files: dict[str, Any]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


async def brought(
    world: World, tenant: Tenant, actor: Actor, base: Any, content: bytes, *, dry_run: bool = False
) -> dict[str, Any]:
    """The report of an import."""
    file = await actor.do(
        "attachments.create", name="folder.zip", content=base64.b64encode(content).decode()
    )
    await actor.do(
        "articles.import_folder", attachment_id=str(file["id"]),
        knowledge_base_id=str(base["id"]), dry_run=dry_run,
    )  # fmt: skip
    await world.work(tenant)
    told: dict[str, Any] = json.loads(await newest_file(world, tenant, actor))
    return told


async def newest_file(world: World, tenant: Tenant, actor: Actor) -> bytes:
    """What the newest notification is about."""
    note = (await actor.list("notifications", sort="-created_at"))[0]
    file = await actor.read("attachments", note["record_id"])
    async with world.services.database.transaction(tenant.id) as connection:
        key = await connection.fetchval(
            "SELECT storage_key FROM attachments WHERE tenant_id = $1 AND id = $2",
            tenant.id, file["id"],
        )  # fmt: skip
    pieces = storage_of(world.services).read(tenant.id, key)
    return b"".join([piece async for piece in pieces])


async def furnished(world: World) -> tuple[Tenant, Actor, dict[str, Any]]:
    tenant = await world.tenant()
    base = await a_base(tenant)
    await tenant.admin.do(
        "article_categories.create", knowledge_base_id=str(base["id"]), key="network",
        name="Network",
    )  # fmt: skip
    return tenant, await tenant.member("knowledge_manager"), base


async def test_a_folder_becomes_drafts_with_their_pictures(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, zipped(FOLDER))
    assert (told["created"], told["faults"]) == (3, [])
    rows = {row["title"]: row for row in await keeper.list("articles")}
    assert set(rows) == {"Start here", "Router lights", "Old page"}
    assert {row["state"] for row in rows.values()} == {"draft"}
    assert rows["Start here"]["audience"] == "public"
    assert rows["Router lights"]["category_id"] is not None
    assert rows["Old page"]["body"] == "## Do\n\nTurn **it** off."
    files = await tenant.admin.list("attachments", kind="articles")
    assert [(f["name"], f["record_id"]) for f in files] == [("a.png", rows["Router lights"]["id"])]


async def test_links_between_texts_lead_to_their_articles_and_broken_ones_are_named(
    world: World,
) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {
        "a.md": "See [b](sub/b.html#two), [gone](no.md), [out](../x.md), [web](https://example.com)"
        ", [here](#top).\n\n```\n[b](sub/b.html)\n```\n",
        "sub/b.html": "<p>Back to <a href='../a.md'>a</a>.</p>",
    }
    for dry_run in (True, False):
        told = await brought(world, tenant, keeper, base, zipped(folder), dry_run=dry_run)
        assert (told["created"], told["faults"]) == (2, [])
        assert told["broken"] == [
            {
                "path": "a.md", "line": 1, "code": "link", "about": address,
                "message": f"the link {address} leads to no text",
            }
            for address in ("no.md", "../x.md")
        ]  # fmt: skip
    rows = {row["title"]: row for row in await keeper.list("articles")}
    number = rows["b"]["number"]
    assert f"[b](article:{number}#two), [gone](no.md)" in rows["a"]["body"]
    assert "```\n[b](sub/b.html)\n```" in rows["a"]["body"]
    assert rows["b"]["body"] == f"Back to [a](article:{rows['a']['number']})."
    await keeper.do("articles.publish", rows["a"]["id"])
    shown = (await keeper.do("articles.page", rows["a"]["id"])).html
    assert f'href="/knowledge/{number}"' in shown
    assert 'href="https://example.com"' in shown
    assert shown.count("href") == 2
    told = await brought(world, tenant, keeper, base, zipped(folder))
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 0, 2)
    await keeper.do("articles.export_folder", knowledge_base_id=str(base["id"]))
    await world.work(tenant)
    with zipfile.ZipFile(BytesIO(await newest_file(world, tenant, keeper))) as archive:
        assert b"[b](sub/b.md#two)" in archive.read("a.md")
        assert b"[a](../a.md)" in archive.read("sub/b.md")


async def test_what_went_out_comes_in_again_and_changes_nothing(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    await brought(world, tenant, keeper, base, zipped(FOLDER))
    before = await keeper.list("articles", sort="number")
    await keeper.do("articles.export_folder", knowledge_base_id=str(base["id"]))
    await world.work(tenant)
    out = await newest_file(world, tenant, keeper)
    with zipfile.ZipFile(BytesIO(out)) as archive:
        assert archive.namelist() == ["net/img/a.png", "net/router.md", "old.md", "start.md"]
        assert archive.read("net/img/a.png") == PICTURE
    told = await brought(world, tenant, keeper, base, out)
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 0, 3)
    assert await keeper.list("articles", sort="number") == before
    await keeper.do("articles.export_folder", knowledge_base_id=str(base["id"]))
    await world.work(tenant)
    assert await newest_file(world, tenant, keeper) == out


async def test_what_readers_have_gets_a_revision_and_is_not_overwritten(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    await brought(world, tenant, keeper, base, zipped({"a.md": "# One\n\nOld"}))
    (article,) = await keeper.list("articles")
    await keeper.do("articles.publish", article["id"])
    told = await brought(world, tenant, keeper, base, zipped({"a.md": "# One\n\nNew"}))
    assert (told["changed"], told["created"]) == (1, 0)
    (article,) = await keeper.list("articles")
    assert (article["body"], article["draft_body"]) == ("Old", "New")


async def test_a_dry_run_tells_everything_and_keeps_nothing(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, zipped(FOLDER), dry_run=True)
    assert (told["dry_run"], told["created"]) == (True, 3)
    assert await keeper.list("articles") == []
    assert await tenant.admin.list("external_ids") == []


async def test_each_file_that_is_wrong_is_named_and_the_others_come_in(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    wrong = {
        "good.md": "Words",
        "category.md": "---\ncategory: moon\n---\nWords",
        "front.md": "---\ntitle: [\n---\nWords",
        "audience.md": "---\naudience: martians\n---\nWords",
        "picture.md": "![gone](img/none.png)",
        "empty.md": "",
        "latin.md": "\xe4".encode("latin-1"),
        "unknown.md": "---\nowner: me\n---\nWords",
    }
    told = await brought(world, tenant, keeper, base, zipped(wrong))
    assert told["created"] == 1
    assert sorted(fault["path"] for fault in told["faults"]) == sorted(wrong.keys() - {"good.md"})
    assert [row["title"] for row in await keeper.list("articles")] == ["good"]


def link_out() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("a.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped({"../a.md": "x"}),
        zipped({"/etc/a.md": "x"}),
        zipped({"a/../../b.md": "x"}),
        zipped({"c:\\a.md": "x"}),
        zipped({"bomb.md": b"0" * 20_000_000}),
        link_out(),
        b"no zip at all",
    ],
    ids=["up", "root", "through", "drive", "bomb", "link", "junk"],
)
async def test_an_archive_that_reaches_out_or_grows_is_refused_whole(
    world: World, content: bytes
) -> None:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, content)
    assert [fault["path"] for fault in told["faults"]] == [""]
    assert await keeper.list("articles") == []


async def test_only_who_looks_after_knowledge_brings_folders_and_only_their_own(
    world: World,
) -> None:
    tenant, keeper, base = await furnished(world)
    agent = await tenant.member("agent_b2c")
    file = await tenant.admin.do("attachments.create", name="a.zip", content="aGVsbG8=")
    asked = {"attachment_id": str(file["id"]), "knowledge_base_id": str(base["id"])}
    with pytest.raises(Forbidden):
        await agent.do("articles.import_folder", **asked)
    with pytest.raises(Forbidden):
        await agent.do("articles.export_folder", knowledge_base_id=str(base["id"]))
    with pytest.raises(Invalid):
        await keeper.do("articles.import_folder", **asked)


# ── Texts alone ──────────────────────────────────────────────────────────────────────────────

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=60)


@given(WORDS.map(str.strip).filter(bool), WORDS.map(lambda text: text.strip("\n")))
def test_a_document_is_read_as_it_was_written(title: str, body: str) -> None:
    told = read("a.md", write(Document(title, body, {"tier": 1})).encode())
    assert (told.title, told.body, told.said) == (title, body, {"tier": 1})


@given(st.text(max_size=200))
def test_no_path_leads_out_of_the_folder(link: str) -> None:
    for found in (safe_path(link), resolved("a/b/c.md", link)):
        assert found is None or not (found.startswith("/") or ".." in found.split("/"))


def test_html_becomes_markdown_without_what_acts() -> None:
    title, text = to_markdown(
        "<title>T</title><h1>One</h1><ul><li>a<li>b<ol><li>c</ol></ul><p>See <a href='b.html'>it"
        "</a>, <a href='javascript:x()'>not</a> <img src='p.png' alt='P'> 2*3</p>"
        "<pre>x &lt; y</pre>"
    )
    assert title == "T"
    assert text == (
        "# One\n\n- a\n- b\n   1. c\n\nSee [it](b.html), not ![P](p.png) 2\\*3\n\n```\nx < y\n```"
    )


@given(st.text(max_size=300))
def test_no_html_becomes_markdown_that_acts(html: str) -> None:
    _, text = to_markdown(f"<p>{html}</p><a href='javascript:alert(1)'>x</a>")
    shown = render(text)
    assert "<script" not in shown
    assert "javascript:" not in shown.partition("href")[2][:30]


def test_front_matter_that_multiplies_is_refused() -> None:
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n---\nWords"
    with pytest.raises(UnreadableFile):
        read("a.md", bomb.encode())
