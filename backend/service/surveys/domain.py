"""Surveys: customers are asked how their case was handled, and what they say is counted."""

from backend.service.surveys.actions.answer import answer, form, form_by_link, respond
from backend.service.surveys.actions.define import create, update
from backend.service.surveys.actions.preview import preview
from backend.service.surveys.actions.results import results
from backend.service.surveys.asking import ask, send
from backend.service.surveys.resources import survey_answers, survey_invitations, surveys
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_ANSWER = ("read", "answer")
_CUSTOMERS = ("customer", "customer_case_manager", "customer_admin", "partner", "partner_admin")
_LINKS = (*_CUSTOMERS, "consumer", "visitor")

domain = Domain(
    name="surveys",
    summary="What customers say about how their cases were handled.",
    resources=(surveys, survey_invitations, survey_answers),
    actions=(create, update, preview, results, form, answer, form_by_link, respond),
    grants=(
        Grant("service_manager", "surveys", ("read", "create", "update", "delete", "results")),
        Grant("service_manager", "survey_invitations", ("read",)),
        Grant("service_manager", "survey_answers", ("read",)),
        # What was said of one's own work.
        *(
            Grant(role, "survey_answers", ("read",), "handled")
            for role in ("agent_b2b", "agent_b2c")
        ),
        *(Grant(role, "survey_invitations", _ANSWER, "own") for role in _CUSTOMERS),
        *(Grant(role, "survey_answers", ("read",), "own") for role in _CUSTOMERS),
        Grant("consumer", "survey_invitations", _ANSWER, "own_consumer"),
        Grant("consumer", "survey_answers", ("read",), "own_consumer"),
        # Whoever holds a link answers by it, signed in or not.
        *(Grant(role, "survey_invitations", ("respond",)) for role in _LINKS),
    ),
    reactions=(ask,),
    jobs=(send,),
)
