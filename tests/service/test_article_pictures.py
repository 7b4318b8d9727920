"""Pictures come in with a folder, are shown where their text is read, and go out to their place."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest

from infra.kernel.errors import NotFound
from infra.kernel.pictures import picture_of
from tests.service.articles import a_visitor
from tests.service.test_article_folders import brought, furnished, newest_file, zipped
from tests.world import Actor, Tenant, World


def png(width: int = 1, height: int = 1, shade: int = 0) -> bytes:
    """A whole picture of one shade."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        digest = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + digest

    lines = (b"\0" + bytes([shade]) * width) * height if width < 5_000 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


LIGHTS, PLUG, OTHER = png(2, 2, 10), png(2, 2, 90), png(3, 3, 200)
FOLDER: dict[str, Any] = {
    "net/lights.md": "---\ntitle: Lights\naudience: public\n---\n\n![Lights](img/a.png)\n\n"
    "![Plug](../My%20pictures/a.png) and [![Linked](<../My pictures/a.png>)](other.md)\n\n"
    "<img src='img/a.png' alt='Once more'>\n\n```\n![code](no/such.png)\n```\n",
    "net/other.md": "---\ntitle: Other\naudience: customer\n---\n\n![Only][ref]\n\n"
    "[ref]: img/b.png\n",
    "page.html": "<title>Page</title><p>See <img src='My pictures/a.png' alt='P'></p>",
    "net/img/a.png": LIGHTS,
    "net/img/b.png": OTHER,
    "My pictures/a.png": PLUG,
}


async def shelved(world: World) -> tuple[Tenant, Actor, Any, dict[str, Any]]:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, zipped(FOLDER))
    assert (told["created"], told["faults"], told["broken"]) == (3, [], [])
    rows = {row["title"]: row for row in await keeper.list("articles")}
    for row in rows.values():
        await keeper.do("articles.publish", row["id"])
    return tenant, keeper, base, rows


async def test_pictures_have_a_name_each_in_the_text_that_shows_them(world: World) -> None:
    _, keeper, _, rows = await shelved(world)
    assert rows["Lights"]["body"] == (
        "![Lights](picture:a.png)\n\n![Plug](picture:a-2.png) and "
        f"[![Linked](picture:a-2.png)](article:{rows['Other']['number']})\n\n"
        "![Once more](picture:a.png)\n\n```\n![code](no/such.png)\n```"
    )
    assert rows["Other"]["body"] == "![Only][ref]\n\n[ref]: picture:b.png"
    assert rows["Page"]["body"] == "See ![P](picture:a.png)"
    kept = await keeper.list("article_pictures", article_id=str(rows["Lights"]["id"]))
    assert [(row["name"], row["path"]) for row in kept] == [
        ("a.png", "net/img/a.png"), ("a-2.png", "My pictures/a.png"),
    ]  # fmt: skip
    html = (await keeper.do("articles.page", rows["Lights"]["id"])).html
    number = rows["Lights"]["number"]
    assert f'<img src="/knowledge/{number}/pictures/a-2.png" alt="Plug" loading="lazy">' in html


