from tests.tenants.house import Tenant

EVIL = {
    "x-forwarded-host": "evil.test",
    "x-forwarded-proto": "http",
    "forwarded": "host=evil.test;proto=http",
    "x-original-url": "https://evil.test/",
    "x-host": "evil.test",
}


async def test_the_link_points_where_configuration_says(acme: Tenant) -> None:
    await acme.user("victim@example.test")
    answer = await acme.browser().post(
        "/auth/forgot", json={"email": "victim@example.test"}, headers=EVIL
    )
    assert answer.status_code == 202
    await acme.run_jobs("signin.send_reset")
    text = (await acme.mails("victim@example.test"))[-1]["text_body"]
    assert "evil.test" not in text
    assert f"http://{acme.host}/auth/reset?token=" in text


async def test_another_host_asks_for_nobodys_reset(acme: Tenant) -> None:
    await acme.user("victim@example.test")
    for host in ("evil.test", f"{acme.slug}.localhost.evil.test", "localhost:8000"):
        answer = await acme.browser(host=host).post(
            "/auth/forgot", json={"email": "victim@example.test"}
        )
        assert answer.status_code == 404
    assert await acme.run_jobs("signin.send_reset") == 0
