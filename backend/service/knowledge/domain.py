"""What the house knows: bases, articles in editions, and what readers say."""

from typing import Any

from backend.service.knowledge.actions.browse import browse, in_language
from backend.service.knowledge.actions.folders import export_folder, import_folder
from backend.service.knowledge.actions.history import compare, restore
from backend.service.knowledge.actions.picture import picture
from backend.service.knowledge.actions.publish import publish, retire, schedule, unschedule
from backend.service.knowledge.actions.read import feedback, page
from backend.service.knowledge.actions.review import (
    approve,
    comment,
    request_changes,
    request_review,
    withdraw_review,
)
from backend.service.knowledge.actions.shelve import update_base, update_category
from backend.service.knowledge.actions.translate import mark_current, translate
from backend.service.knowledge.actions.write import create, delete, revise, update
from backend.service.knowledge.folders.jobs import export_folder as write_folder
from backend.service.knowledge.folders.jobs import import_folder as read_folder
from backend.service.knowledge.jobs import clock, watch
from backend.service.knowledge.picture_routes import routes
from backend.service.knowledge.resources import (
    article_feedback,
    article_pictures,
    article_products,
    article_versions,
    articles,
)
from backend.service.knowledge.shelves import article_categories, knowledge_bases
from backend.service.knowledge.talk import article_comments, article_reviews
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_WRITE = ("request_review", "withdraw_review", "comment", "translate", "mark_current")
_KEEP = (
    "read", "create", "update", "revise", "publish", "schedule", "unschedule", "retire", "delete",
    "feedback", "approve", "request_changes", "import_folder", "export_folder", *_WRITE,
)  # fmt: skip
_BASE_KEEP = ("read", "create", "update", "delete")
_AGENTS = ("agent_b2b", "agent_b2c")
_STAFF_READERS = (
    "case_viewer", "middle_office", "account_contributor", "consumer_contributor", "location_agent",
)  # fmt: skip
_READ = ("read", "feedback")
_DRAFT = {"state": "draft"}
_NAMED = ("id", "user_id", "kind", "title", "state")
_TALK = ("article_reviews", "article_comments")
_PARTS = ("article_products", "article_pictures")
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
    return {"state": "published", "audience": audiences, "is_open": True}


domain = Domain(
    name="knowledge",
    summary="Knowledge bases and articles in editions, looked over, in languages, by the clock.",
    resources=(
        knowledge_bases,
        article_categories,
        articles,
        article_products,
        article_pictures,
        article_versions,
        article_reviews,
        article_comments,
        article_feedback,
    ),
    actions=(
        import_folder,
        export_folder,
        update_base,
        update_category,
        create,
        update,
        revise,
        delete,
        publish,
        schedule,
        unschedule,
        retire,
        request_review,
        withdraw_review,
        approve,
        request_changes,
        comment,
        compare,
        restore,
        translate,
        mark_current,
        page,
        picture,
        browse,
        in_language,
        feedback,
    ),
    grants=(
        Grant("knowledge_manager", "knowledge_bases", _BASE_KEEP),
        Grant("knowledge_manager", "article_categories", _BASE_KEEP),
        *(Grant("knowledge_manager", name, ("read",)) for name in _TALK),
        Grant("knowledge_manager", "profiles", ("read",), columns=_NAMED, where={"kind": "staff"}),
        *(Grant("service_manager", name, ("read",)) for name in _TALK),
        *(Grant(role, name, ("read",), "written") for role in _AGENTS for name in _TALK),
        Grant("knowledge_manager", "articles", _KEEP),
        *(
            Grant(r, name, ("read",))
            for r in ("knowledge_manager", "service_manager")
            for name in _PARTS
        ),
        *(Grant(role, name, ("read",), "of_article") for role in _AGENTS for name in _PARTS),
        Grant("knowledge_manager", "article_versions", ("read",)),
        Grant("knowledge_manager", "article_feedback", ("read",)),
        Grant("service_manager", "knowledge_bases", ("read",)),
        Grant("service_manager", "article_categories", ("read",)),
        Grant("service_manager", "articles", _READ),
        Grant("service_manager", "article_versions", ("read",)),
        Grant("service_manager", "article_feedback", ("read",)),
        *(
            Grant(role, name, ("read",))
            for role in (*_AGENTS, *_STAFF_READERS, "agent_tier_two")
            for name in ("knowledge_bases", "article_categories")
        ),
        *(Grant(r, "articles", _READ, where=_FIRST_TIER) for r in (*_STAFF_READERS, *_AGENTS)),
        Grant("agent_tier_two", "articles", _READ, where={"state": "published"}),
        *(Grant(r, "articles", ("read", "create", "revise", *_WRITE), "written") for r in _AGENTS),
        # What readers have is the knowledge managers' to change, for whom it is included.
        *(Grant(r, "articles", ("update", "delete"), "written", where=_DRAFT) for r in _AGENTS),
        *(Grant(role, "knowledge_bases", ("read",), where={"active": True}) for role in _AUDIENCES),
        *(Grant(role, "article_categories", ("read",), "shown") for role in _AUDIENCES),
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
    jobs=(clock, read_folder, write_folder),
    periodic=(watch,),
    routes=routes,
)
