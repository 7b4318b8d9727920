import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from infra.kernel.errors import BadRequest, Invalid, TooLarge, UnsupportedMedia
from infra.kernel.multipart import Form, harmless_name, media_type, read_form
from infra.kernel.storage import Storage

TENANT = UUID(int=7)
TYPE = "multipart/form-data; boundary=XX"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path, bytes_max=100_000)


def part(disposition: str, content: bytes, media: str = "") -> bytes:
    extra = f"Content-Type: {media}\r\n" if media else ""
    head = f"--XX\r\nContent-Disposition: form-data; {disposition}\r\n{extra}\r\n"
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"


async def parse(storage: Storage, content: bytes, step: int = 7, kind: str = TYPE) -> Form:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(content), step):
            yield content[at : at + step]

    return await read_form(
        pieces(), kind, lambda: storage.begin(TENANT), fields=("kind", "record_id")
    )


def files(storage: Storage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("step", [1, 7, 100_000])
async def test_a_form_is_read_however_it_is_cut(storage: Storage, step: int) -> None:
    content = bytes(range(256)) * 4
    form = await parse(
        storage,
        body(
            part('name="kind"', b"cases"),
            part('name="file"; filename="report.pdf"', content, "application/pdf; x=1"),
            part('name="record_id"', "ü".encode()),
        ),
        step,
    )
    assert form.fields == {"kind": "cases", "record_id": "ü"}
    assert form.file is not None
    assert (form.file.name, form.file.media_type) == ("report.pdf", "application/pdf")
    assert storage.path(TENANT, form.file.stored.key).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", BadRequest),
        (b"junk", BadRequest),
        (part('name="file"; filename="a"', b"x" * 5_000), BadRequest),
        (body(*[part('name="kind"', b"")] * 20), BadRequest),
        (body(part('name="file"; filename="a"', b"x" * 100_001)), TooLarge),
        (body(part('name="kind"', b"x" * 5_000)), Invalid),
        (body(part('name="kind"', b"\xff")), Invalid),
        (body(part('name="file"', b"no file name")), Invalid),
        (
            body(part('name="file"; filename="a"', b"1"), part('name="file"; filename="b"', b"2")),
            Invalid,
        ),
        (body(part('name="file"; filename="a"', b"1"), part('name="role"', b"admin")), Invalid),
        (b"--XX\r\n" + b"X: y\r\n" * 50 + b"\r\n--XX--", BadRequest),
        (b"--XX\r\nX: " + b"y" * 10_000 + b"\r\n\r\n--XX--", BadRequest),
    ],
)
async def test_a_form_that_is_broken_leaves_no_file(
    storage: Storage, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await parse(storage, content, 1_000)
    assert files(storage) == []


async def test_all_faults_of_a_form_are_named_at_once(storage: Storage) -> None:
    with pytest.raises(Invalid) as refusal:
        await parse(storage, body(part('name="role"', b"x"), part('name="kind"', b"\xff")))
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [
        ("/role", "unknown"),
        ("/kind", "encoding"),
        ("/file", "missing"),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/mixed; boundary=XX",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "a" * 500,
        "multipart/form-data; " + ";" * 5_000,
    ],
)
async def test_another_media_type_is_refused(storage: Storage, kind: str) -> None:
    with pytest.raises((UnsupportedMedia, BadRequest)):
        await parse(storage, body(), kind=kind)


@pytest.mark.parametrize(
    "content",
    [
        part('name="kind"', b"x" * 20_000_000),
        b"".join([part('name="kind"', b"")] * 100_000),
        b"\r" * 5_000_000,
        b"--XX\r\n" + b"a" * 5_000_000,
        b"--XX" * 1_000_000,
    ],
)
async def test_an_endless_body_costs_next_to_nothing(storage: Storage, content: bytes) -> None:
    """SECURITY row 42."""
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises((BadRequest, Invalid)):
        await parse(storage, content, 64 * 1024)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - started < 2
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..%2f..%2fetc", "..%2f..%2fetc".strip(" .")),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.exe"),
        ("/etc/shadow", "shadow"),
        ("a\0b.txt", "ab.txt"),
        ("evil\r\nX-Header: 1.txt", "evilX-Header_ 1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..", "file"),
        ("", "file"),
        ("a" * 500 + ".pdf", "a" * 196 + ".pdf"),
        ('x";filename=y.html', "x_;filename=y.html"),
        ("Übersicht.pdf", "Übersicht.pdf"),
    ],
)
def test_a_file_name_is_made_harmless(given: str, shown: str) -> None:
    """SECURITY row 39."""
    assert harmless_name(given) == shown


def test_a_media_type_is_only_a_hint() -> None:
    assert media_type(b"Text/HTML; charset=utf-8") == "text/html"
    assert media_type(b"text/html\r\nX: y") == "application/octet-stream"
    assert media_type(b"nonsense") == "application/octet-stream"
