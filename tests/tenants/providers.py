"""OpenID Connect providers of the tests, each a process of its own, and the way there and back."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.tenants.house import Tenant

PORTS = (18711, 18712)
PROVISION = {"provision_kind": "staff", "provision_roles": ["case_viewer"]}


@pytest.fixture(scope="module")
def issuer(worker_number: int) -> Iterator[str]:
    yield from provider(PORTS[0] + 2 * worker_number)


@pytest.fixture(scope="module")
def second_issuer(worker_number: int) -> Iterator[str]:
    yield from provider(PORTS[1] + 2 * worker_number)


def provider(port: int) -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                httpx2.get(f"{address}/.well-known/openid-configuration")
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


async def set_up(acme: Tenant, issuer: str, **more: Any) -> dict[str, Any]:
    body = {
        "name": "corp",
        "title": "Corp",
        "issuer": issuer,
        "client_id": "atrium",
        "client_secret": "very-secret",
    } | more
    answer = await acme.admin.post("/api/v1/identity_providers", json=body)
    assert answer.status_code == 201, answer.text
    assert "client_secret" not in answer.json()
    return dict(answer.json())


async def known_to(issuer: str, subject: str, **claims: Any) -> None:
    async with httpx2.AsyncClient() as http:
        answer = await http.put(f"{issuer}/users/{subject}", json=claims)
        assert answer.status_code < 300, answer.text


async def left(browser: httpx2.AsyncClient, path: str = "/auth/oidc/corp/start") -> str:
    answer = await browser.get(path)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def vouched(url: str, subject: str) -> str:
    """Sign in at the provider as this subject; where it sends the browser back to."""
    async with httpx2.AsyncClient() as http:
        answer = await http.post(url, data={"sub": subject})
        assert answer.status_code in {302, 303}, answer.text
        return str(answer.headers["location"])


async def back(browser: httpx2.AsyncClient, location: str) -> httpx2.Response:
    parts = urlsplit(location)
    return await browser.get(f"{parts.path}?{parts.query}")
