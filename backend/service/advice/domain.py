"""Advice beside a case: what may help and why, and what its story comes to."""

from backend.service.advice.actions import rules
from backend.service.advice.actions.find import find
from backend.service.advice.actions.recommendations import recommendations
from backend.service.advice.actions.summary import summarize, summary
from backend.service.advice.jobs import index_article, index_case, keep_up
from backend.service.advice.reactions import (
    follow_article,
    follow_case_text,
    follow_words,
    forget_deleted,
)
from backend.service.advice.resources import recommendation_rules
from backend.service.advice.summarizing import write_summary
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "create", "update", "delete")
_SUMMARIZE = ("summarize",)
_DESKS = {"agent_b2b": ("business", "unknown"), "agent_b2c": ("consumer", "unknown")}

domain = Domain(
    name="advice",
    summary="Recommendations and summaries beside cases, and search of articles by meaning.",
    resources=(recommendation_rules,),
    actions=(rules.create, rules.update, recommendations, summary, summarize, find),
    grants=(
        Grant("service_manager", "recommendation_rules", _KEEP),
        Grant("service_manager", "cases", _SUMMARIZE),
        *(
            Grant(role, "cases", _SUMMARIZE, where={"customer_kind": kind})
            for role, kinds in _DESKS.items()
            for kind in kinds
        ),
        *(Grant(role, "cases", _SUMMARIZE, "assigned") for role in _DESKS),
    ),
    reactions=(follow_article, forget_deleted, follow_case_text, follow_words),
    jobs=(index_article, index_case, write_summary),
    periodic=(keep_up,),
)
