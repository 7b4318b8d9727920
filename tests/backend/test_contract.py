"""Whatever a client sends, the answer is one that the contract names, and never a 5xx."""

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as budget
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import create_app
from infra.kernel.config import Settings
from tests.serving import serving

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("ATRIUM_CONTRACT_EXAMPLES", "6"))
# The operator's addresses would end tenants; a stream has no end; pages and forms have no schema;
# raw mail is no JSON and has hostile examples of its own (tests/omnichannel/test_hostile_mail.py).
LEFT_OUT = (
    "/api/v1/mailboxes/{id}/receive",
    "/platform/",
    "/api/v1/events/stream",
    "/auth/",
    "/oauth/",
    "/embed/",
)


def operations() -> list[Any]:
    app = create_app(Settings(app_dsn="", redis_url="redis://"), with_worker=False)
    document = schemathesis.openapi.from_dict(orjson.loads(app.state.contract.openapi))
    found = [result.ok() for result in document.get_all_operations()]
    return [o for o in found if not o.path.startswith(LEFT_OUT)]


@pytest.fixture(scope="module")
def base_url(settings: Settings) -> Iterator[str]:
    with serving(settings, with_worker=False) as url:
        yield url


@pytest.fixture(scope="module")
def token(base_url: str) -> str:
    made = httpx2.post(
        f"{base_url}/platform/v1/tenants",
        headers={"Authorization": "Bearer operator-key-of-the-tests"},
        json={
            "slug": "contract-tests",
            "name": "Contract",
            "admin_email": "admin@example.com",
            "admin_password": "correct horse battery staple",
        },
        timeout=30,
    )
    key: str = made.json()["api_key"]
    return key


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.label)
def test_no_answer_is_a_fault_or_undocumented(operation: Any, base_url: str, token: str) -> None:
    @budget(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(base_url=base_url, headers=headers, checks=CHECKS)

    send()
