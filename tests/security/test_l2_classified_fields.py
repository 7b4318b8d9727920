"""L2: what is classified is shown at no door to whoever is not cleared, and shown to whoever is."""

import io
import zipfile
from typing import Any

import pytest
import pytest_asyncio

from infra.kernel.errors import BadRequest, Invalid
from infra.kernel.event_log import events_after
from infra.kernel.ids import uuid7
from infra.kernel.live import LiveHub
from infra.kernel.webhooks import _told
from tests.kernel.test_live import listen
from tests.portals.browsing import browser_of
from tests.security.neighbours import Neighbours, bearing, neighbours, operations
from tests.world import Actor, World

HIDDEN = {
    "contacts": ("email", "phone"),
    "accounts": ("phone", "notes"),
    "cases": ("description",),
    "consumers": ("email",),
}


class Hidden:
    """A tenant with canaries in classified fields, and two who work there."""

    def __init__(self, made: Neighbours, agent: Actor, manager: Actor) -> None:
        self.made, self.agent, self.manager = made, agent, manager
        self.canaries: dict[str, str] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hidden(services: Any, app: Any) -> Any:
    world = World(services, app)
    made = await neighbours(world)
    admin, desk = made.home.admin, made.desk
    agent = await made.home.member("agent_b2b", "agent_b2c", "customer_data_viewer")
    found = Hidden(made, agent, await made.home.member("service_manager"))
    marks = {
        f"{kind}.{field}": f"canary{uuid7().hex[-10:]}" for kind in HIDDEN for field in HIDDEN[kind]
    }
    (sensitive,) = await admin.list("data_classes", key="sensitive")
    for kind, fields in HIDDEN.items():
        for field in fields:
            for row in await admin.list("field_classifications", resource=kind, field=field):
                await admin.do("field_classifications.delete", row["id"])
            await admin.do(
                "field_classifications.create", resource=kind, field=field,
                data_class_id=str(sensitive["id"]),
            )  # fmt: skip
    await admin.do(
        "contacts.update", desk.contact_id, email=f"{marks['contacts.email']}@example.com",
        phone=marks["contacts.phone"],
    )  # fmt: skip
    await admin.do(
        "accounts.update", desk.account["id"], phone=marks["accounts.phone"],
        notes=marks["accounts.notes"],
    )  # fmt: skip
    case = await desk.contact.do(
        "cases.create", subject="No light", description=f"Dark {marks['cases.description']}",
        sold_product_id=str(desk.router["id"]),
    )  # fmt: skip
    private = await admin.do(
        "consumers.create", name="X Y", email=f"{marks['consumers.email']}@example.com"
    )
    await world.work(made.home)
    made.ids |= {"cases": str(case["id"]), "contacts": desk.contact_id}
    made.ids |= {"accounts": str(desk.account["id"]), "consumers": str(private["id"])}
    found.canaries = marks
    found.agent = await world.actor(made.home, agent.profile_id)
    found.manager = await world.actor(made.home, found.manager.profile_id)
    yield found
    await world.close()


async def leaks(hidden: Hidden, reader: Actor) -> list[str]:
    """Every address of the contract and every page at which the reader is shown a canary."""
    made = hidden.made
    client = await bearing(made.world, reader)
    places = [
        (operation.method, operation.at(made.id_of(operation.collection)), operation.body)
        for operation in operations(made.document)
        if operation.method == "get"
        or operation.path.endswith(("/brief", "/summary", "/summarize"))
    ]
    places += [("get", f"/api/v1/search?q={mark}", None) for mark in hidden.canaries.values()]
    places += [
        ("get", f"/api/v1/cases/{made.ids['cases']}?expand=contact,account", None),
        ("get", "/api/v1/cases?expand=contact,account&limit=200", None),
        ("get", "/api/v1/contacts?expand=account&limit=200", None),
        ("get", "/api/v1/events?limit=500", None),
        ("get", "/api/v1/accounts?limit=200", None),
        ("get", "/api/v1/audit_entries?limit=200", None),
    ]
    found = []
    for method, place, body in places:
        sent = {} if body is None else {"json": body}
        told = (await client.request(method.upper(), place, **sent)).text
        echoed = place.split("q=")[-1] if "q=" in place else ""
        found += [
            f"{place.split('?')[0]} tells {name}"
            for name, mark in hidden.canaries.items()
            if mark in told and mark != echoed
        ]
    return sorted(set(found))


