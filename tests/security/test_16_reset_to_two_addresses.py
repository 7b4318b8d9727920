"""A reset goes to the one stored address, whatever else is asked for."""

from typing import Any

import pytest

from tests.tenants.house import Tenant


@pytest.mark.parametrize(
    "email",
    [
        ["victim@example.test", "evil@example.test"],
        {"0": "victim@example.test", "1": "evil@example.test"},
        "victim@example.test,evil@example.test",
        "victim@example.test;evil@example.test",
        "victim@example.test evil@example.test",
        "victim@example.test\r\nBcc: evil@example.test",
        "<victim@example.test>,<evil@example.test>",
    ],
)
async def test_lists_of_addresses_reach_nobody(acme: Tenant, email: Any) -> None:
    await acme.user("victim@example.test")
    answer = await acme.browser().post("/auth/forgot", json={"email": email})
    assert answer.status_code in {202, 422}
    await acme.run_jobs("signin.send_reset")
    assert [m["recipient"] for m in await acme.mails() if "new password" in m["subject"]] == []


async def test_a_repeated_form_field_is_refused(acme: Tenant) -> None:
    await acme.user("victim@example.test")
    browser = acme.browser()
    token = (await browser.get("/auth/csrf")).json()["csrf_token"]
    answer = await browser.post(
        "/auth/forgot",
        content=f"email=victim%40example.test&email=evil%40example.test&csrf_token={token}",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


@pytest.mark.parametrize(
    "typed", ["VICTIM@EXAMPLE.TEST", "ｖictim@example.test", "v\u200dictim@example.test"]
)
async def test_a_variant_reaches_the_stored_address_only(acme: Tenant, typed: str) -> None:
    await acme.user("victim@example.test")
    await acme.browser().post("/auth/forgot", json={"email": typed})
    await acme.run_jobs("signin.send_reset")
    letters = [m["recipient"] for m in await acme.mails() if "new password" in m["subject"]]
    assert letters == ["victim@example.test"]
