"""A tenant whose admin has set up something of every kind of configuration."""

from typing import Any

from tests.world import Actor, Tenant

WEEK = [
    {"weekday": day, "opens": "08:00", "closes": "17:00"}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
]


async def furnished(tenant: Tenant) -> None:
    """Something of nearly every kind, with objects that name each other."""
    admin = tenant.admin
    hours = await admin.do(
        "calendars.create", name="Office", zone="Europe/Stockholm", hours=WEEK,
        holidays=["2026-12-24"],
    )  # fmt: skip
    await admin.do(
        "sla_definitions.create", name="Urgent", kind="cases", priority=1, response_minutes=30,
        resolution_minutes=240, calendar_id=str(hours["id"]),
    )  # fmt: skip
    await admin.do(
        "roles.create", name="claims_clerk", title="Claims clerk", audience="staff",
        grants=[{"resource": "cases", "verbs": ["read", "comment"], "path": "all"}],
    )  # fmt: skip
    parent = await admin.do("groups.create", name="Claims", roles=["claims_clerk"])
    team = await admin.do("groups.create", name="Claims north", parent_id=str(parent["id"]))
    await admin.do("groups.update", team["id"], active=False)
    skill = await admin.do("skills.create", name="Fibre: rings & loops")
    queue = await admin.do("queues.create", channel="web", name="Cases")
    await admin.do(
        "skill_rules.create", queue_id=str(queue["id"]), skill_id=str(skill["id"]), level=3
    )
    await admin.do("skill_rules.create", category="fibre", skill_id=str(skill["id"]))
    shelf = await admin.do("knowledge_bases.create", name="Help", description="Line one\nline two")
    heading = {"knowledge_base_id": str(shelf["id"]), "names": {"de": "Netz"}}
    top = await admin.do("article_categories.create", key="network", name="Network", **heading)
    await admin.do(
        "article_categories.create", key="routers", name="Routers", parent_id=str(top["id"]),
        knowledge_base_id=str(shelf["id"]),
    )  # fmt: skip
    await admin.do(
        "recommendation_rules.create", name="Move to claims", condition="case.priority == 1",
        title="Hand it over", reason="It is urgent", guidance="# Do\n\n- this\n- that\n",
        action={"name": "cases.assign", "arguments": {"assignment_group_id": str(team["id"])}},
    )  # fmt: skip
    await admin.do("mailboxes.create", name="Help", address="help@example.com")
    part = await admin.do(
        "module_components.create", name="Search", kind="knowledge_search",
        options={"knowledge_base_ids": [str(shelf["id"])]},
    )  # fmt: skip
    await admin.do(
        "modules.create", name="Shop", origins=["https://shop.example.com"],
        theme={"accent": "#112233"}, labels={"send": "Send it"},
        components={"knowledge_search": {"component_id": str(part["id"])}},
    )  # fmt: skip
    for name in ("Orders", "Orders"):
        await admin.do("webhooks.create", name=name, url="https://hooks.example.com/x",
                       event_types=["cases.created"])  # fmt: skip


async def exported(actor: Actor) -> dict[str, str]:
    bundle = await actor.do("config_revisions.export")
    files: dict[str, str] = bundle.files
    return files


def changed(told: Any) -> list[tuple[str, str, Any]]:
    """What a plan or an application did: how, to what kind, to which object."""
    return [(c.change, c.resource, c.key) for c in told.changes]
