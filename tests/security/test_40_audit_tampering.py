"""#40: whoever changes, drops, adds or swaps an audit entry breaks the chain, and it shows."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from infra.kernel import audit_verify
from infra.kernel.audit_chain import ChainKey, export
from infra.kernel.performing import perform
from infra.kernel.services import Services
from tests.kernel.conftest import a_caller
from tests.kernel.test_relay import a_relay

SOURCE = Path(audit_verify.__file__)
Lines = list[dict[str, Any]]


async def exported(services: Services, tenant: UUID, count: int = 5) -> Lines:
    librarian = a_caller(tenant, "librarian")
    for number in range(count):
        body = {
            "title": f"Buch № {number} \x1b[31m\r\n",
            "details": {"weight": 0.1, "n": [1, None]},
        }
        await perform(services, librarian, "books.create", body=body)
        if number == 1:
            await a_relay(services).run(tenant)
    await a_relay(services).run(tenant)
    key = ChainKey(services.settings.secret_key)
    return [json.loads(line) async for line in export(services.database, tenant, key)]


def checked(lines: Lines, key: bytes | None = None) -> audit_verify.Verdict:
    return audit_verify.verify([json.dumps(line) for line in lines], key)


async def test_a_whole_chain_verifies_with_the_public_key_alone(
    library: Services, tenant: UUID
) -> None:
    lines = await exported(library, tenant)
    verdict = checked(lines, ChainKey(library.settings.secret_key).public)
    assert verdict == audit_verify.Verdict(entries=5, seq=5, signed=True)


async def test_an_empty_chain_is_whole(library: Services, tenant: UUID) -> None:
    assert checked(await exported(library, tenant, 0)).entries == 0


def alter(lines: Lines) -> None:
    lines[3]["action"] = "books.read"


def alter_deeply(lines: Lines) -> None:
    lines[3]["changes"]["title"][1] = "another"


def drop(lines: Lines) -> None:
    del lines[3]


def swap(lines: Lines) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def add(lines: Lines) -> None:
    lines.insert(3, lines[3])


def foreign(lines: Lines) -> None:
    lines[3]["tenant_id"] = "01a200a3-0000-7000-8000-000000000000"


def cut(lines: Lines) -> None:
    del lines[5]


def headless(lines: Lines) -> None:
    del lines[-1]


def strip(lines: Lines) -> None:
    lines[-1]["head"]["signature"] = ""


def renumber(lines: Lines) -> None:
    """Somebody without the key closes the chain again after dropping an entry."""
    del lines[3]
    head = audit_verify.GENESIS
    for seq, row in enumerate(lines[1:-1], 1):
        row["seq"] = seq
        head = audit_verify.link(head, seq, audit_verify.content_digest(row))
        row["hash"] = head.hex()
    lines[-1]["head"] |= {"seq": 4, "hash": head.hex()}


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (alter, "entry 3 .* was altered"),
        (alter_deeply, "entry 3 .* was altered"),
        (drop, "entry 3 is missing"),
        (swap, "entry 3 is missing"),
        (add, "entry 4 is out of order"),
        (foreign, "entry 3 .* belongs to another tenant"),
        (cut, "the head says 5"),
        (headless, "ends after entry 5 without a head"),
        (strip, "not signed"),
        (renumber, "signature is not by this key"),
    ],
)
async def test_any_harm_is_named(
    library: Services, tenant: UUID, harm: Callable[[Lines], None], told: str
) -> None:
    lines = await exported(library, tenant)
    harm(lines)
    with pytest.raises(audit_verify.Broken, match=told):
        checked(lines, ChainKey(library.settings.secret_key).public)


async def test_a_chain_of_another_installation_is_refused(library: Services, tenant: UUID) -> None:
    lines = await exported(library, tenant)
    with pytest.raises(audit_verify.Broken, match="not by this key"):
        checked(lines, ChainKey("another secret").public)


async def test_the_verifier_runs_without_the_server(
    library: Services, tenant: UUID, tmp_path: Path
) -> None:
    lines = await exported(library, tenant)
    alone = tmp_path / "audit_verify.py"
    alone.write_bytes(SOURCE.read_bytes())  # noqa: ASYNC240
    key = base64.b64encode(ChainKey(library.settings.secret_key).public).decode()

    def run(name: str, rows: Lines | None) -> tuple[int, str]:
        path = tmp_path / name
        if rows is not None:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        command = [sys.executable, "-I", str(alone), str(path), "--key", key]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run("whole", lines) == (0, "whole: 5 entries up to 5, head signed\n")
    alter(lines)
    code, told = run("altered", lines)
    assert (code, told.startswith("BROKEN: entry 3")) == (1, True)
    assert run("absent", None)[0] == 2
    assert run("nothing", [])[0] == 2


async def test_the_applications_own_role_cannot_touch_a_sealed_entry(
    library: Services, tenant: UUID
) -> None:
    await exported(library, tenant, 1)
    for statement in (
        "UPDATE audit_entries SET action = 'x' WHERE tenant_id = $1",
        "UPDATE audit_entries SET hash = 'x' WHERE tenant_id = $1",
        "UPDATE audit_entries SET seq = NULL WHERE tenant_id = $1",
        "DELETE FROM audit_entries WHERE tenant_id = $1",
        "DELETE FROM audit_heads WHERE tenant_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with library.database.transaction(tenant) as connection:
                await connection.execute(statement, tenant)
