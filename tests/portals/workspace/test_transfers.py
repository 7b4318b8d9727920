"""Files in and out in the admin area: started, watched, and fetched."""

import re

from tests.customization.shop import COLORS, a_field
from tests.portals.workspace.furnishing import at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.world import World

FILE = b"name,code\nHarbour Dental,H1\n,H2\nLeith Dental,H3\n"


async def test_file_with_a_faulty_row_is_tried_then_imported_and_the_row_is_told(
    world: World,
) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/admin/imports/new"
    await browser.get(new)
    typed = shown(browser) | {"format": "csv", "mode": "create", "dry_run": "true"}
    file = {"file": ("companies.csv", FILE, "text/csv")}
    refused = await browser.post(new, typed, files=file)
    assert refused.status_code == 422
    assert "The file is kept." in browser.text
    assert await tenant.admin.list("imports") == []
    again = shown(browser) | {"resource": "accounts"}
    await browser.follow(await browser.post(new, again))
    await world.work(tenant)
    (tried,) = await tenant.admin.list("imports")
    assert (tried["state"], tried["dry_run"], tried["failed_count"]) == ("done", True, 1)
    assert await tenant.admin.list("accounts") == []
    await browser.get(f"/admin/imports/{tried['id']}")
    assert "Percent done 100" in browser.text
    assert "H2" in browser.text
    report = re.search(r'href="(/api/v1/attachments/[0-9a-f-]+/content)">Download', browser.page)
    assert report

    await browser.get(new)
    typed = shown(browser) | {"format": "csv", "mode": "create", "resource": "accounts"}
    await browser.follow(await browser.post(new, typed, files=file))
    await world.work(tenant)
    names = {row["name"] for row in await tenant.admin.list("accounts")}
    assert names == {"Harbour Dental", "Leith Dental"}
    (done,) = await tenant.admin.list("imports", dry_run="false")
    await browser.get(f"/admin/imports/{done['id']}/details")
    assert "Refused 1" in browser.text
    await browser.get(f"/admin/imports/{done['id']}/lists")
    assert "H2" in browser.text


async def test_export_is_asked_for_and_its_file_is_fetched(world: World) -> None:
    tenant = await world.tenant()
    await tenant.account("Harbour Dental Group")
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get("/admin/exports/new")
    typed = shown(browser) | {"resource": "accounts", "format": "csv", "fields": "name"}
    typed |= {"filter.0._key": "state", "filter.0._value": "active"}
    await browser.follow(await browser.post("/admin/exports/new", typed))
    await world.work(tenant)
    (made,) = await tenant.admin.list("exports")
    assert made["state"] == "done"
    await browser.get(f"/admin/exports/{made['id']}")
    link = re.search(r'href="(/api/v1/attachments/[0-9a-f-]+/content)">Download', browser.page)
    assert link
    file = await browser.get(link[1])
    assert "Harbour Dental Group" in file.text


async def test_fields_of_ours_are_asked_shown_listed_and_emptied(world: World) -> None:
    tenant = await world.tenant()
    admin = tenant.admin
    await a_field(
        admin, "color", "choice", resource="accounts", choices=COLORS, listed=True,
        label={"en": "Colour of the lamp", "de": "Lampenfarbe"},
    )  # fmt: skip
    await a_field(admin, "tags", "multi_choice", resource="accounts", choices=COLORS)
    await a_field(admin, "size", "integer", resource="accounts", constraints={"max": 9})
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    new = "/workspace/customers/accounts/new"
    await browser.get(new)
    assert "Colour of the lamp" in browser.text
    typed = shown(browser) | {
        "name": "Harbour Dental",
        "code": "H1",
        "custom.color": "red",
        "custom.size": "12",
    }
    refused = await browser.post(new, typed)
    assert refused.status_code == 422
    assert 'id="custom.size-wrong"' in browser.page
    typed = shown(browser) | {"custom.size": "3", "custom.tags": ["", "red", "blue"]}
    answer = await browser.post(new, typed)
    assert answer.status_code == 303, browser.faults
    (account,) = await admin.list("accounts")
    assert account["custom"] == {"color": "red", "size": 3, "tags": ["red", "blue"]}
    await browser.get("/workspace/customers/accounts")
    assert re.search(r"<th scope=\"col\">Colour of the lamp</th>", browser.page)
    assert ">Red<" in browser.page
    assert "Tags" not in browser.text
    path = f"/workspace/customers/accounts/{account['id']}"
    await browser.get(f"{path}?tab=things")
    assert "Colour of the lamp Red" in browser.text
    await browser.get(f"{path}/edit")
    typed = shown(browser) | {"custom.size": "", "custom.tags": [""]}
    answer = await browser.post(f"{path}/edit", typed)
    assert answer.status_code == 303, browser.faults
    (account,) = await admin.list("accounts")
    assert account["custom"] == {"color": "red"}
