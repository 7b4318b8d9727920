"""What customers can ask for: the items of the catalogue, each with the questions of its form."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Fault, Forbidden, Invalid, NotFound, Problem, Unauthorized
from infra.kernel.ids import uuid7
from portals import paging
from portals.doors import is_served
from portals.pages import page
from portals.portal.narrowing import Narrowing, narrowing
from portals.portal.others import chosen, customer_of, finds_customers, others
from portals.questions import answers
from portals.visits import Visit
from portals.words import noted

_SIZE = 20
_PRODUCTS_MOST = "50"
_LEAD = "/answers/"
OPEN = ("awaiting_approval", "fulfilling")
_LINE = "id,number,name,summary"
_OWNED_MOST = "200"


async def index(visit: Visit) -> Response:
    """`GET /requests?q=…`; for one customer, what is for owners only as far as they are some."""
    _require(visit)
    words, of = visit.word("q"), await narrowing(visit)
    asked = {"q": words} if words else {}
    for_all = {"for_owners": "false"} if of.filters else {}
    found = await visit.list(
        "catalog_items", limit=str(_SIZE), count="true", fields=_LINE, **asked, **for_all,
        **paging.cursor(visit),
    )  # fmt: skip
    kept = {"q": words, "customer": of.customer}
    is_first = not paging.cursor(visit)
    return await visit.page(
        "portal/requests.html", q=words, items=found.data, narrowed=of.shown,
        own=await _for_owners(visit, of, asked) if of.filters and is_first else [],
        pages=paging.pages(visit, found, _SIZE, "/requests", kept),
    )  # fmt: skip


async def _for_owners(
    visit: Visit, of: Narrowing, asked: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The items that are for owners only, of the products that the customer has."""
    owned = await visit.list(
        "sold_products", state__in="planned,active,suspended", fields="product_model_id",
        limit=_OWNED_MOST, **of.filters,
    )  # fmt: skip
    models = sorted({str(each["product_model_id"]) for each in owned.data})
    if not models or not visit.may("product_catalog_items", "read"):
        return []
    links = await visit.list(
        "product_catalog_items", product_model_id__in=",".join(models), limit=_OWNED_MOST,
        fields="catalog_item_id",
    )  # fmt: skip
    items = sorted({str(each["catalog_item_id"]) for each in links.data})
    if not items:
        return []
    found = await visit.list(
        "catalog_items", id__in=",".join(items), for_owners="true", fields=_LINE,
        limit=_OWNED_MOST, **asked,
    )  # fmt: skip
    return found.data


def _require(visit: Visit) -> None:
    if not visit.may("catalog_items", "read"):
        raise Forbidden("you may not request from the catalogue")


async def show(visit: Visit) -> Response:
    """`GET /requests/{number}`: the item and its questions."""
    _require(visit)
    names = ("sold_product_id", "customer")
    return await _form(visit, {name: visit.word(name) for name in names})


async def send(visit: Visit) -> Response:
    """`POST /requests/{number}`: the case is open, or the form comes again with its faults."""
    _require(visit)
    item = await visit.read("catalog_items", visit.path["number"])
    try:
        form = await visit.form()
        said = answers(item["form"], visit.many)
        asked = await _asked(visit, item, said)
        if form.get("do") == "look":
            return await _looked(visit, item, asked)
        body: dict[str, Any] = {"answers": {each["name"]: said.get(each["name"]) for each in asked}}
        body |= {name: form[name] for name in ("sold_product_id", "comment") if form.get(name)}
        body |= chosen(form.get("customer", ""))
        made = await visit.do("catalog_items.request", item["id"], **body)
        if made.get("fulfilment") == "awaiting_approval":
            words = visit.say(noted("We have it. It is begun once it is approved."))
            return visit.go("/requests/mine", notice=words)
    except (Unauthorized, NotFound):
        raise
    except Problem as refused:
        if visit.is_script or visit.visitor is None:
            raise
        return await _form(visit, visit.typed, refused)
    return visit.go(
        f"/cases/{made['case_number']}", notice=visit.say("We have it and write to you.")
    )


