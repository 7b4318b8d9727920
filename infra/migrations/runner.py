"""Numbered SQL files, applied once each, in order, by one process at a time.

A file is one transaction together with the row that records it, so a run that was cut off is simply
run again. A file that was applied is history: a change to it is refused, and the change belongs in
a new file.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from infra.migrations.splitter import UnfinishedStatement, split_statements

DIRECTORY = Path(__file__).resolve().parent
NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
LOCK = 0x617472_69756D  # "atrium"
LOCK_TIMEOUT = "10s"

BOOK = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  version    integer PRIMARY KEY,
  name       text NOT NULL,
  checksum   text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""
BOOK_COMMENT = "COMMENT ON TABLE schema_migrations IS 'citus:local migration state'"


class MigrationRefused(RuntimeError):
    """The files and what was applied do not fit, or a statement failed; nothing of that file was kept."""


@dataclass(frozen=True)
class Migration:
    """One file."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        return f"{self.version:04}_{self.name}"


async def migrate(owner_dsn: str, directory: Path = DIRECTORY) -> list[str]:
    """Apply what is not applied yet and answer the labels of what was."""
    files = read_migrations(directory)
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        applied = await open_book(connection)
        refuse_changed_history(files, applied)
        waiting = [each for each in files if each.version not in applied]
        for migration in waiting:
            await apply(connection, migration)
        return [each.label for each in waiting]
    finally:
        await connection.close()  # and with it goes the lock


async def pending(dsn: str, directory: Path = DIRECTORY) -> list[str]:
    """The labels of what is not applied; reads only."""
    connection = await asyncpg.connect(dsn)
    try:
        applied: dict[int, str] = {}
        if await connection.fetchval("SELECT to_regclass('schema_migrations')") is not None:
            rows = await connection.fetch("SELECT version, checksum FROM schema_migrations")
            applied = {row["version"]: row["checksum"] for row in rows}
        files = read_migrations(directory)
        refuse_changed_history(files, applied)
        return [each.label for each in files if each.version not in applied]
    finally:
        await connection.close()


def read_migrations(directory: Path) -> list[Migration]:
    """The files in their order; two of the same number, or a name that does not fit, are refused."""
    found = [read_migration(path) for path in sorted(directory.glob("*.sql"))]
    versions = [each.version for each in found]
    if twice := {f"{each:04}" for each in versions if versions.count(each) > 1}:
        raise MigrationRefused(
            f"More than one migration has the number {', '.join(sorted(twice))}."
        )
    return found


def read_migration(path: Path) -> Migration:
    if (parts := NAME.fullmatch(path.name)) is None:
        raise MigrationRefused(f"{path.name} is not named NNNN_what_it_does.sql.")
    return Migration(int(parts[1]), parts[2], path.read_text(encoding="utf-8"))


async def open_book(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[int, str]:
    """Make the table of applied files if there is none; version → checksum."""
    await connection.execute("SET client_min_messages = warning")
    await connection.execute(BOOK)
    await connection.execute(BOOK_COMMENT)
    rows = await connection.fetch("SELECT version, checksum FROM schema_migrations")
    return {row["version"]: row["checksum"] for row in rows}


def refuse_changed_history(files: list[Migration], applied: dict[int, str]) -> None:
    faults = list(history_faults(files, applied))
    if faults:
        raise MigrationRefused("\n".join(faults))


def history_faults(files: list[Migration], applied: dict[int, str]) -> Iterator[str]:
    known = {each.version for each in files}
    for version in sorted(set(applied) - known):
        yield f"{version:04} was applied to this database and is not among the files: is this code older?"
    for each in files:
        if each.version in applied and applied[each.version] != each.checksum:
            yield f"{each.label} was changed after it was applied; put the change in a new file."
        elif each.version not in applied and each.version < max(applied, default=0):
            yield f"{each.label} comes before one that was applied; give it a higher number."


async def apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    """Run one file and record it, or nothing of it."""
    try:
        statements = list(split_statements(migration.text))
    except UnfinishedStatement as fault:
        raise MigrationRefused(f"{migration.label}: {fault}") from fault
    async with connection.transaction():
        # A statement that cannot have its lock soon would make every request queue up behind it.
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        for number, statement in enumerate(statements, 1):
            try:
                await connection.execute(statement)
            except asyncpg.PostgresError as fault:
                raise MigrationRefused(explain(migration, number, statement, fault)) from fault
        await connection.execute(
            "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.checksum,
        )


def explain(migration: Migration, number: int, statement: str, fault: asyncpg.PostgresError) -> str:
    begin = " ".join(statement.split())[:160]
    detail = f" ({fault.detail})" if getattr(fault, "detail", None) else ""
    return f"{migration.label}, statement {number}: {fault}{detail}\n  {begin}"
