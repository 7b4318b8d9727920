"""A list narrowed to one of the customers for whom somebody acts."""

from dataclasses import dataclass
from typing import Any

from infra.kernel.errors import NotFound
from infra.kernel.ids import parse
from portals.doors import is_served
from portals.portal.others import chosen, customer_of, finds_customers, others
from portals.visits import Visit


@dataclass(frozen=True)
class Narrowing:
    """`customer` is what the address says, `choices` whom one may choose: [{"value", "name"}]."""

    customer: str
    choices: list[dict[str, str]]
    name: str | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The filter of a list of what customers own; none for what names nobody."""
        return {name: key for name, key in chosen(self.customer).items() if parse(key)}

    @property
    def shown(self) -> dict[str, Any]:
        """What the templates show of it."""
        return {"customer": self.customer, "choices": self.choices, "name": self.name}


async def of_one(visit: Visit) -> Narrowing:
    """The same for what customers own. Staff have nothing of their own here: they look at what
    somebody has; raises NotFound where they name nobody."""
    if is_served(visit.reader):
        return await narrowing(visit)
    found = await customer_of(visit, visit.word("customer", 60))
    if found is None:
        raise NotFound("no such customer")
    return Narrowing(found["owner"], [], found["name"])


async def narrowing(visit: Visit) -> Narrowing:
    """What `?customer=accounts:ID` narrows a list to; whoever acts for several may choose whom."""
    word = visit.word("customer", 60)
    choices = await others(visit) if finds_customers(visit) else []
    mine = await _own_account(visit) if choices else []
    return Narrowing(word, [*mine, *choices])


async def _own_account(visit: Visit) -> list[dict[str, str]]:
    """The own company, to be told from those one acts for."""
    key = visit.reader.attributes.get("account_id")
    if key is None:
        return []
    found = await visit.list("accounts", id=str(key), limit="1", fields="id,name")
    return [{"value": f"accounts:{each['id']}", "name": each["name"]} for each in found.data]