async def _asked(visit: Visit, item: Mapping[str, Any], said: Mapping[str, Any]) -> list[Any]:
    """The questions that are asked after these answers."""
    told = await visit.ask(
        "catalog_items.questions", item_id=str(item["id"]), answers=dict(said),
        locale=visit.locale,
    )  # fmt: skip
    questions: list[Any] = told["questions"]
    return questions


async def _looked(visit: Visit, item: Mapping[str, Any], asked: list[Any]) -> Response:
    """The form after some answers, without sending it: a piece of it for the script."""
    if visit.is_script:
        return await visit.fragment(
            "portal/_questions.html", questions=asked, values=visit.typed,
            many=visit.many, errors=[],
        )  # fmt: skip
    return await _form(visit, visit.typed)


async def _form(
    visit: Visit, values: Mapping[str, str], problem: Problem | None = None
) -> Response:
    item = await visit.read("catalog_items", visit.path["number"])
    said = answers(item["form"], visit.many)
    asked = await _asked(visit, item, said)
    if not visit.many:
        values = {e["name"]: e["answer"] for e in asked if e["answer"] is not None} | dict(values)
    served = is_served(visit.reader)
    customer = None if served else await customer_of(visit, values.get("customer") or "")
    of = chosen(customer["owner"]) if customer else {}
    owned = await _products(visit, of) if served or of else []
    return await visit.page(
        "portal/request.html",
        status=problem.status if problem else 200,
        item={name: item[name] for name in ("number", "name", "summary", "description")},
        questions=asked,
        has_conditions=any(
            each.get("shown_when") or each.get("visible_when") or each.get("required_when")
            for each in item["form"]
        ),
        products=owned,
        customer=customer,
        finds=not served and finds_customers(visit),
        others=await others(visit),
        values=values,
        many=visit.many,
        errors=visit.errors(_placed(problem)) if problem else [],
        attempt=uuid7().hex,
    )


async def _products(visit: Visit, of: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the request may be about."""
    owned = await visit.list(
        "sold_products", state="active", limit=_PRODUCTS_MOST, fields="id,name,serial_number", **of
    )
    return [each | {"id": str(each["id"])} for each in owned.data]


def _placed(problem: Problem) -> Problem:
    """The faults of answers at the questions they answer."""
    if not problem.faults:
        return problem
    return Invalid(
        [
            Fault(fault.pointer.replace(_LEAD, "/", 1), fault.code, fault.message)
            for fault in problem.faults
        ]
    )


async def mine(visit: Visit) -> Response:
    """`GET /requests/mine`: what I asked for, and how far it is."""
    found = await visit.list(
        "catalog_requests", requested_by_id=str(visit.caller.profile_id), limit=str(_SIZE),
        count="true", expand="case,catalog_item", **paging.cursor(visit),
    )  # fmt: skip
    may_withdraw = visit.may("catalog_requests", "cancel")
    rows = [
        {
            "number": each["number"], "name": _called(each), "fulfilment": each["fulfilment"],
            "done": each["done_count"], "total": each["task_count"], "at": each["created_at"],
            "url": f"/cases/{each['case_number']}" if each.get("case") else None,
            "can_withdraw": may_withdraw and each["fulfilment"] in OPEN and not each["done_count"],
        }
        for each in found.data
    ]  # fmt: skip
    return await visit.page(
        "portal/my_requests.html", requests=rows,
        pages=paging.pages(visit, found, _SIZE, "/requests/mine", {}),
    )  # fmt: skip


def _called(request: Mapping[str, Any]) -> str:
    """The item in the reader's words, while it may be read; else as it was called."""
    return str((request.get("catalog_item") or request).get("name") or request["item_name"])


async def withdraw(visit: Visit) -> Response:
    """`POST /requests/mine/{number}/withdraw`."""
    await visit.form()
    await visit.do("catalog_requests.cancel", visit.path["number"])
    return visit.go("/requests/mine", notice=visit.say(noted("Your request is withdrawn.")))


routes = (
    page("/requests/mine", mine, people="portal"),
    page("/requests/mine/{number}/withdraw", withdraw, methods=("POST",), people="portal"),
    page("/requests", index, people="portal"),
    page("/requests/{number}", show, people="portal"),
    page("/requests/{number}", send, methods=("POST",), people="portal"),
)
