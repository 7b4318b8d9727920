"""A page as a role is shown it. Of several roles with a layout, what one of them shows is shown; a
role without one says nothing. What a layout leaves out is still there for who asks the API."""

from dataclasses import replace

from portals.visits import Visit
from portals.workspace.desk import reader_of
from portals.workspace.reader import joined
from portals.workspace.records.shapes import Kind, Panel, Tab


def as_role(visit: Visit) -> str:
    """The role as which an admin looks at a page, to see its layout; empty for oneself."""
    return visit.word("as", 80) if "admin" in visit.caller.roles else ""


async def as_laid_out(visit: Visit, kind: Kind) -> Kind:
    """The kind with the parts and details that are shown to whoever looks."""
    roles = {as_role(visit)} - {""} or visit.caller.roles
    query = {"resource": kind.collection, "role[in]": joined(roles), "limit": "100"}
    layouts = await reader_of(visit).rows("page_layouts", query) if kind.is_laid_out else []
    if not layouts:
        return kind
    hidden = set.intersection(*(set(each["hidden_parts"]) for each in layouts))
    shown = {name for each in layouts for name in each["facts"] or kind.facts}
    return replace(
        kind,
        facts=tuple(name for name in kind.facts if name in shown),
        sections=tuple(each for each in kind.sections if each[0] not in hidden),
        tabs=tuple(_tab(each, hidden) for each in kind.tabs if each.name not in hidden),
        previews=tuple(each for each in kind.previews if each.id not in hidden),
    )


def _tab(tab: Tab, hidden: set[str]) -> Tab:
    def is_shown(panel: Panel) -> bool:
        return panel.id not in hidden

    return replace(tab, panels=tuple(filter(is_shown, tab.panels)))
