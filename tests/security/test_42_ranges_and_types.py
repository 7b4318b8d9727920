"""#42, #44: lists of ranges, odd media types and form bombs cost next to nothing, over HTTP."""

import time
from typing import Any

import pytest

from tests.security.neighbours import bearing
from tests.world import World


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=" + ",".join("0-" for _ in range(3_000)),
        "bytes=" + ",".join(f"{n}-{n}" for n in range(2_000)),
        "bytes=0-99999999999999999999",
        "bytes=-0",
        "bytes=--1",
        "bytes=٣-٤",
        "bytes=" + " " * 9_000,
        "x" * 9_000,
    ],
    ids=range(8),
)
async def test_42_no_list_of_ranges_multiplies_a_file(world: World, asked: str) -> None:
    client = await bearing(world, await (await world.tenant()).contact())
    content = b"x" * 100_000
    made = await client.post("/api/v1/attachments", files={"file": ("a.bin", content)})
    began = time.monotonic()
    answer = await client.get(
        f"/api/v1/attachments/{made.json()['id']}/content", headers={"Range": asked.encode()}
    )
    assert answer.status_code in {200, 206, 416, 431}
    assert len(answer.content) <= len(content)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=" + "=" * 5_000,
        "multipart/form-data; boundary=",
        "multipart/form-data" + "; a=b" * 2_000,
        'multipart/form-data; boundary="' + "\\" * 5_000,
        "application/json; charset=utf-7",
        "application/x-www-form-urlencoded",
        "text/html",
        "\xff/\xfe",
    ],
    ids=range(8),
)
async def test_42_odd_media_types_are_refused_at_once(world: World, kind: str) -> None:
    client = await bearing(world, await (await world.tenant()).contact())
    sent: dict[str, Any] = {
        "content": b"--x\r\n" * 50_000, "headers": {"Content-Type": kind.encode("latin-1")}
    }  # fmt: skip
    began = time.monotonic()
    answer = await client.post("/api/v1/attachments", **sent)
    assert answer.status_code in {400, 415, 422}, answer.text
    assert time.monotonic() - began < 2


async def test_44_a_form_of_a_hundred_thousand_parts_is_cut_off(world: World) -> None:
    client = await bearing(world, await (await world.tenant()).contact())
    part = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\na\r\n'
    began = time.monotonic()
    answer = await client.post(
        "/api/v1/attachments",
        content=part * 100_000 + b"--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code in {400, 413, 422}, answer.text
    assert len(answer.content) < 10_000
    assert time.monotonic() - began < 2
