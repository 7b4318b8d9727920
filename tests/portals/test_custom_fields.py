"""The tenant's own fields on the pages: asked of customers, shown to them and to agents."""

import pytest

from portals import references
from tests.customization.shop import COLORS, a_field
from tests.portals.browsing import browser_of
from tests.portals.workspace.furnishing import at_desk
from tests.world import World


async def test_customers_answer_the_fields_that_are_theirs_and_errors_stand_at_them(
    world: World,
) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    await a_field(
        admin, "color", "choice", choices=COLORS, required=True, customers="write",
        label={"en": "Colour of the lamp"}, help={"en": "On the front"},
    )  # fmt: skip
    await a_field(admin, "size", "integer", customers="write", constraints={"max": 9})
    await a_field(admin, "tags", "multi_choice", choices=COLORS, customers="write")
    await a_field(admin, "seen", "datetime", customers="write")
    await a_field(admin, "margin", "text", default_value="forty per cent")
    browser = await browser_of(await tenant.contact(), tenant)
    await browser.get("/cases/new")
    assert "Colour of the lamp" in browser.text
    assert "On the front" in browser.text
    assert "Brown" not in browser.text
    assert "Margin" not in browser.text
    form = {"subject": "No light", "description": "Since today."}
    refused = await browser.post("/cases/new", form | {"custom.size": "12"})
    assert refused.status_code == 422
    assert "Must be at most 9" in browser.text
    assert 'id="custom.color-wrong"' in browser.page
    assert 'value="12"' in browser.page
    assert await admin.list("cases") == []
    good = {
        "custom.color": "red", "custom.size": "3", "custom.tags": "blue",
        "custom.seen": "2026-07-01T10:00",
    }  # fmt: skip
    made = await browser.post("/cases/new", form | good)
    await browser.follow(made)
    assert "Colour of the lamp" in browser.text
    assert "Red" in browser.text
    assert "forty per cent" not in browser.text
    (case,) = await admin.list("cases")
    assert case["custom"] == {
        "color": "red",
        "size": 3,
        "tags": ["blue"],
        "seen": "2026-07-01T10:00:00Z",
        "margin": "forty per cent",
    }


async def test_agents_see_all_fields_on_the_case(world: World) -> None:
    tenant = await world.tenant()
    await a_field(tenant.admin, "margin", "integer", label={"en": "Margin in percent"})
    case = await tenant.admin.do("cases.create", subject="x", custom={"margin": 40})
    agent = await tenant.member("service_manager")
    browser = await browser_of(agent, tenant)
    await browser.get(f"/workspace/cases/{case['number']}")
    assert "Margin in percent" in browser.text
    assert "40" in browser.text


async def test_a_field_that_names_a_record_offers_a_customer_only_what_is_theirs(
    world: World,
) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    await a_field(
        admin, "office", "reference", target="accounts", customers="write",
        label={"en": "Which office?"},
    )  # fmt: skip
    ours, theirs = await tenant.account("Harbour"), await tenant.account("Leith")
    browser = await browser_of(await tenant.contact(ours), tenant)
    await browser.get("/cases/new")
    assert "Which office?" in browser.text
    assert f'value="{ours["id"]}"' in browser.page
    assert "Leith" not in browser.text
    form = {"subject": "No light", "description": "Since today."}
    await browser.post("/cases/new", form | {"custom.office": str(theirs["id"])})
    assert await admin.list("cases") == []
    await browser.get("/cases/new")
    made = await browser.post("/cases/new", form | {"custom.office": str(ours["id"])})
    await browser.follow(made)
    assert "Which office? Harbour" in browser.text
    (case,) = await admin.list("cases")
    assert case["custom"] == {"office": str(ours["id"])}


async def test_agents_see_and_filter_lists_by_the_fields_of_their_own(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    for resource in ("cases", "accounts"):
        await a_field(
            admin, "color", "choice", resource=resource, choices=COLORS, listed=True, indexed=True,
            label={"en": "Colour of the lamp"},
        )  # fmt: skip
    await world.work(tenant)
    red, blue = {"color": "red"}, {"color": "blue"}
    await admin.do("cases.create", subject="Dark hall", custom=red)
    await admin.do("cases.create", subject="Dark yard", custom=blue)
    await tenant.account("Harbour", custom=red)
    await tenant.account("Leith", custom=blue)
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    for path, ours, other in (
        ("/workspace/cases?view=all", "Dark hall", "Dark yard"),
        ("/workspace/customers/accounts?q=", "Harbour", "Leith"),
    ):
        await browser.get(path)
        missing = [w for w in ("Colour of the lamp", ours, other) if w not in browser.text]
        assert missing == []
        assert browser.text.count("Blue") == 2  # in the list, and among what one may filter by
        await browser.get(f"{path}&custom.color=red")
        assert ours in browser.text
        assert other not in browser.text
        assert "Remove filter: Colour of the lamp" in browser.page
        await browser.get(f"{path}&custom.color=nothing")
        assert ours in browser.text
        assert other in browser.text


async def test_agents_name_a_record_in_words_and_choose_where_they_mean_several(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "CHOICES_MOST", 1)
    tenant = await world.tenant()
    admin = tenant.admin
    await a_field(admin, "host", "reference", resource="accounts", target="accounts", listed=True)
    north, south = await tenant.account("Leith North"), await tenant.account("Leith South")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/workspace/customers/accounts/{north['id']}"
    await browser.get(f"{path}/edit")
    assert 'data-lookup="accounts"' in browser.page
    refused = await browser.post(f"{path}/edit", {"name": "Leith North", "custom.host": "leith"})
    assert refused.status_code == 422
    assert f'<option value="{south["id"]}">' in browser.page
    made = await browser.post(f"{path}/edit", {"name": "Leith North", "custom.host": "leith south"})
    await browser.follow(made)
    assert (await admin.read("accounts", north["id"]))["custom"] == {"host": str(south["id"])}
    await browser.get("/workspace/customers/accounts")
    assert browser.text.count("Leith South") == 2
