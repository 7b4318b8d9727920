"""Every kind of record that has pages of its own, and the address of a record."""

from typing import Any

from portals.workspace.records import admin, customers, data, offering, products, serving, working
from portals.workspace.records.shapes import Kind

_ALL = (
    *customers.KINDS,
    *products.KINDS,
    *admin.KINDS,
    *serving.KINDS,
    *offering.KINDS,
    *data.KINDS,
    *working.KINDS,
)
KINDS = {kind.collection: kind for kind in _ALL}
CASES = working.CASES
_NUMBERED = {"cases": "/workspace/cases/", "articles": "/workspace/knowledge/"}


def laid_out_by_role() -> dict[str, Kind]:
    """The kinds whose pages may differ by role."""
    return {name: kind for name, kind in KINDS.items() if kind.is_laid_out}


def beside(kind: Kind) -> list[Kind]:
    """The kinds that are looked at in the same place, under the same heading."""
    return [each for each in _ALL if each.base == kind.base and each.section == kind.section]


def of_section(base: str, section: str) -> list[Kind]:
    """The kinds of a place under a heading of it."""
    return [each for each in _ALL if each.base == base and each.section == section]


def kind_of(collection: str) -> Kind:
    """The kind of a collection, cases among them."""
    return CASES if collection == CASES.collection else KINDS[collection]


def place_of(kind: Kind, row: dict[str, Any]) -> str:
    """The address of a record's page of this machinery; a case has its people beside its desk."""
    address = url_of(kind.collection, row) or kind.path
    return f"{address}/people" if kind is CASES else address


def url_of(collection: str, row: dict[str, Any]) -> str | None:
    """Where the record is shown; None for what has no page."""
    if collection in KINDS:
        return f"{KINDS[collection].path}/{row['id']}"
    if collection in _NUMBERED:
        return f"{_NUMBERED[collection]}{row.get('number') or row['id']}"
    return None
