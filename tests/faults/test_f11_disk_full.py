"""F11: the disk of attachments is full: it is said, nothing half is kept, all else goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from infra.kernel.config import Settings
from infra.kernel.errors import InsufficientStorage
from infra.kernel.storage import Storage
from tests.faults.journal import journal_of
from tests.faults.process import Server

TENANT = UUID(int=7)
MEGABYTE = 1024 * 1024


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "files", bytes_max=1_000_000)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("late", [False, True])
async def test_f11_a_full_disk_is_said_so_and_leaves_nothing(storage: Storage, late: bool) -> None:
    upload = await storage.begin(TENANT)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, upload._file.fileno())
    os.close(full)

    async def store() -> None:
        await upload.write(b"x" * (1_000 if late else 400_000))
        await upload.finish()

    with pytest.raises(InsufficientStorage) as refusal:
        await store()
    assert refusal.value.status == 507
    await upload.discard()
    assert files(storage.root) == []
    assert (await storage.keep(TENANT, b"again")).size_bytes == 5, "it recovers by itself"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes, where this process may mount them."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def rows(settings: Settings, tenant: str) -> int:
    owner = await asyncpg.connect(settings.owner_dsn)
    try:
        count = await owner.fetchval(
            "SELECT count(*) FROM attachments WHERE tenant_id = $1", tenant
        )
        return int(count)
    finally:
        await owner.close()


async def test_f11_a_full_disk_refuses_uploads_and_recovers_by_itself(
    harmed: Settings, process: Callable[..., Server], small_disk: Path
) -> None:
    settings = replace(harmed, data_dir=small_disk)
    server = process(settings)
    journal = await journal_of(server.base_url, settings, "full-disk")
    async with journal.client() as client:

        async def upload(size: int) -> int:
            sent = {"file": ("a.bin", b"x" * size, "application/octet-stream")}
            return (await client.post("/api/v1/attachments", files=sent)).status_code

        assert await upload(MEGABYTE) == 201
        kept = files(small_disk)
        assert await upload(3 * MEGABYTE) in {503, 507}
        assert await upload(3 * MEGABYTE // 2) in {503, 507}
        assert files(small_disk) == kept, "nothing half is kept"
        assert await rows(settings, journal.tenant_id) == 1
        assert await journal.ask(client, "all-else-goes-on"), journal.refusals
        (small_disk / "filler").write_bytes(b"x" * (MEGABYTE - 64 * 1024))
        assert await upload(200 * 1024) in {503, 507}
        (small_disk / "filler").unlink()
        assert await upload(200 * 1024) == 201
        assert await rows(settings, journal.tenant_id) == 2
