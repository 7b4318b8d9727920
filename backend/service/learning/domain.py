"""What searches and cases teach: what is not written yet, what helped, drafts of what is new."""

from backend.service.learning.actions.cases import draft_article, unwritten
from backend.service.learning.actions.searches import draft, gaps, note, opened
from backend.service.learning.actions.weigh import by_edition, usefulness
from backend.service.learning.jobs import forget
from backend.service.learning.resources import knowledge_searches
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEPERS = ("knowledge_manager", "service_manager")
_FROM_CASES = ("draft_article", "unwritten")
_DESKS = {"agent_b2b": ("business", "unknown"), "agent_b2c": ("consumer", "unknown")}

domain = Domain(
    name="learning",
    summary="Gaps in the knowledge, what articles helped, and drafts out of cases and searches.",
    resources=(knowledge_searches,),
    actions=(note, opened, gaps, draft, unwritten, draft_article, usefulness, by_edition),
    grants=(
        Grant("knowledge_manager", "knowledge_searches", ("read", "draft")),
        Grant("service_manager", "knowledge_searches", ("read",)),
        *(Grant(role, "articles", ("usefulness", "by_edition")) for role in _KEEPERS),
        *(Grant(role, "articles", ("by_edition",), "written") for role in _DESKS),
        Grant("service_manager", "cases", _FROM_CASES),
        *(
            Grant(role, "cases", _FROM_CASES, where={"customer_kind": kind})
            for role, kinds in _DESKS.items()
            for kind in kinds
        ),
        *(Grant(role, "cases", _FROM_CASES, "assigned") for role in _DESKS),
    ),
    periodic=(forget,),
)