async def page_leaks(hidden: Hidden, reader: Actor) -> list[str]:
    """Every page of the workspace at which the reader is shown a canary, or none at all."""
    made = hidden.made
    browser = await browser_of(reader, made.home)
    async with made.world.services.database.transaction(made.home.id) as connection:
        # As this profile, and not as the one that the person starts with.
        await connection.execute(
            "UPDATE credentials SET profile_id = $3 WHERE tenant_id = $1 AND user_id = $2",
            made.home.id, reader.caller.user_id, reader.profile_id,
        )  # fmt: skip
    case = await made.home.admin.read("cases", made.ids["cases"])
    found = []
    for place in (
        "/workspace", f"/workspace/cases/{case['number']}", "/workspace/cases",
        f"/workspace/customers/accounts/{made.ids['accounts']}",
        f"/workspace/customers/contacts/{made.ids['contacts']}",
        f"/workspace/customers/consumers/{made.ids['consumers']}",
        "/workspace/customers", "/workspace/search?q=light",
    ):  # fmt: skip
        answer = await browser.get(place)
        if answer.status_code != 200:
            found.append(f"{place} answers {answer.status_code}")
        found += [
            f"{place} tells {n}" for n, mark in hidden.canaries.items() if mark in answer.text
        ]
    return found


async def test_l2_no_page_shows_a_classified_field_to_whoever_is_not_cleared(
    hidden: Hidden,
) -> None:
    assert await page_leaks(hidden, hidden.agent) == []
    shown = await page_leaks(hidden, hidden.manager)
    assert any("contacts.email" in line for line in shown), shown


async def test_l2_what_a_record_is_called_by_is_not_hidden(hidden: Hidden) -> None:
    admin = hidden.made.home.admin
    (sensitive,) = await admin.list("data_classes", key="sensitive")
    for resource, field in (("cases", "subject"), ("contacts", "account_id")):
        with pytest.raises(Invalid):
            await admin.do(
                "field_classifications.create", resource=resource, field=field,
                data_class_id=str(sensitive["id"]),
            )  # fmt: skip


async def test_l2_no_door_shows_a_classified_field_to_whoever_is_not_cleared(
    hidden: Hidden,
) -> None:
    assert await leaks(hidden, hidden.agent) == []


async def test_l2_whoever_is_cleared_sees_it(hidden: Hidden) -> None:
    contact = await hidden.manager.read("contacts", hidden.made.ids["contacts"])
    assert hidden.canaries["contacts.email"] in contact["email"]
    mine = await hidden.made.world.actor(hidden.made.home, hidden.made.desk.contact.profile_id)
    assert hidden.canaries["contacts.email"] in (await mine.list("contacts"))[0]["email"]


@pytest.mark.parametrize(
    "query", [{"email": "x@example.com"}, {"email[starts]": "c"}, {"q": "canary"}]
)
async def test_l2_nobody_asks_their_way_to_what_they_may_not_see(
    hidden: Hidden, query: dict[str, str]
) -> None:
    with pytest.raises(BadRequest):
        await hidden.agent.list("contacts", **query)


async def test_l2_nobody_writes_what_they_may_not_see(hidden: Hidden) -> None:
    with pytest.raises(Invalid):
        await hidden.agent.do("contacts.update", hidden.made.ids["contacts"], email="a@example.com")
    stored = await hidden.made.home.admin.read("contacts", hidden.made.ids["contacts"])
    assert hidden.canaries["contacts.email"] in stored["email"]


async def test_l2_a_custom_role_that_reads_the_audit_is_told_no_classified_value(
    hidden: Hidden,
) -> None:
    made = hidden.made
    await made.home.admin.do(
        "roles.create", name="auditor", title="Auditor", audience="staff",
        grants=[{"resource": "audit_entries", "verbs": ["read"]},
                {"resource": "activity_entries", "verbs": ["read"]}],
    )  # fmt: skip
    auditor = await made.home.member("auditor")
    rows = await auditor.list("audit_entries", limit="200")
    assert rows
    told = str(rows) + str(await auditor.list("activity_entries", limit="200"))
    assert [name for name, mark in hidden.canaries.items() if mark in told] == []


async def test_l2_taking_a_clearance_away_counts_from_the_next_request_on(hidden: Hidden) -> None:
    made = hidden.made
    steward = await made.home.member("data_steward")
    client = await bearing(made.world, steward)
    place = f"/api/v1/contacts/{made.ids['contacts']}"
    assert hidden.canaries["contacts.email"] in (await client.get(place)).text
    (sensitive,) = await made.home.admin.list("data_classes", key="sensitive")
    left = [role for role in sensitive["cleared_roles"] if role != "data_steward"]
    await made.home.admin.do("data_classes.update", sensitive["id"], cleared_roles=left)
    assert hidden.canaries["contacts.email"] not in (await client.get(place)).text


async def told_by_stream(hidden: Hidden, reader: Actor) -> str:
    """All that the live stream sends from the first event on."""
    client = await bearing(hidden.made.world, reader)
    count, page = 0, {"next": 0, "more": True, "data": []}
    while page["more"]:
        query = {"after": str(page["next"]), "limit": "200"}
        page = (await client.get("/api/v1/events", params=query)).json()
        count += len(page["data"])
    hub = LiveHub(hidden.made.world.services)
    listener = await listen(hub, reader.caller, after=0)
    await listener.wait(count, seconds=20)
    await listener.leave()
    await hub.close()
    return listener.text


