"""For whom an article is, where it stands, until when, and who looks after it, as a form asks."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portals.visits import Visit
from portals.words import noted
from portals.workspace.colleagues import names_of
from portals.workspace.reader import Reader, Row
from portals.workspace.records.inputs import CHOICES_MOST, PLAIN
from portals.workspace.records.typed import BEFORE, Typed, moment_of, read

AUDIENCES = {
    "public": noted("Everybody"),
    "customer": noted("Customers"),
    "partner": noted("Partners"),
    "internal": noted("Only us"),
}
TIERS = {"1": noted("Every tier of support"), "2": noted("The second tier alone")}
_PLAIN = (("base_id", "knowledge_base_id"), ("audience", "audience"), ("language", "language"))
_OWNER = PLAIN | {
    "name": "owner_profile_id", "kind": "ref", "required": False, "nullable": True,
    "of": "profiles", "choices": [],
}  # fmt: skip


async def fields_of(reader: Reader) -> list[Row]:
    """Who looks after the article, and which products it is about, where there are any."""
    models = await reader.rows("product_models", {"limit": str(CHOICES_MOST), "sort": "name"})
    products = PLAIN | {
        "name": "product_model_ids", "kind": "many", "required": False, "of": "", "words": "",
        "choices": [{"value": str(each["id"]), "label": each["name"]} for each in models],
        "is_folded": True,
    }  # fmt: skip
    return [_OWNER, products] if models else [_OWNER]


def written(visit: Visit) -> dict[str, str]:
    """What was typed, all products together."""
    typed = dict(visit.typed)
    if "product_model_ids" in visit.many:
        typed["product_model_ids"] = ",".join(filter(None, visit.many["product_model_ids"]))
    return typed


async def owner_in(reader: Reader, typed: dict[str, str]) -> Typed:
    """The owner, where another was named: by their name, as the field suggests it."""
    if _OWNER["name"] not in typed:
        return Typed()
    return await read(reader, [_OWNER], typed, changing=True)


def settings_in(typed: dict[str, str], zone: str) -> dict[str, Any]:
    """All else that the form sets; a last day is one in the reader's zone, to its end."""
    given: dict[str, Any] = {name: typed[shown] for shown, name in _PLAIN if typed.get(shown)}
    if typed.get("tier", "").isdigit():
        given["tier"] = int(typed["tier"])
    if "category_id" in typed:
        given["category_id"] = typed["category_id"] or None
    if "product_model_ids" in typed:
        given["product_model_ids"] = list(filter(None, typed["product_model_ids"].split(",")))
    if "expires_on" in typed:
        day = typed["expires_on"].strip()
        given["expires_at"] = moment_of(f"{day}T23:59:59", zone) if day else None
    return given


def changed(row: Row, given: dict[str, Any], zone: str) -> dict[str, Any]:
    """What the form sets otherwise than it is; a day is compared as a day."""
    return {
        name: value
        for name, value in given.items()
        if _plain(name, value, zone) != _plain(name, row.get(name), zone)
    }


def _plain(name: str, value: Any, zone: str) -> Any:
    if name == "expires_at":
        return day_of(value, zone) if value else ""
    if isinstance(value, list):
        return sorted(str(each) for each in value)
    return str(value or "")


def day_of(moment: Any, zone: str) -> str:
    """The day of a moment in a zone."""
    try:
        told = datetime.fromisoformat(str(moment))
    except ValueError:
        return str(moment)
    return told.astimezone(ZoneInfo(zone)).date().isoformat()


async def values_of(reader: Reader, row: Row, zone: str) -> dict[str, str]:
    """The settings as the form shows them."""
    named = await names_of(reader, [row.get("owner_profile_id")])
    owner = named.get(str(row.get("owner_profile_id")), "")
    return {
        "base_id": str(row["knowledge_base_id"]),
        "audience": str(row.get("audience") or ""),
        "tier": str(row.get("tier") or 1),
        "category_id": str(row.get("category_id") or ""),
        "language": str(row["language"]),
        "expires_on": _plain("expires_at", row.get("expires_at"), zone),
        "product_model_ids": ",".join(str(each) for each in row.get("product_model_ids") or []),
        "owner_profile_id": owner,
        BEFORE + "owner_profile_id": owner,
    }
