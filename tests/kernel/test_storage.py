import hashlib
import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.kernel.errors import NotFound, TooLarge, Unavailable
from infra.kernel.storage import Storage

TENANT = UUID(int=7)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "files", bytes_max=1_000_000)


def files(storage: Storage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


async def test_what_was_kept_is_read_back(storage: Storage) -> None:
    content = os.urandom(700_000)
    stored = await storage.keep(TENANT, content)
    assert (stored.size_bytes, stored.sha256) == (700_000, hashlib.sha256(content).digest())
    assert b"".join([piece async for piece in storage.read(TENANT, stored.key)]) == content
    middle = [piece async for piece in storage.read(TENANT, stored.key, 10, 300_000)]
    assert b"".join(middle) == content[10:300_010]
    (path,) = files(storage)
    assert path.parent.parent.name == TENANT.hex
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_tenant_cannot_name_the_file_of_another(storage: Storage) -> None:
    stored = await storage.keep(TENANT, b"mine")
    with pytest.raises(Unavailable):
        _ = [piece async for piece in storage.read(uuid4(), stored.key)]


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "aa/../../x", "/etc/passwd", "", "aa/" + "A" * 32, "aa\0/x"]
)
async def test_only_generated_names_are_opened(storage: Storage, key: str) -> None:
    with pytest.raises(NotFound):
        storage.path(TENANT, key)


async def test_a_file_that_is_too_large_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(TooLarge):
        await storage.keep(TENANT, b"x" * 1_000_001)
    assert files(storage) == []


async def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(Unavailable):
        await Storage(tmp_path / "files").begin(TENANT)


async def test_what_crashed_half_way_is_found_later(storage: Storage) -> None:
    kept = await storage.keep(TENANT, b"kept")
    upload = await storage.begin(TENANT)
    await upload.write(b"half")
    assert await storage.aged_keys(TENANT) == [], "too young to be judged"
    for path in files(storage):
        os.utime(path, (0, 0))
    assert await storage.aged_keys(TENANT) == [kept.key]
    assert [path.suffix for path in files(storage)] == [""], "half a file is gone"
    await storage.delete(TENANT, kept.key)
    await storage.delete(TENANT, kept.key)
    assert files(storage) == []
    await upload.discard()


async def test_erasing_a_tenant_leaves_the_others(storage: Storage) -> None:
    other = await storage.keep(UUID(int=8), b"other")
    await storage.keep(TENANT, b"mine")
    await storage.erase_tenant(TENANT)
    assert [path.name for path in files(storage)] == [other.key[3:]]