async def test_a_picture_is_seen_by_who_reads_its_text_and_by_nobody_else(world: World) -> None:
    tenant, keeper, _, rows = await shelved(world)
    customer, visitor = await tenant.contact(), a_visitor(world, tenant)
    agent = await tenant.member("agent_b2c")
    lights, other = rows["Lights"]["id"], rows["Other"]["id"]
    for who in (customer, visitor, agent, keeper):
        assert (await who.do("articles.picture", lights, name="a.png")).media_type == "image/png"
        with pytest.raises(NotFound):
            await who.do("articles.picture", lights, name="b.png")
    assert (await customer.do("articles.picture", other, name="b.png")).name == "b.png"
    with pytest.raises(NotFound):
        await visitor.do("articles.picture", other, name="b.png")
    page = rows["Page"]["id"]
    assert (await agent.do("articles.picture", page, name="a.png")).name == "a.png"
    for who in (customer, visitor):
        with pytest.raises(NotFound):
            await who.do("articles.picture", page, name="a.png")
    # No other door opens the file to readers outside.
    told = await customer.do("attachments.of_record", kind="articles", record_id=str(lights))
    assert told.data == []
    client = await world.session(tenant, customer)
    file = (await keeper.list("article_pictures"))[0]["attachment_id"]
    assert (await client.get(f"/api/v1/attachments/{file}/content")).status_code == 404
    shown = await client.get(f"/api/v1/articles/{lights}/pictures/a.png")
    assert (shown.status_code, shown.content) == (200, LIGHTS)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["x-content-type-options"] == "nosniff"
    known = {"If-None-Match": shown.headers["etag"]}
    again = await client.get(f"/api/v1/articles/{lights}/pictures/a.png", headers=known)
    assert again.status_code == 304
    assert (await client.get(f"/api/v1/articles/{page}/pictures/a.png")).status_code == 404
    other_tenant = await world.tenant()
    stranger = other_tenant.admin.http()
    assert (await stranger.get(f"/api/v1/articles/{lights}/pictures/a.png")).status_code == 404


async def test_a_picture_of_a_text_that_waits_is_not_shown_before(world: World) -> None:
    tenant, keeper, base, rows = await shelved(world)
    visitor, lights = a_visitor(world, tenant), rows["Lights"]["id"]
    changed = FOLDER | {"net/img/a.png": OTHER}
    told = await brought(world, tenant, keeper, base, zipped(changed))
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 1, 2)
    stored = await keeper.read("articles", lights)
    assert "picture:a.png" in stored["body"]
    assert "picture:a-3.png" in stored["draft_body"]
    assert "picture:a.png" not in stored["draft_body"]
    with pytest.raises(NotFound):
        await visitor.do("articles.picture", lights, name="a-3.png")
    await keeper.do("articles.publish", lights)
    assert (await visitor.do("articles.picture", lights, name="a-3.png")).name == "a-3.png"
    with pytest.raises(NotFound):
        await visitor.do("articles.picture", lights, name="a.png")


async def test_a_translation_shows_the_pictures_of_its_original(world: World) -> None:
    tenant, keeper, _, rows = await shelved(world)
    lights = rows["Lights"]
    german = await keeper.do(
        "articles.translate", lights["id"], language="de", title="Lampen",
        body="![Lampen](picture:a.png)",
    )  # fmt: skip
    visitor = a_visitor(world, tenant)
    with pytest.raises(NotFound):
        await visitor.do("articles.picture", german["id"], name="a.png")
    await keeper.do("articles.publish", german["id"])
    assert (await visitor.do("articles.picture", german["id"], name="a.png")).name == "a.png"
    with pytest.raises(NotFound):
        await visitor.do("articles.picture", german["id"], name="a-2.png")


async def test_pictures_go_out_to_their_places_and_come_in_again_as_they_were(
    world: World,
) -> None:
    tenant, keeper, base, _ = await shelved(world)
    before = await keeper.list("articles", sort="number")
    await keeper.do("articles.export_folder", knowledge_base_id=str(base["id"]))
    await world.work(tenant)
    out = await newest_file(world, tenant, keeper)
    with zipfile.ZipFile(BytesIO(out)) as archive:
        assert archive.namelist() == [
            "My pictures/a.png", "net/img/a.png", "net/img/b.png", "net/lights.md",
            "net/other.md", "page.md",
        ]  # fmt: skip
        assert archive.read("My pictures/a.png") == PLUG
        text = archive.read("net/lights.md").decode()
        assert "![Plug](../My%20pictures/a.png)" in text
        assert "[![Linked](../My%20pictures/a.png)](other.md)" in text
        assert b"[ref]: img/b.png" in archive.read("net/other.md")
    told = await brought(world, tenant, keeper, base, out)
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 0, 3)
    assert await keeper.list("articles", sort="number") == before
    elsewhere, other_keeper, other_base = await furnished(world)
    told = await brought(world, elsewhere, other_keeper, other_base, out)
    assert (told["created"], told["faults"]) == (3, [])
    await other_keeper.do("articles.export_folder", knowledge_base_id=str(other_base["id"]))
    await world.work(elsewhere)
    assert await newest_file(world, elsewhere, other_keeper) == out


