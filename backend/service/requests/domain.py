"""Requests from the catalogue, which open their cases by themselves."""

from backend.foundation.catalog.offering import ASKING, CUSTOMERS, offered
from backend.service.requests.actions.change import cancel, change
from backend.service.requests.actions.questions import questions
from backend.service.requests.actions.request import request
from backend.service.requests.actions.requestable import requestable
from backend.service.requests.reactions import answered, ended, moved
from backend.service.requests.resources import catalog_requests
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain
from tenants.roles import BUILT_IN, STAFF

# Whoever may read a case may read what was asked, whatever it is that opens the case to them.
_READING = tuple(
    role.name
    for role in BUILT_IN.values()
    if role.audience == STAFF and role.name not in {"admin", "service_manager"}
)

domain = Domain(
    name="requests",
    summary="What was requested from the catalogue, and the cases it became.",
    resources=(catalog_requests,),
    actions=(request, requestable, questions, change, cancel),
    grants=(
        Grant("service_manager", "catalog_items", ("request",)),
        *(Grant(r, "catalog_items", ("request",), where={"offered": True}) for r in ASKING),
        *(grant for role in CUSTOMERS for grant in offered(role, "request")),
        Grant("service_manager", "catalog_requests", ("read", "change", "cancel")),
        *(Grant(r, "catalog_requests", ("change", "cancel"), "of_case") for r in ASKING),
        *(Grant(r, "catalog_requests", ("change", "cancel"), "own") for r in CUSTOMERS),
        *(Grant(r, "catalog_requests", ("read",), "of_case") for r in (*_READING, *CUSTOMERS)),
    ),
    reactions=(answered, moved, ended),
)
