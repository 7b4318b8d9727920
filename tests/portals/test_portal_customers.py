"""A partner's administrator looks after the customers on the portal's pages, and whoever acts for
several accounts narrows each list to one."""

import pytest
import pytest_asyncio

from portals.rendering import catalogue
from portals.words import CODES, STATES
from tests.foundation.kin import Kin, kin
from tests.foundation.test_partner_administrators import Partnership
from tests.portals.browsing import Browser, a_product, browser_of, signed_in_as
from tests.world import Actor, World


@pytest_asyncio.fixture
async def at(world: World) -> Partnership:
    of = await kin(world)
    company = await of.partner_of(of.desk.account)
    return Partnership(of, company, await of.desk.tenant.contact(company, name="Pia Partner"))


async def as_partner(at: Partnership, role: str = "partner_admin") -> tuple[Browser, Actor]:
    actor = await at.as_partner(role)
    return await signed_in_as(actor, at.of.desk.tenant), actor


def account_url(at: Partnership) -> str:
    return f"/customers/accounts/{at.customer['id']}"


# ── The customers of a partner ───────────────────────────────────────────────────────────────


async def test_a_partner_administrator_changes_a_customers_contact(at: Partnership) -> None:
    browser, _ = await as_partner(at)
    await browser.get("/customers")
    assert "Harbour Dental" in browser.text
    await browser.get(account_url(at))
    assert "Maya Lindqvist" in browser.text
    address = f"/customers/contacts/{at.of.desk.contact_id}"
    await browser.get(address)
    stored = await at.stored()
    form = {"name": "Maya L.", "email": stored["email"], "phone": "+47 22", "mobile": "",
            "title": "Owner", "department": "", "state": "active"}  # fmt: skip
    await browser.follow(await browser.post(address, form))
    assert "Saved." in browser.text
    assert "Maya L." in browser.text
    now = await at.stored()
    assert (now["name"], now["phone"], now["mobile"], now["title"]) == (
        "Maya L.", "+47 22", None, "Owner",
    )  # fmt: skip
    wrong = await browser.get(address)
    wrong = await browser.post(address, form | {"name": " ", "email": "nowhere"})
    assert wrong.status_code == 422
    assert len(browser.faults) == 2
    assert await at.stored() == now


async def test_and_adds_one_and_says_when_it_is_not_the_one_that_is_there(at: Partnership) -> None:
    browser, _ = await as_partner(at)
    address = f"{account_url(at)}/contacts/new"
    await browser.get(address)
    await browser.follow(await browser.post(address, {"name": "Nils New", "email": "n@x.example"}))
    assert "Nils New" in browser.text
    await browser.get(address)
    await browser.post(address, {"name": "", "email": ""})
    assert browser.faults == ["Fill this in"]
    found = await at.admin.list("contacts", account_id=str(at.customer["id"]))
    assert {row["name"] for row in found} == {"Maya Lindqvist", "Nils New"}


async def test_and_the_accounts_own_numbers(at: Partnership) -> None:
    browser, _ = await as_partner(at)
    await browser.get(account_url(at))
    sent = await browser.post(
        account_url(at), {"email": "hello@harbour.example", "phone": "1", "website": ""}
    )
    await browser.follow(sent)
    assert "hello@harbour.example" in browser.text
    stored = await at.admin.read("accounts", at.customer["id"])
    assert (stored["email"], stored["phone"], stored["website"]) == (
        "hello@harbour.example", "1", None,
    )  # fmt: skip
    refused = await browser.post(account_url(at), {"email": "nowhere", "phone": "2"})
    assert refused.status_code == 422
    assert (await at.admin.read("accounts", at.customer["id"]))["phone"] == "1"


async def test_and_opens_a_case_for_them(at: Partnership) -> None:
    browser, _ = await as_partner(at)
    await browser.get(f"/cases/new?customer=accounts:{at.customer['id']}")
    await browser.follow(
        await browser.post(
            "/cases/new",
            {"subject": "Theirs", "description": "x", "customer": f"accounts:{at.customer['id']}"},
        )
    )
    (case,) = await at.admin.list("cases")
    assert str(case["account_id"]) == str(at.customer["id"])


async def test_a_partner_without_that_role_is_shown_no_button_that_would_be_refused(
    at: Partnership,
) -> None:
    browser, _ = await as_partner(at, "partner")
    before = await at.stored()
    await browser.get(account_url(at))
    assert "Maya Lindqvist" in browser.text
    assert "Add a contact" not in browser.text
    assert ">Save</button>" not in browser.page
    address = f"/customers/contacts/{at.of.desk.contact_id}"
    await browser.get(address)
    assert ">Save</button>" not in browser.page
    refused = await browser.post(address, {"name": "Taken over"})
    assert refused.status_code in {403, 404}
    assert await at.stored() == before


async def test_a_stranger_finds_none_of_them(at: Partnership) -> None:
    stranger = await at.of.desk.tenant.contact(None, "customer_admin", name="Stranger")
    browser = await browser_of(stranger, at.of.desk.tenant)
    for path in (account_url(at), f"/customers/contacts/{at.of.desk.contact_id}"):
        assert (await browser.get(path)).status_code == 404
    customer = await browser_of(at.of.desk.contact, at.of.desk.tenant)
    assert (await customer.get("/customers")).status_code == 403


# ── Lists narrowed to one account ────────────────────────────────────────────────────────────


