"""The contract is good enough to generate a client from, and the client to work with."""

import importlib
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType

import httpx
import httpx2
import pytest
from starlette.applications import Starlette

from tests.world import World


@pytest.fixture(scope="module")
def generated(app: Starlette, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package that `openapi-python-client` makes of our document."""
    place = tmp_path_factory.mktemp("client")
    document = place / "openapi.json"
    document.write_bytes(app.state.contract.openapi)
    command = [
        str(Path(sys.executable).parent / "openapi-python-client"), "generate", "--path",
        str(document), "--output-path", str(place / "atrium_client"), "--meta", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(place))
    try:
        return importlib.import_module("atrium_client")
    finally:
        sys.path.remove(str(place))


def part(generated: ModuleType, name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"{generated.__name__}.{name}")


async def test_a_generated_client_opens_answers_and_lists_cases(
    generated: ModuleType, world: World, app: Starlette
) -> None:
    tenant = await world.tenant()
    consumer = await tenant.consumer()
    client = generated.AuthenticatedClient(
        base_url="http://localhost:8000", token=tenant.admin.token
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {tenant.admin.token}"}
    client.set_async_httpx_client(
        httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)
    )
    models = part(generated, "models")
    create = part(generated, "api.cases.cases_create")
    body = models.CaseCreate(
        subject="No dial tone", consumer_id=consumer.caller.attributes["consumer_id"]
    )
    made = await create.asyncio(client=client, body=body)
    assert made.number.startswith("CS")
    comment = part(generated, "api.cases.cases_comment")
    done = await comment.asyncio_detailed(
        id=made.number, client=client, body=models.CaseComment(body="On its way.")
    )
    assert done.status_code == 200
    listing = part(generated, "api.cases.cases_list")
    page = await listing.asyncio(client=client, limit=5)
    assert [row.id for row in page.data] == [made.id]
    missing = part(generated, "api.cases.cases_read")
    problem = await missing.asyncio(client=client, id="CS9999999")
    assert isinstance(problem, models.Problem)
    assert problem.status == 404
    assert httpx2 is not httpx
