"""What admins do that no collection says: standing roles, going back in the history."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from infra.kernel.errors import Forbidden
from portals.visits import Visit
from portals.words import noted
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Row
from portals.workspace.records.admin import BASE as ADMIN
from portals.workspace.records.data import LAYOUTS, REVISIONS
from portals.workspace.records.following import RULES
from portals.workspace.records.kinds import laid_out_by_role, of_section, url_of
from portals.workspace.records.page import record_page
from tenants.roles import BUILT_IN

_SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("access", noted("People and access"), (
        (noted("Standard roles"), "/admin/standard-roles", "lock"),
    )),
    ("serving", noted("How we serve"), ()),
    ("offering", noted("What can be asked for"), ()),
    ("following", noted("What follows by itself, and texts"), (
        (noted("Who is told of what"), RULES, "mail"),
    )),
    ("data", noted("Data and how it is set up"), (
        (noted("Settings"), "/admin/settings", "edit"),
    )),
    ("", noted("More"), ()),
)  # fmt: skip
"""The headings of the admin area, and what stands below them beside kinds of records."""


async def start(visit: Visit) -> Response:
    """`GET /admin`: everything that can be set up, under its headings."""
    require(visit)
    reader, say = reader_of(visit), visit.say
    sections = []
    for name, title, others in _SECTIONS:
        places = [{"name": say(kind.many), "url": kind.path, "icon": kind.icon}
                  for kind in of_section(ADMIN, name) if reader.may(kind.collection)]  # fmt: skip
        places += [{"name": say(words), "url": url, "icon": icon} for words, url, icon in others]
        if places:
            sections.append({"name": name or "more", "title": say(title), "places": places})
    return await show(visit, "workspace/admin.html", here="admin", sections=sections)


def require(visit: Visit) -> None:
    if "admin" not in visit.caller.roles:
        raise Forbidden("this area is for admins")


def tabs(visit: Visit, current: str) -> list[Row]:
    pages = [
        (noted("All"), ADMIN),
        *((words, url) for *_, more in _SECTIONS for words, url, _ in more if url != RULES),
    ]
    return [{"name": visit.say(words), "url": url, "current": url == current}
            for words, url in pages]  # fmt: skip


async def standard_roles(visit: Visit) -> Response:
    """`GET /admin/standard-roles`: each with what it grants."""
    require(visit)
    given: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for grant in visit.services.registry.grants:
        given[grant.role][grant.resource].update(grant.verbs)
    roles = [
        {
            "name": role.name, "title": role.title, "summary": role.summary,
            "grants": [{"resource": resource, "verbs": sorted(verbs)}
                       for resource, verbs in sorted(given[role.name].items())],
        }
        for role in BUILT_IN.values()
    ]  # fmt: skip
    return await show(
        visit, "workspace/roles.html", here="admin", roles=roles,
        tabs=tabs(visit, "/admin/standard-roles"),
    )  # fmt: skip


# ── Pages by role ────────────────────────────────────────────────────────────────────────────


async def layout_page(visit: Visit, key: str) -> Response:
    """`GET /admin/page_layouts/{id}`: what the role is shown, and a record as it is shown it."""
    reader = reader_of(visit)
    layout = await reader.one("page_layouts", key)
    kind = laid_out_by_role()[layout["resource"]]
    rows = await reader.rows(kind.collection, {"limit": "1"})
    url = url_of(kind.collection, rows[0]) if rows else None
    return await record_page(
        visit, LAYOUTS, key, template="workspace/layout.html",
        parts=[{"title": ": ".join(visit.say(each) for each in titles),
                "is_shown": name not in layout["hidden_parts"]}
               for name, titles in kind.parts],
        look_url=f"{url}?{urlencode({'as': layout['role']})}" if url else None,
    )  # fmt: skip


# ── The history of the configuration ─────────────────────────────────────────────────────────


async def revision_page(visit: Visit, key: str) -> Response:
    """`GET /admin/config_revisions/{id}`: what it changed, and the way back to it."""
    told = await reader_of(visit).ask("config_revisions.bundle", key) or {}
    return await record_page(
        visit, REVISIONS, key, template="workspace/revision.html",
        changes=[_change(each) for each in told.get("changes", ())],
        may_go_back=visit.may("config_revisions", "rollback"),
    )  # fmt: skip


def _change(each: Row) -> Row:
    fields = [
        {"name": name, "before": _said(told["before"]), "after": _said(told["after"])}
        for name, told in each["fields"].items()
    ]
    words = {"create": noted("New"), "update": noted("Changed"), "delete": noted("Gone")}
    return {"change": words.get(each["change"], each["change"]), "resource": each["resource"],
            "key": _said(each["key"]), "fields": fields}  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_said(each) for each in value)
    return "–" if value in (None, "") else str(value)


async def roll_back(visit: Visit) -> Response:
    """Make the configuration again what it was at this revision."""
    require(visit)
    await visit.form()
    row = await reader_of(visit).one("config_revisions", visit.path["id"])
    await visit.do("config_revisions.rollback", revision=row["number"])
    return visit.go(REVISIONS.path, notice=visit.say("The configuration is what it was then."))
