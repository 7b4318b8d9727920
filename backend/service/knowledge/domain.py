"""What the house knows: bases, articles in editions, and what readers say."""

from typing import Any

from backend.service.knowledge.actions.publish import publish, retire
from backend.service.knowledge.actions.read import feedback, page
from backend.service.knowledge.actions.write import create, delete, revise, update
from backend.service.knowledge.resources import (
    article_feedback,
    article_products,
    article_versions,
    articles,
    knowledge_bases,
)
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "revise", "publish", "retire", "delete", "feedback")
_BASE_KEEP = ("read", "create", "update", "delete")
_AGENTS = ("agent_b2b", "agent_b2c")
_STAFF_READERS = (
    "case_viewer", "middle_office", "account_contributor", "consumer_contributor", "location_agent",
)  # fmt: skip
_READ = ("read", "feedback")
_DRAFT = {"state": "draft"}
_FIRST_TIER = {"state": "published", "tier": 1}
_AUDIENCES = {
    "visitor": ["public"],
    "customer": ["public", "customer"],
    "customer_case_manager": ["public", "customer"],
    "customer_admin": ["public", "customer"],
    "consumer": ["public", "customer"],
    "partner": ["public", "customer", "partner"],
    "partner_admin": ["public", "customer", "partner"],
}


def _published(audiences: list[str]) -> dict[str, Any]:
    return {"state": "published", "audience": audiences}


domain = Domain(
    name="knowledge",
    summary="Knowledge bases and articles in editions.",
    resources=(knowledge_bases, articles, article_products, article_versions, article_feedback),
    actions=(create, update, revise, delete, publish, retire, page, feedback),
    grants=(
        Grant("knowledge_manager", "knowledge_bases", _BASE_KEEP),
        Grant("knowledge_manager", "articles", _KEEP),
        *(
            Grant(r, "article_products", ("read",))
            for r in ("knowledge_manager", "service_manager")
        ),
        *(Grant(role, "article_products", ("read",)) for role in _AGENTS),
        Grant("knowledge_manager", "article_versions", ("read",)),
        Grant("knowledge_manager", "article_feedback", ("read",)),
        Grant("service_manager", "knowledge_bases", ("read",)),
        Grant("service_manager", "articles", _READ),
        Grant("service_manager", "article_versions", ("read",)),
        Grant("service_manager", "article_feedback", ("read",)),
        *(Grant(role, "knowledge_bases", ("read",)) for role in (*_AGENTS, *_STAFF_READERS)),
        *(Grant(r, "articles", _READ, where=_FIRST_TIER) for r in (*_STAFF_READERS, *_AGENTS)),
        Grant("agent_tier_two", "articles", _READ, where={"state": "published"}),
        Grant("agent_tier_two", "knowledge_bases", ("read",)),
        *(Grant(r, "articles", ("read", "create", "revise"), "written") for r in _AGENTS),
        # What readers have is the knowledge managers' to change, for whom it is included.
        *(Grant(r, "articles", ("update", "delete"), "written", where=_DRAFT) for r in _AGENTS),
        *(Grant(role, "knowledge_bases", ("read",), where={"active": True}) for role in _AUDIENCES),
        # Readers outside see what is for everyone, and what is about a product they have.
        *(
            Grant(role, "articles", _READ, where=_published(audiences) | {"for_everyone": True})
            for role, audiences in _AUDIENCES.items()
        ),
        *(
            Grant(role, "articles", _READ, "bought", where=_published(audiences))
            for role, audiences in _AUDIENCES.items()
            if role != "visitor"
        ),
    ),
)