async def told_to_webhooks(hidden: Hidden, reader: Actor) -> str:
    """The bodies that an endpoint gets which the reader had made."""
    services, tenant_id = hidden.made.world.services, hidden.made.home.id
    events = await events_after(services, tenant_id, 0, 2_000)
    return str([await _told(services, tenant_id, reader.profile_id, event) for event in events])


async def written_to_files(hidden: Hidden, reader: Actor) -> str:
    """Exports of all that the reader may export, in every form, with what is related to it."""
    made = hidden.made
    client = await bearing(made.world, reader)
    keys = []
    for kind, own in HIDDEN.items():
        resource = made.world.services.registry.resources[kind]
        related = [
            f"{name}.{field}"
            for name, relation in resource.relations.items()
            for field in HIDDEN.get(relation.resource, ())
        ]
        for form in ("csv", "xlsx", "ndjson"):
            for fields in (None, *([field] for field in (*own, *related))):
                asked = {"resource": kind, "format": form} | ({"fields": fields} if fields else {})
                answer = await client.post("/api/v1/exports", json=asked)
                if answer.status_code == 201:
                    keys.append(answer.json()["id"])
                else:
                    assert fields, answer.text
                if len(keys) % 10 == 9:
                    await made.world.work(made.home)
    await made.world.work(made.home)
    said = []
    for key in keys:
        done = (await client.get(f"/api/v1/exports/{key}")).json()
        place = f"/api/v1/attachments/{done['attachment_id']}/content"
        content = (await client.get(place)).content
        if content[:2] == b"PK":
            book = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(book.read(name) for name in book.namelist())
        said.append(content.decode("utf-8", "replace"))
    return "\n".join(said)


async def filled_into_texts(hidden: Hidden, reader: Actor) -> str:
    """A reply into which everything is filled that a text may name."""
    made = hidden.made
    found = await made.home.admin.list("message_templates", key="everything")
    text = found[0] if found else await text_of_everything(made)
    told = await reader.do("message_templates.fill", text["id"], record_id=made.ids["cases"])
    return f"{told.subject}\n{told.body}\n{told.html}"


async def text_of_everything(made: Neighbours) -> dict[str, Any]:
    admin = made.home.admin
    given = {
        "key": "everything", "name": "Everything", "kind": "reply", "resource": "cases",
        "texts": {"en": {"subject": "", "body": "{{ record.number }}"}},
    }  # fmt: skip
    made_: dict[str, Any] = await admin.do("message_templates.create", **given)
    names = (await admin.do("message_templates.variables", made_["id"])).names
    body = "\n".join(f"{{{{ {name} }}}}" for name in names if name.startswith("record."))
    await admin.do(
        "message_templates.update", made_["id"], texts={"en": {"subject": "", "body": body}}
    )
    return made_


DOORS = {
    "stream": told_by_stream,
    "webhook": told_to_webhooks,
    "file": written_to_files,
    "text": filled_into_texts,
}


@pytest.mark.parametrize("door", DOORS)
async def test_l2_what_is_sent_or_written_holds_nothing_classified_but_for_the_cleared(
    hidden: Hidden, door: str
) -> None:
    told = await DOORS[door](hidden, hidden.agent)
    assert told
    assert [name for name, mark in hidden.canaries.items() if mark in told] == []
    shown = await DOORS[door](hidden, hidden.manager)
    assert any(mark in shown for mark in hidden.canaries.values())


async def test_l2_a_notification_tells_each_colleague_what_they_are_cleared_for(
    hidden: Hidden,
) -> None:
    made = hidden.made
    admin = made.home.admin
    group = await admin.do("groups.create", name="Told of cases")
    # The agent is named in two profiles, and still hears it once.
    await admin.do("profiles.update", hidden.manager.profile_id, is_default=True)
    for actor in (hidden.agent, hidden.manager):
        await admin.do(
            "group_members.create", group_id=str(group["id"]), user_id=str(actor.caller.user_id)
        )
    text = "{{ record.number }} {{ record.description }}"
    await admin.do(
        "automations.create", key="tell_all", name="Tell all", event_types=["cases.assigned"],
        steps=[{"do": "notify", "to": ["assignment_group", "assigned_to"], "topic": "assignment",
                "title": text, "body": text}],
        active=True, runs_as_id=str(hidden.manager.profile_id),
    )  # fmt: skip
    await admin.do(
        "cases.assign", made.ids["cases"], assignment_group_id=str(group["id"]),
        assigned_to_id=str(hidden.agent.profile_id),
    )  # fmt: skip
    await made.world.work(made.home)
    mark = hidden.canaries["cases.description"]
    number = (await admin.read("cases", made.ids["cases"]))["number"]
    for actor, cleared in ((hidden.agent, False), (hidden.manager, True)):
        (told,) = [n for n in await actor.list("notifications") if number in n["title"]]
        assert (mark in told["title"], mark in told["body"]) == (cleared, cleared), told
