"""The tenant's own fields on the pages: asked of customers, shown to them and to agents."""

from tests.customization.shop import COLORS, a_field
from tests.portals.browsing import browser_of
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
    await a_field(admin, "margin", "integer", default_value=40)
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
    assert "40" not in browser.text
    (case,) = await admin.list("cases")
    assert case["custom"] == {
        "color": "red",
        "size": 3,
        "tags": ["blue"],
        "seen": "2026-07-01T10:00:00Z",
        "margin": 40,
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
