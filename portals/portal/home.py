"""The start of a tenant's pages: search, what is open, what I own, what I can ask for."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.responses import Response

from portals.doors import at_desk, at_portal, is_served
from portals.pages import page
from portals.portal.cases import lines
from portals.portal.others import asks_for_oneself, finds_customers
from portals.portal.stories import OPEN
from portals.visits import Visit
from portals.words import noted

_OPEN_MOST, _PRODUCTS_MOST = 5, 4
_TO_CHECK_DAYS = 14
_LINE = "id,number,subject,state,opened_at,due_at,updated_at"


async def start(visit: Visit) -> Response:
    """`GET /`: the workspace for staff, the portal for everybody else."""
    if visit.visitor is not None and at_desk(visit.visitor):
        return visit.go("/workspace")
    return await home(visit)


async def home(visit: Visit) -> Response:
    """The portal's home; staff see it as a visitor would, unless they ask there for others."""
    comes_to_ask = visit.visitor is not None and at_portal(visit.visitor)
    cases, products, total = await _mine(visit) if comes_to_ask else ([], [], 0)
    is_customer = visit.visitor is not None and is_served(visit.visitor)
    waiting = (await visit.ask("approvals.waiting", limit=0))["count"] if is_customer else 0
    return await visit.page(
        "portal/home.html",
        greeting=greeting(visit.zone),
        q="",
        tries=[],
        open_cases=cases,
        products=products,
        products_total=total,
        requests=_requests(visit, products, waiting),
    )


async def _mine(visit: Visit) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    since = (datetime.now(UTC) - timedelta(days=_TO_CHECK_DAYS)).isoformat()
    to_check, running = await asyncio.gather(
        visit.list("cases", fields=_LINE, limit="3", state="resolved", resolved_at__gte=since),
        visit.list("cases", fields=_LINE, limit=str(_OPEN_MOST), state__in=",".join(OPEN)),
    )
    shown = [*to_check.data, *running.data][:_OPEN_MOST]
    if not is_served(visit.reader):  # staff own nothing here
        return await lines(visit, shown), [], 0
    owned = await visit.list(
        "sold_products", limit=str(_PRODUCTS_MOST), count="true", expand="location"
    )
    products = [_product(each) for each in owned.data]
    return await lines(visit, shown), products, owned.count or 0


def _product(product: dict[str, Any]) -> dict[str, Any]:
    place = (product.get("location") or {}).get("name")
    detail = ", ".join(part for part in (place, product["serial_number"]) if part)
    return {
        "name": product["name"],
        "detail": detail or None,
        "state": product["state"],
        "url": f"/products#p-{product['id']}",
    }


def _requests(visit: Visit, products: list[dict[str, Any]], waiting: int) -> list[dict[str, str]]:
    say = visit.say
    if visit.visitor is None or not at_portal(visit.visitor):
        return []
    customers = {
        "label": say("Find a customer"),
        "detail": say("Whom you ask for, and what they have."),
        "url": "/customers",
        "icon": "people",
    }
    if not is_served(visit.visitor):
        return _for_others(visit, customers)
    asks = [
        {
            "label": say("Report a problem"),
            "detail": say("A person takes it up and answers here."),
            "url": "/cases/new",
            "icon": "warn",
        },
        {
            "label": say("Chat with us"),
            "detail": say("For questions that are quick to answer."),
            "url": "/chat",
            "icon": "chat",
        },
    ]
    if products:
        help_with = {
            "label": say("Get help with a product"),
            "detail": say("We check at once what you are entitled to."),
            "url": "/products",
            "icon": "box",
        }
        asks.insert(1, help_with)
    if visit.may("catalog_items", "read"):
        offered = {
            "label": say("Request something"),
            "detail": say("Choose from what we offer."),
            "url": "/requests",
            "icon": "sheet",
        }
        asks.append(offered)
    if waiting:
        words = say(noted("%(count)s requests of your company wait for you."))
        consent = {
            "label": say(noted("Approve requests")),
            "detail": words % {"count": waiting},
            "url": "/approvals",
            "icon": "check",
        }
        asks.insert(0, consent)
    if visit.may("households", "read") and visit.reader.attributes.get("consumer_id"):
        house = {
            "label": say("Your household"),
            "detail": say("Who belongs to it, and what you ask for them."),
            "url": "/household",
            "icon": "people",
        }
        asks.append(house)
    if finds_customers(visit):
        asks.append(customers)
    return asks


def _for_others(visit: Visit, customers: dict[str, str]) -> list[dict[str, str]]:
    """What staff can ask for at the portal."""
    asks = [customers] if finds_customers(visit) else []
    if asks_for_oneself(visit):
        own = {
            "label": visit.say("Report a problem"),
            "detail": visit.say("A person takes it up and answers here."),
            "url": "/cases/new",
            "icon": "warn",
        }
        asks.append(own)
    return asks


def greeting(zone: str, now: datetime | None = None) -> str:
    """Which greeting fits the hour where the reader is."""
    try:
        here = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        here = ZoneInfo("UTC")
    hour = (now or datetime.now(UTC)).astimezone(here).hour
    return "morning" if 5 <= hour < 11 else "evening" if hour >= 18 or hour < 5 else "day"


routes = (page("/portal", home, people="all"),)
