"""Migrations: applied once, in order, whole or not at all."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.stack import Addresses
from infra.migrations.runner import MigrationRefused, migrate, pending


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE a (x int); INSERT INTO a VALUES (1);")
    (tmp_path / "0002_second.sql").write_text(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN; RETURN 1; END $$;".replace(
            "BEGIN;", "BEGIN"
        )
    )
    return tmp_path


async def numbers(dsn: str, query: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_applies_each_file_once_and_in_order(empty_database: Addresses, files: Path) -> None:
    dsn = empty_database.owner_dsn
    assert await pending(dsn, files) == ["0001_first", "0002_second"]
    assert await migrate(dsn, files) == ["0001_first", "0002_second"]
    assert await migrate(dsn, files) == []
    assert await pending(dsn, files) == []
    assert await numbers(dsn, "SELECT version FROM schema_migrations ORDER BY 1") == [1, 2]
    assert await numbers(dsn, "SELECT x FROM a") == [1]


async def test_refuses_a_file_that_was_changed_after_it_was_applied(
    empty_database: Addresses, files: Path
) -> None:
    await migrate(empty_database.owner_dsn, files)
    (files / "0001_first.sql").write_text("CREATE TABLE a (x bigint);")
    with pytest.raises(MigrationRefused, match="0001_first was changed"):
        await migrate(empty_database.owner_dsn, files)


async def test_keeps_nothing_of_a_file_that_fails_and_can_be_run_again(
    empty_database: Addresses, files: Path
) -> None:
    third = files / "0003_third.sql"
    third.write_text("CREATE TABLE b (x int);\nINSERT INTO b VALUES ('no');")
    with pytest.raises(MigrationRefused, match="0003_third, statement 2"):
        await migrate(empty_database.owner_dsn, files)
    tables = "SELECT count(*)::int FROM pg_tables WHERE tablename = 'b'"
    assert await numbers(empty_database.owner_dsn, tables) == [0]
    third.write_text("CREATE TABLE b (x int);")
    assert await migrate(empty_database.owner_dsn, files) == ["0003_third"]


async def test_two_runs_at_once_apply_each_file_once(
    empty_database: Addresses, files: Path
) -> None:
    done = await asyncio.gather(*(migrate(empty_database.owner_dsn, files) for _ in range(4)))
    assert sorted(done) == [[], [], [], ["0001_first", "0002_second"]]


async def test_names_every_misfit_between_files_and_history(
    empty_database: Addresses, files: Path
) -> None:
    (files / "0007_later.sql").write_text("SELECT 1;")
    await migrate(empty_database.owner_dsn, files)
    (files / "0002_second.sql").unlink()
    (files / "0005_between.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationRefused) as refused:
        await migrate(empty_database.owner_dsn, files)
    assert "0002 was applied" in str(refused.value)
    assert "0005_between comes before" in str(refused.value)


async def test_does_not_wait_long_for_a_lock(empty_database: Addresses, files: Path) -> None:
    (files / "0003_shown.sql").write_text(
        "CREATE TABLE shown AS SELECT current_setting('lock_timeout') AS held;"
        "CREATE TABLE n AS SELECT CASE held WHEN '10s' THEN 10 END AS x FROM shown;"
    )
    await migrate(empty_database.owner_dsn, files)
    assert await numbers(empty_database.owner_dsn, "SELECT x FROM n") == [10]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("first.sql", "SELECT 1;", "not named"),
        ("0001_other.sql", "SELECT 1;", "More than one migration has the number 0001"),
        ("0009_quote.sql", "SELECT 'a;", "not closed"),
    ],
)
async def test_refuses_files_it_cannot_understand(
    empty_database: Addresses, files: Path, name: str, text: str, said: str
) -> None:
    (files / name).write_text(text)
    with pytest.raises(MigrationRefused, match=said):
        await migrate(empty_database.owner_dsn, files)