async def test_what_is_no_picture_refuses_its_text_by_name(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    folder = {
        "svg.md": "# S\n\n![x](x.svg)", "x.svg": "<svg onload='alert(1)'/>",
        "lie.md": "# L\n\n![x](lie.png)", "lie.png": "<script>alert(1)</script>",
        "huge.md": "# H\n\n![x](huge.png)", "huge.png": png(60_000, 60_000),
        "far.md": "# F\n\n![x](https://evil.example/p.png)",
        "data.md": "# D\n\n![x](data:image/svg+xml;base64,PHN2Zz4=)",
    }  # fmt: skip
    told = await brought(world, tenant, keeper, base, zipped(folder))
    assert [(f["path"], f["line"], f["code"], f["about"]) for f in told["faults"]] == [
        ("huge.md", 3, "picture_large", "huge.png"),
        ("lie.md", 3, "picture_kind", "lie.png"),
        ("svg.md", 3, "picture_kind", "x.svg"),
    ]
    rows = {row["title"]: row for row in await keeper.list("articles")}
    assert set(rows) == {"F", "D"}
    assert await tenant.admin.list("attachments", kind="articles") == []
    for row in rows.values():
        html = (await keeper.do("articles.page", row["id"])).html
        assert "<img" not in html
        assert "src=" not in html
        assert 'href="data' not in html


async def test_a_dry_run_and_a_refused_text_keep_no_picture(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    told = await brought(world, tenant, keeper, base, zipped(FOLDER), dry_run=True)
    assert (told["created"], told["faults"]) == (3, [])
    half = {"a.md": "# A\n\n![x](a.png) ![y](gone.png)", "a.png": LIGHTS}
    told = await brought(world, tenant, keeper, base, zipped(half))
    assert [f["about"] for f in told["faults"]] == ["gone.png"]
    assert await tenant.admin.list("attachments", kind="articles") == []
    assert await keeper.list("article_pictures") == []
    assert await keeper.list("articles") == []


async def test_a_text_whose_article_is_gone_or_moved_is_new_again(world: World) -> None:
    tenant, keeper, base = await furnished(world)
    await brought(world, tenant, keeper, base, zipped({"a.md": "# A\n\nOne"}))
    (first,) = await keeper.list("articles")
    await keeper.do("articles.delete", first["id"])
    told = await brought(world, tenant, keeper, base, zipped({"a.md": "# A\n\nOne"}))
    assert (told["created"], told["faults"]) == (1, [])
    (second,) = await keeper.list("articles")
    other = await tenant.admin.do("knowledge_bases.create", name="Elsewhere")
    await keeper.do("articles.update", second["id"], knowledge_base_id=str(other["id"]))
    told = await brought(world, tenant, keeper, base, zipped({"a.md": "# A\n\nTwo"}))
    assert (told["created"], told["changed"], told["faults"]) == (1, 0, [])
    assert (await keeper.read("articles", second["id"]))["body"] == "One"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (png(7, 5), ("image/png", 7, 5)),
        (b"GIF89a" + struct.pack("<HH", 4, 3) + b"\0" * 8, ("image/gif", 4, 3)),
        (b"\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x0b\x08" + struct.pack(">HH", 9, 8) + b"\0" * 8,
         ("image/jpeg", 8, 9)),
        (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x04\0\0\x02\0\0", ("image/webp", 5, 3)),
        (b"\xff\xd8\xff" + b"\xff" * 3_000_000, None),
        (b"\xff\xd8\xff\xe0", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)  # fmt: skip
def test_a_picture_is_known_by_its_bytes(content: bytes, told: tuple[str, int, int] | None) -> None:
    found = picture_of(content)
    assert (found and (found.media_type, found.width, found.height)) == told
