"""Secrets are stored as digests and compared in constant time."""

import re
from pathlib import Path

from tenants import tokens
from tests.tenants.house import Tenant

FLOOR = Path(__file__).parents[2] / "tenants"


async def test_no_secret_is_stored_as_it_is(acme: Tenant) -> None:
    _, browser = await acme.someone()
    secrets = (acme.key, browser.cookies["atrium_session"])
    async with acme.house.services.system(acme.id, reason="test") as ctx:
        rows = await ctx.fetch(
            "SELECT c::text AS line FROM credentials c WHERE tenant_id = $1", acme.id
        )
        users = await ctx.fetch("SELECT password_hash FROM users WHERE tenant_id = $1", acme.id)
    for secret in secrets:
        assert not any(secret.rpartition(".")[2] in row["line"] for row in rows)
    hashes = [row["password_hash"] for row in users if row["password_hash"]]
    assert hashes
    assert all(text.startswith("$argon2id$") for text in hashes)


def test_no_secret_is_compared_with_an_equals_sign() -> None:
    pattern = re.compile(
        r"(secret|digest|token|_hash|operator_key)\w*\s*==|==\s*\w*(secret|digest|_hash)"
    )
    for path in FLOOR.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not pattern.search(line), f"{path.name}: {line}"


async def test_a_token_that_differs_in_one_sign_is_nobodys(acme: Tenant) -> None:
    for wrong in (
        acme.key[:-1] + ("A" if acme.key[-1] != "A" else "B"),
        acme.key.replace("atr_k_", "atr_s_"),
        acme.key.replace("atr_k_", "atr_a_"),
        acme.key.rpartition(".")[0],
        acme.key + "A",
        acme.key.upper(),
        "Bearer",
        "",
    ):
        client = acme.browser()
        client.headers["authorization"] = f"Bearer {wrong}"
        assert (await client.get("/api/v1/me")).status_code == 401
    assert tokens.parse(acme.key, "api_key") is not None
