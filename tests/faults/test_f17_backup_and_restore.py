"""Back-up and restore as the runbooks tell it, with the scripts themselves, on real servers."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import pytest

from infra.embedded.binaries import wheel_postgres
from infra.embedded.stack import Addresses
from infra.kernel.ids import uuid7
from infra.migrations import runner
from tests.conftest import as_superuser

DEPLOY = Path(__file__).resolve().parents[2] / "infra" / "deploy"
ODD = "a\\b\tc\n\\.\nd'"


@dataclass(frozen=True)
class Pair:
    """A live database with two tenants, and a side database without a schema."""

    live: str
    side: str
    one: UUID
    other: UUID


@pytest.fixture
def shared_roles(servers: Addresses) -> Iterator[Addresses]:
    """The servers, whose roles all tests share: what a script hardens is put back."""
    yield servers
    asyncio.run(as_superuser(servers, "ALTER ROLE atrium_owner CREATEROLE CREATEDB BYPASSRLS"))


@pytest.fixture
def pair(shared_roles: Addresses) -> Iterator[Pair]:
    servers = shared_roles
    stem = f"backup_{os.getpid()}_{os.urandom(3).hex()}"
    live, side = (
        servers.superuser_dsn.replace("/atrium?", f"/{stem}_{part}?") for part in ("live", "side")
    )
    for part in ("live", "side"):
        asyncio.run(as_superuser(servers, f"CREATE DATABASE {stem}_{part} OWNER atrium_owner"))
    for dsn in (live, side):
        script("roles.sh", **where(dsn), **dict.fromkeys(PASSWORDS, "it's-only-a-test"))
    asyncio.run(runner.migrate(as_role(live, "atrium_owner")))
    one, other = uuid7(), uuid7()
    for tenant in (one, other):
        run_sql(
            live,
            f"INSERT INTO tenants (id, slug, name) VALUES ('{tenant}', 't-{tenant.hex[-8:]}', 'T')",
        )
        add_webhooks(live, tenant)
    yield Pair(live, side, one, other)
    for part in ("live", "side"):
        asyncio.run(as_superuser(servers, f"DROP DATABASE {stem}_{part} WITH (FORCE)"))


PASSWORDS = ("ATRIUM_OWNER_PASSWORD", "ATRIUM_APP_PASSWORD", "ATRIUM_BACKUP_PASSWORD")


def test_a_restored_back_up_holds_every_row_and_every_lock(pair: Pair, tmp_path: Path) -> None:
    dump = back_up(pair, tmp_path)
    assert Path(dump).stat().st_mode & 0o077 == 0
    script("restore.sh", dump, ATRIUM_RESTORE_DSN=pair.side)
    assert webhooks(pair.side, pair.one) == webhooks(pair.live, pair.one) != []
    assert webhooks(pair.side, pair.other) == webhooks(pair.live, pair.other)
    app = as_role(pair.side, "app_rw")
    assert run_sql(app, "SELECT count(*) FROM webhooks") == [(0,)]
    bound = f"BEGIN; SET LOCAL app.tenant_id = '{pair.one}'"
    assert run_sql(app, "SELECT count(*) FROM webhooks", before=bound) == [(3,)]


def test_the_owner_cannot_take_a_back_up_that_leaves_rows_out(pair: Pair, tmp_path: Path) -> None:
    owner = as_role(pair.live, "atrium_owner")
    failed = script("backup.sh", str(tmp_path), check=False, ATRIUM_BACKUP_DSN=owner)
    assert failed.returncode != 0
    assert "row-level security" in failed.stderr
    assert list(tmp_path.iterdir()) == []


def test_restoring_over_data_or_from_an_altered_dump_is_refused(pair: Pair, tmp_path: Path) -> None:
    dump = back_up(pair, tmp_path)
    refused = script("restore.sh", dump, check=False, ATRIUM_RESTORE_DSN=pair.live)
    assert "already holds" in refused.stderr
    with Path(dump).open("ab") as file:
        file.write(b"x")
    altered = script("restore.sh", dump, check=False, ATRIUM_RESTORE_DSN=pair.side)
    assert altered.returncode != 0
    assert run_sql(pair.side, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [
        (0,)
    ]


def test_one_tenant_goes_back_and_its_neighbour_stays(pair: Pair, tmp_path: Path) -> None:
    before = webhooks(pair.live, pair.one)
    script("restore.sh", back_up(pair, tmp_path), ATRIUM_RESTORE_DSN=pair.side)
    run_sql(pair.live, f"DELETE FROM webhooks WHERE tenant_id = '{pair.one}' AND name <> 'hook 1'")
    run_sql(pair.live, "UPDATE webhooks SET url = 'changed since'")
    add_webhooks(pair.live, pair.one, count=1)
    addresses = {"ATRIUM_SIDE_DSN": pair.side, "ATRIUM_RESTORE_DSN": pair.live}
    script("restore-tenant.sh", str(pair.one), **addresses)
    assert webhooks(pair.live, pair.one) == before
    assert {row[2] for row in webhooks(pair.live, pair.other)} == {"changed since"}
    wrong = script("restore-tenant.sh", "x' OR true --", check=False, **addresses)
    assert wrong.returncode == 2


def test_an_older_schema_is_not_poured_into_the_live_one(pair: Pair, tmp_path: Path) -> None:
    script("restore.sh", back_up(pair, tmp_path), ATRIUM_RESTORE_DSN=pair.side)
    run_sql(pair.live, "ALTER TABLE webhooks ADD COLUMN newer text")
    before = webhooks(pair.live, pair.one)
    refused = script(
        "restore-tenant.sh",
        str(pair.one),
        check=False,
        ATRIUM_SIDE_DSN=pair.side,
        ATRIUM_RESTORE_DSN=pair.live,
    )
    assert "schema differs" in refused.stderr
    assert webhooks(pair.live, pair.one) == before


def test_citus_statements_put_every_table_after_those_it_names(pair: Pair) -> None:
    run_sql(
        pair.live,
        "ALTER TABLE webhooks ADD COLUMN last_id uuid, ADD CONSTRAINT webhooks_last"
        " FOREIGN KEY (tenant_id, last_id) REFERENCES webhook_deliveries (tenant_id, id)",
    )
    lines = psql(pair.live, "-f", str(DEPLOY / "citus.sql")).splitlines()
    made = [line.split("'")[1] for line in lines if "create_" in line]
    tenants = run_sql(
        pair.live,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND NOT relispartition AND relkind IN ('r', 'p')"
        " AND coalesce(obj_description(oid), '') !~ 'citus:local'",
    )
    assert sorted(made) == sorted(name for (name,) in tenants)
    assert made.index("tenants") < made.index("tenant_hosts")
    assert "SELECT create_reference_table('tenants');" in lines
    taken_off = [line for line in lines if "DROP CONSTRAINT webhook" in line]
    put_back = [line for line in lines if "ADD CONSTRAINT webhook" in line]
    assert len(taken_off) == len(put_back) == 1


def add_webhooks(dsn: str, tenant: UUID, count: int = 3) -> None:
    for number in range(count):
        run_sql(
            dsn,
            "INSERT INTO webhooks (tenant_id, id, name, url) VALUES ($1, $2, $3, $4)",
            tenant,
            uuid7(),
            f"hook {number}",
            ODD,
        )


def webhooks(dsn: str, tenant: UUID) -> list[tuple[object, ...]]:
    return run_sql(
        dsn, f"SELECT id, name, url FROM webhooks WHERE tenant_id = '{tenant}' ORDER BY id"
    )


def run_sql(
    dsn: str, statement: str, *values: object, before: str = ""
) -> list[tuple[object, ...]]:
    async def run() -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(dsn)
        try:
            if before:
                await connection.execute(before)
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    return asyncio.run(run())


def as_role(dsn: str, role: str) -> str:
    return dsn.replace("//postgres@", f"//{role}@")


def where(dsn: str) -> dict[str, str]:
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    return {
        "PGHOST": query["host"][0],
        "PGPORT": query["port"][0],
        "PGUSER": "postgres",
        "PGDATABASE": parts.path[1:],
    }


def back_up(pair: Pair, folder: Path) -> str:
    done = script("backup.sh", str(folder), ATRIUM_BACKUP_DSN=as_role(pair.live, "atrium_backup"))
    return done.stdout.strip()


def script(
    name: str, *arguments: str, check: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["sh", str(DEPLOY / name), *arguments],
        env={"PATH": f"{wheel_postgres()}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def psql(dsn: str, *arguments: str) -> str:
    program = str(wheel_postgres() / "psql")
    done = subprocess.run(
        [program, "--no-psqlrc", "-At", "--dbname", dsn, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout
