from tests.tenants.house import Tenant, sign_in


async def test_guessing_is_slowed_and_a_forged_address_does_not_help(acme: Tenant) -> None:
    user, bystander = await acme.user(), await acme.user()
    browser = acme.browser("198.51.100.7")
    statuses = []
    for turn in range(14):
        browser.headers["x-forwarded-for"] = f"203.0.113.{turn}"
        statuses.append((await sign_in(browser, user["email"], f"guess-{turn}")).status_code)
    assert statuses[:10] == [401] * 10
    assert statuses[10:] == [429] * 4
    # The right password from the attacker's address has to wait too; from elsewhere it works.
    assert (await sign_in(browser, user["email"])).status_code == 429
    assert (await sign_in(acme.browser(), user["email"])).status_code == 200
    assert (await sign_in(acme.browser(), bystander["email"])).status_code == 200


async def test_the_operators_key_cannot_be_guessed_at_speed(acme: Tenant) -> None:
    operator = acme.house.operator("wrong")
    statuses = [(await operator.get("/platform/v1/tenants")).status_code for _ in range(33)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
