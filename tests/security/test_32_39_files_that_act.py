"""#32, #39: files that would act, or climb, are stored under our names and leave as downloads."""

from email.message import Message

import pytest

from tests.security.neighbours import bearing
from tests.world import World

ACTING = (
    ("page.html", "text/html", b"<script>alert(1)</script>"),
    (
        "drawing.svg",
        "image/svg+xml",
        b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>",
    ),
    ("photo.png", "text/html", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
    ("note.xml", "application/xhtml+xml", b"<?xml version='1.0'?><html/>"),
    ("doc.pdf", "application/pdf", b"%PDF-1.7 /JS (app.alert(1))"),
    ("script.js", "text/javascript", b"alert(1)"),
)
CLIMBING = (
    "../../etc/passwd", "..\\..\\boot.ini", "..%2f..%2fetc%2fpasswd", "%252e%252e/x", "/etc/passwd",
    "C:\\Windows\\system32\\x", "CON", "aux.txt", "a\u2215b\uff0fc", "x" * 400, ".", "..", " ",
    "a\r\nSet-Cookie: x=1", 'a"; filename="b.html', "a;b=c", "\u202egnp.exe", "~/x", "$(id)",
)  # fmt: skip


@pytest.mark.parametrize(("name", "declared", "content"), ACTING, ids=[a[0] for a in ACTING])
async def test_32_no_file_is_opened_where_it_could_act(
    world: World, name: str, declared: str, content: bytes
) -> None:
    tenant = await world.tenant()
    client = await bearing(world, await tenant.contact())
    made = await client.post("/api/v1/attachments", files={"file": (name, content, declared)})
    assert made.status_code == 201, made.text
    served = await client.get(f"/api/v1/attachments/{made.json()['id']}/content")
    assert served.content == content
    assert served.headers["x-content-type-options"] == "nosniff"
    policy = served.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    disposition = served.headers["content-disposition"]
    assert disposition.startswith("attachment") or served.headers["content-type"] == "image/png"
    assert "text/html" not in served.headers["content-type"]
    assert "svg" not in served.headers["content-type"]


@pytest.mark.parametrize("name", CLIMBING)
async def test_39_a_file_name_is_only_words_to_us(world: World, name: str) -> None:
    tenant = await world.tenant()
    client = await bearing(world, await tenant.contact())
    root = world.services.settings.files_dir
    answer = await client.post("/api/v1/attachments", json={"name": name, "content": "aGVsbG8="})
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 422:
        return
    stored = [path.name for path in root.rglob("*") if path.is_file()]
    assert all(len(each) <= 40 and each.isalnum() for each in stored), "names of ours only"
    served = await client.get(f"/api/v1/attachments/{answer.json()['id']}/content")
    assert served.content == b"hello"
    assert "set-cookie" not in served.headers
    told = Message()
    told["content-disposition"] = served.headers["content-disposition"]
    saved_as = told.get_filename() or ""
    assert saved_as.strip(". ")
    assert not set("/\\\r\n") & set(saved_as), saved_as
