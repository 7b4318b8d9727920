"""What an admin should know before a configuration is applied, beside the changes themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.kernel.context import Context
from tenants.configuration.catalog import Catalog
from tenants.configuration.differences import Change
from tenants.configuration.objects import key_text
from tenants.configuration.queries import count_naming

COUNTED_MOST = 1_000


@dataclass(frozen=True)
class Notice:
    """`code` is for programs, `message` for people."""

    code: str
    resource: str
    key: Any
    message: str


async def warnings_of(ctx: Context, catalog: Catalog, changes: list[Change]) -> list[Notice]:
    """What the changes take along; asked before they are made."""
    found = [*_about_access(changes), *_about_secrets(changes)]
    return [*found, *await _about_use(ctx, catalog, changes)]


def about_kept(changes: Iterable[Change]) -> list[Notice]:
    """What was stored otherwise than it was written."""
    return [
        _notice(
            "kept", change, f"{', '.join(change.fields)}: stored in another form than written here"
        )
        for change in changes
    ]


def _notice(code: str, change: Change, message: str) -> Notice:
    each = change.object
    named = each.title if each.kind.is_single else f"{each.kind.title} {each.title}"
    return Notice(code, each.kind.name, each.key, f"{named}: {message}")


def _about_access(changes: list[Change]) -> list[Notice]:
    found = []
    for change in changes:
        if not change.object.kind.gives_access(change.fields):
            continue
        told = [
            text
            for name, (before, after) in change.fields.items()
            if (text := _given_and_taken(name, before, after))
        ]
        said = {"create": "is new", "delete": "ends with all it gave", "update": "changes"}
        found.append(_notice("access", change, "; ".join((said[change.verb], *told))))
    return found


def _given_and_taken(name: str, before: Any, after: Any) -> str:
    """For a list, what is in it that was not, and what no longer is."""
    if not isinstance(before or [], list) or not isinstance(after or [], list):
        return ""
    was, is_ = ({key_text(each): each for each in side or []} for side in (before, after))
    parts = [
        f"{word} {', '.join(_short(one[key]) for key in one if key not in other)}"
        for word, one, other in (("gives", is_, was), ("takes", was, is_))
        if one.keys() - other.keys()
    ]
    return f"{name} {' and '.join(parts)}" if parts else ""


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(
            ",".join(map(str, part)) if isinstance(part, list) else str(part)
            for part in value.values()
            if part not in (None, "", [])
        )
    return str(value)


def _about_secrets(changes: list[Change]) -> list[Notice]:
    return [
        _notice(
            "secret",
            change,
            f"{' and '.join(change.object.kind.configured.secrets)} never travel; set them by hand",
        )
        for change in changes
        if change.verb == "create" and change.object.kind.configured.secrets
    ]


async def _about_use(ctx: Context, catalog: Catalog, changes: list[Change]) -> list[Notice]:
    """Records that name what goes: each would refuse the deletion, or lose what it names."""
    found = []
    for kind in catalog.kinds:
        gone = {
            change.row_id: change
            for change in changes
            if change.verb == "delete" and change.object.kind is kind and change.row_id
        }
        if not gone:
            continue
        for resource in ctx.services.registry.resources.values():
            if resource.configured is not None:
                continue
            for column, target in resource.reference_columns.items():
                if target != kind.name:
                    continue
                counted = await count_naming(
                    ctx, resource.table, column, list(gone), COUNTED_MOST + 1
                )
                for key, count in counted.items():
                    number = str(count) if count <= COUNTED_MOST else f"over {COUNTED_MOST}"
                    text = f"{number} {resource.name.replace('_', ' ')} name it"
                    found.append(_notice("in_use", gone[key], text))
    return found
