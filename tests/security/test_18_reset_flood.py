from tests.tenants.house import Tenant


async def test_one_account_gets_few_letters_from_however_many_addresses(acme: Tenant) -> None:
    await acme.user("victim@example.test")
    await acme.user("bystander@example.test")
    answers = [
        (await acme.browser().post("/auth/forgot", json={"email": "victim@example.test"}))
        for _ in range(6)
    ]
    assert [a.status_code for a in answers] == [202] * 3 + [429] * 3
    assert "retry-after" in answers[-1].headers
    free = await acme.browser().post("/auth/forgot", json={"email": "bystander@example.test"})
    assert free.status_code == 202


async def test_a_flood_for_nobody_is_counted_alike(acme: Tenant) -> None:
    answers = [
        (await acme.browser().post("/auth/forgot", json={"email": "nobody@example.test"}))
        for _ in range(4)
    ]
    assert [a.status_code for a in answers] == [202] * 3 + [429]
