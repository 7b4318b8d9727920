"""Whom a site vouches for, and whom that makes."""

import asyncio

from tests.embeddables.shop import Shop, claims_of, signed
from tests.world import Actor


async def email_of(shop: Shop, actor: Actor) -> str:
    consumer = await shop.tenant.admin.read("consumers", actor.caller.attributes["consumer_id"])
    return str(consumer["email"])


async def test_a_known_customer_comes_as_themselves_by_their_address(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    told = await shop.session(
        signed(shop.secret, claims_of(await email_of(shop, noor), sub="u-7", name="Somebody"))
    )
    assert (told["identified"], told["name"], told["expires_in"]) == (True, "Noor Haddad", 900)
    (link,) = await shop.tenant.admin.list("module_identities")
    assert link["profile_id"] == noor.caller.profile_id
    # From now on the subject decides: another address changes nothing.
    again = await shop.session(signed(shop.secret, claims_of("new@example.com", sub="u-7")))
    assert again["name"] == "Noor Haddad"
    assert len(await shop.tenant.admin.list("consumers")) == 1


async def test_a_newcomer_becomes_a_consumer_once_however_many_pages_come(shop: Shop) -> None:
    tokens = [
        signed(shop.secret, claims_of("kim@example.com", sub="u-1", name="Kim Ode"))
        for _ in range(4)
    ]
    told = await asyncio.gather(*(shop.session(token) for token in tokens))
    assert [one["name"] for one in told] == ["Kim Ode"] * 4
    (consumer,) = await shop.tenant.admin.list("consumers")
    assert (consumer["name"], consumer["email"]) == ("Kim Ode", "kim@example.com")
    assert consumer["user_id"]


async def test_an_address_of_two_customers_names_neither(shop: Shop) -> None:
    for name in ("A", "B"):
        account = await shop.tenant.account(name)
        await shop.tenant.admin.do(
            "contacts.create", account_id=str(account["id"]), name=name, email="two@example.com"
        )
    page = await shop.as_("two@example.com", name="Third")
    case = (await page.post("/embed/v1/cases", json={"subject": "Hello"})).json()
    stored = await shop.tenant.admin.read("cases", case["id"])
    assert stored["contact_id"] is None
    assert stored["consumer_id"] is not None


async def test_a_site_without_addresses_still_knows_its_people_apart(shop: Shop) -> None:
    first, again = [await shop.as_(None, sub="u-9", name="Ada") for _ in range(2)]
    for page in (first, again):
        made = await page.post("/embed/v1/cases", json={"subject": "Where is it?"})
        assert made.status_code == 201, made.text
    ids = {row["consumer_id"] for row in await shop.tenant.admin.list("cases")}
    assert len(ids) == 1
    assert (await shop.tenant.admin.list("consumers"))[0]["email"] is None


async def test_an_address_the_site_has_not_verified_opens_nobody(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    claims = claims_of(await email_of(shop, noor), email_verified=False)
    assert not (await shop.session(signed(shop.secret, claims)))["identified"]


async def test_whoever_may_not_act_is_a_stranger(shop: Shop) -> None:
    noor = await shop.tenant.consumer()
    email, admin = await email_of(shop, noor), shop.tenant.admin
    page = await shop.as_(email, sub="u-7")
    await admin.do("consumers.update", noor.caller.attributes["consumer_id"], state="inactive")
    assert (await page.get("/embed/v1/products")).status_code == 401
    token = signed(shop.secret, claims_of(email, sub="u-7"))
    assert not (await shop.session(token))["identified"]


async def test_no_employee_is_acted_as(shop: Shop) -> None:
    users = await shop.tenant.admin.list("users")
    page = await shop.as_(users[0]["email"], name="Root")
    assert (await page.get("/embed/v1/products")).json() == {"data": []}
    (link,) = await shop.tenant.admin.list("module_identities")
    profile = await shop.tenant.admin.read("profiles", link["profile_id"])
    assert (profile["kind"], profile["roles"]) == ("consumer", ["consumer"])
