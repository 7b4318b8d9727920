"""`atrium config`, as an admin types it, against a real server."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from backend.commands import config
from infra.kernel.config import Settings
from tests.serving import serving
from tests.tenants.configuration.office import exported, furnished
from tests.world import World

Atrium = Callable[..., Result]


@pytest.fixture(scope="module")
def base_url(settings: Settings) -> Iterator[str]:
    with serving(settings, with_worker=False) as url:
        yield url


def atrium(*words: str, **more: str) -> Result:
    app = typer.Typer()
    config.add_to(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["config", *words], **more)  # type: ignore[arg-type]


async def test_a_configuration_is_pulled_changed_planned_pushed_and_gone_back_on(
    world: World, base_url: str, tmp_path: Path
) -> None:
    tenant = await world.tenant()
    await furnished(tenant)
    before = await exported(tenant.admin)
    target = ("--tenant-url", base_url, "--key", tenant.admin.token)

    async def run(*words: str, **more: str) -> Result:
        return await asyncio.to_thread(atrium, *words, *target, **more)

    folder = tmp_path / "config"
    pulled = await run("pull", str(folder))
    assert pulled.exit_code == 0, pulled.output
    assert {p.name: p.read_text() for p in folder.iterdir()} == before
    assert (await run("plan", str(folder), "--delete", "--exit-code")).exit_code == 0

    skills = folder / "skills.yaml"
    skills.write_text(skills.read_text() + "- name: Copper\n")
    planned = await run("plan", str(folder), "--exit-code")
    assert planned.exit_code == 3
    assert "+ skills Copper" in planned.output.splitlines()
    assert "1 to create, 0 to change, 0 to delete" in planned.output
    declined = await run("push", str(folder), input="n\n")
    assert declined.exit_code == 1
    assert await exported(tenant.admin) == before
    pushed = await run("push", str(folder), "--yes", "-m", "Copper comes")
    assert pushed.exit_code == 0, pushed.output
    assert "Applied as revision 2." in pushed.output
    told = await run("history")
    assert [line.split()[0] for line in told.output.splitlines()] == ["2", "1"]
    assert "Copper comes" in told.output
    assert (await run("rollback", "1", "--yes")).exit_code == 0
    assert await exported(tenant.admin) == before

    skills.write_text("- name: Copper\n  actve: true\n- name: Copper\n")
    refused = await run("plan", str(folder))
    assert refused.exit_code == 1
    assert "skills.yaml:2: there is no 'actve'" in refused.output
    assert (await run("push", str(folder), "--yes")).exit_code == 1
    assert await exported(tenant.admin) == before


def test_without_an_address_or_with_a_wrong_key_it_says_so(base_url: str, tmp_path: Path) -> None:
    (tmp_path / "skills.yaml").write_text("[]\n")
    wrong = atrium("plan", str(tmp_path), "--tenant-url", base_url, "--key", "nobody")
    assert wrong.exit_code == 1
    nowhere = atrium("pull", str(tmp_path), "--tenant-url", "http://localhost:9", "--key", "x")
    assert nowhere.exit_code == 1
    assert "cannot be reached" in nowhere.output
    empty = tmp_path / "empty"
    empty.mkdir()
    unused = atrium("plan", str(empty), "--tenant-url", base_url, "--key", "x")
    assert unused.exit_code == 2