@pytest_asyncio.fixture
async def several(world: World) -> tuple[Kin, Browser]:
    """Somebody who administers a company and the branch below it, each with one of everything."""
    of = await kin(world)
    tenant, admin = of.desk.tenant, of.admin
    branch = await tenant.account("Branch", parent_id=str(of.desk.account["id"]))
    await a_product(tenant, "Branch line", account_id=branch["id"])
    await admin.do(
        "service_contracts.create", name="Branch care", account_id=str(branch["id"]),
        starts_on="2020-01-01", contract_type="maintenance",
    )  # fmt: skip
    for name, account in (("Main box", of.desk.account), ("Branch box", branch)):
        (sold, *_) = await admin.list("sold_products", account_id=str(account["id"]))
        await admin.do("assets.create", name=name, sold_product_id=str(sold["id"]))
        await admin.do("cases.create", subject=f"About {name}", account_id=str(account["id"]))
    boss = await tenant.contact(of.desk.account, "customer_admin", name="Boss")
    of.desk.tenant.branch = branch  # type: ignore[attr-defined]
    return of, await browser_of(boss, tenant)


@pytest.mark.parametrize(
    ("path", "ours", "theirs"),
    [
        ("/products", "Router in the surgery", "Branch line"),
        ("/assets", "Main box", "Branch box"),
        ("/contracts", "Gold support", "Branch care"),
        ("/cases", "About Main box", "About Branch box"),
    ],
)
async def test_a_list_is_narrowed_to_one_of_several_accounts(
    several: tuple[Kin, Browser], path: str, ours: str, theirs: str
) -> None:
    of, browser = several
    branch = of.desk.tenant.branch  # type: ignore[attr-defined]
    await browser.get(path)
    assert ours in browser.text
    assert theirs in browser.text
    assert "Harbour Dental" in browser.text
    await browser.get(f"{path}?customer=accounts:{branch['id']}")
    assert theirs in browser.text
    assert ours not in browser.text
    await browser.get(f"{path}?customer=accounts:{of.desk.account['id']}")
    assert ours in browser.text
    assert theirs not in browser.text


async def test_who_acts_for_one_account_is_asked_nothing(several: tuple[Kin, Browser]) -> None:
    of, _ = several
    browser = await browser_of(of.desk.contact, of.desk.tenant)
    for path in ("/products", "/assets", "/contracts", "/cases", "/requests"):
        assert (await browser.get(path)).status_code == 200
        assert "For whom" not in browser.text
    other = await of.desk.tenant.account("Other")
    await browser.get(f"/products?customer=accounts:{other['id']}")
    assert "Branch line" not in browser.text
    assert (await browser.get("/products?customer=accounts:nonsense")).status_code == 200


async def test_the_catalogue_shows_what_an_account_may_ask_for(
    several: tuple[Kin, Browser],
) -> None:
    of, browser = several
    branch = of.desk.tenant.branch  # type: ignore[attr-defined]
    catalog = await of.admin.do("catalogs.create", name="Services")
    (line,) = await of.admin.list("sold_products", account_id=str(branch["id"]))
    for name, for_owners in (("Call me back", False), ("A faster line", True)):
        item = await of.admin.do(
            "catalog_items.create", catalog_id=str(catalog["id"]), name=name,
            audience="customer",
        )  # fmt: skip
        if for_owners:
            await of.admin.do(
                "product_catalog_items.create", catalog_item_id=str(item["id"]),
                product_model_id=str(line["product_model_id"]),
            )  # fmt: skip
        await of.admin.do("catalog_items.publish", item["id"])
    await browser.get("/requests")
    assert "Call me back" in browser.text
    assert "A faster line" in browser.text
    await browser.get(f"/requests?customer=accounts:{branch['id']}")
    assert "A faster line" in browser.text
    await browser.get(f"/requests?customer=accounts:{of.desk.account['id']}")
    assert "Call me back" in browser.text
    assert "A faster line" not in browser.text


# ── In the reader's language ─────────────────────────────────────────────────────────────────

TOLD = (
    "accounts", "assets", "cases", "consumers", "contacts", "contract_lines", "entitlements",
    "entitlement_pools", "entitlement_movements", "entitlement_uses", "billable_lines",
    "install_base_items", "locations", "service_contracts", "sold_products", "warranties",
)  # fmt: skip
"""What a customer reads of themselves."""


def test_every_state_kind_and_level_that_a_customer_reads_has_german_words(world: World) -> None:
    german, bare = catalogue("de"), set()
    for name in TOLD:
        resource = world.services.registry.resources[name]
        view = resource.view("customer")
        for column in view.read if view else ():
            codes = getattr(resource.model._meta.fields_map[column], "enum_type", ())
            for code in (str(each.value) for each in codes):
                word = CODES.get(code) or (STATES[code].text if code in STATES else None)
                if word is None or (german.gettext(word) == word and word not in SAME):
                    bare.add(f"{name}.{column}: {code}")
    assert bare == set()


SAME = {"Software", "Hardware", "Service", "Support", "System", "Chat", "Standard", "Gold",
        "Silber", "Bronze", "Portal", "Website", "Telefon", "Kontakt", "Partner"}  # fmt: skip
"""Words that are German ones, too."""


async def test_a_german_page_names_states_and_kinds_in_german(
    several: tuple[Kin, Browser],
) -> None:
    _, browser = several
    browser.http.headers["Accept-Language"] = "de"
    browser.http.cookies.set("locale", "de")
    await browser.get("/contracts")
    assert "Wartung" in browser.text
    for code in ("maintenance", "Maintenance", "support", "active", "Active"):
        assert code not in browser.text.replace("Gold support", ""), code
