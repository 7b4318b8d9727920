"""Cases: opened, worked on, answered, rated; their tasks and the articles used on them."""

from backend.platform.responsibilities.reach import AGENTS, AT_HAND, RELATED
from backend.service.cases.actions.attach_article import attach_article
from backend.service.cases.actions.context import context
from backend.service.cases.actions.create import create, submit
from backend.service.cases.actions.depend import depend
from backend.service.cases.actions.duplicates import mark_duplicate, unmark_duplicate
from backend.service.cases.actions.escalate import (
    acknowledge,
    deescalate,
    end,
    escalate,
    escalate_task,
)
from backend.service.cases.actions.escalation_rules import create_rule, update_rule
from backend.service.cases.actions.finish import cancel, close, rate, reopen, resolve
from backend.service.cases.actions.macros import apply_macro, create_macro, update_macro
from backend.service.cases.actions.merge import merge, unmerge
from backend.service.cases.actions.preview_type import preview_type
from backend.service.cases.actions.structure import structure
from backend.service.cases.actions.talk import comment, note
from backend.service.cases.actions.tasks import begin, complete, drop, hold
from backend.service.cases.actions.tasks import create as create_task
from backend.service.cases.actions.tasks import update as update_task
from backend.service.cases.actions.types import create_type, update_type
from backend.service.cases.actions.update import update
from backend.service.cases.actions.verbs import verbs
from backend.service.cases.actions.verify import verify
from backend.service.cases.actions.watch import unwatch, watch
from backend.service.cases.actions.work import assign, move, start, wait
from backend.service.cases.escalations.raising import end_with_the_case, escalate_by_rule
from backend.service.cases.escalations.resources import case_escalations, escalation_rules
from backend.service.cases.held import follow_consent
from backend.service.cases.joining import stand_again
from backend.service.cases.macros.resources import macros
from backend.service.cases.resources import case_articles, case_task_dependencies, case_tasks, cases
from backend.service.cases.types.resources import case_types
from backend.service.cases.watching.resources import case_watchers
from backend.service.cases.watching.telling import tell, tell_watchers
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_WORK = (
    "read", "create", "update", "submit", "assign", "start", "comment", "note", "wait", "resolve",
    "close", "reopen", "cancel", "attach_article", "escalate", "deescalate", "watch", "unwatch",
    "apply_macro", "mark_duplicate", "unmark_duplicate", "merge",
    "unmerge", "move",
)  # fmt: skip
_ASK = (
    "read", "create", "update", "submit", "comment", "close", "reopen", "cancel", "rate", "watch",
    "unwatch",
)  # fmt: skip
_REPORT = ("read", "create", "comment")
_OWN_CASES = ("read", "create", "comment", "close", "reopen", "cancel")
_DEAL = ("read", "create", "update", "submit", "comment", "close", "reopen", "cancel")
_FOLLOW = ("read", "create", "update", "comment", "close", "reopen", "cancel")
_TASK_WORK = ("read", "create", "update", "start", "wait", "complete", "cancel", "escalate")
_TASK_PART = ("read", "update", "start", "wait", "complete", "escalate")
_BUSINESS = ("business", "unknown")
_CONSUMERS = ("consumer", "unknown")
_NAMED = ("id", "user_id", "kind", "title", "state")
_STAFF = (
    "agent_b2b", "agent_b2c", "case_viewer", "account_contributor", "consumer_contributor",
    "location_agent", "relationship_contributor", "service_organization_contributor",
    "self_contributor", "middle_office",
)  # fmt: skip
_OUTSIDE = (
    "customer", "customer_case_manager", "customer_admin", "consumer", "partner", "partner_admin",
    "dealer", "business_location_contributor",
)  # fmt: skip
_WORKERS = ("service_manager", "agent_b2b", "agent_b2c")

domain = Domain(
    name="cases",
    summary="Customers' questions and troubles, with what they own and are owed.",
    resources=(
        case_types, cases, case_tasks, case_task_dependencies, case_articles, escalation_rules,
        case_escalations, case_watchers, macros,
    ),
    actions=(
        create, update, submit, assign, start, move, comment, note, wait, resolve, close, reopen,
        cancel, rate, attach_article, context, create_task, update_task, begin, hold, complete,
        drop, structure, depend, escalate, deescalate, escalate_task, create_type, update_type,
        verbs, verify, create_rule, update_rule, acknowledge, end,
        mark_duplicate, unmark_duplicate, merge, unmerge, watch, unwatch,
        create_macro, update_macro, apply_macro, preview_type,
    ),
    grants=(
        Grant("service_manager", "cases", _WORK),
        # One grant a kind: each is a path whose rows come out of an index in the order of the list.
        *(Grant("agent_b2b", "cases", _WORK, where={"customer_kind": kind}) for kind in _BUSINESS),
        *(Grant("agent_b2c", "cases", _WORK, where={"customer_kind": kind}) for kind in _CONSUMERS),
        Grant("agent_b2b", "cases", _WORK, "assigned"),
        Grant("agent_b2c", "cases", _WORK, "assigned"),
        Grant("case_viewer", "cases", ("read",)),
        *(Grant("account_contributor", "cases", _REPORT, "opened", where={"customer_kind": kind})
          for kind in _BUSINESS),
        *(Grant("consumer_contributor", "cases", _REPORT, "opened", where={"customer_kind": kind})
          for kind in _CONSUMERS),
        # Where somebody works, and whom they serve there.
        *(Grant("location_agent", "cases", _WORK, path)
          for path in ("place", "organization", *AT_HAND, "assigned")),
        *(Grant("service_organization_contributor", "cases", _REPORT, path)
          for path in (*AT_HAND, "opened")),
        *(Grant("relationship_contributor", "cases", _FOLLOW, path) for path in RELATED),
        Grant("self_contributor", "cases", _OWN_CASES, "employee"),
        Grant("business_location_contributor", "cases", _ASK, "place"),
        *(Grant("organization_supervisor", "cases", ("read",), path)
          for path in ("place", "organization")),
        *(Grant("dealer", "cases", _DEAL, path) for path in ("place", "organization")),
        # A business serves its own customers and employees through us.
        Grant("customer_case_manager", "cases", _ASK, "through_account"),
        Grant("customer_admin", "cases", _ASK, "through_account"),
        Grant("customer_admin", "cases", _ASK, "through_account_tree"),
        Grant("customer", "cases", _ASK, "own"),
        Grant("customer_case_manager", "cases", _ASK, "own_account"),
        Grant("customer_admin", "cases", _ASK, "account_tree"),
        Grant("consumer", "cases", _ASK, "own_consumer"),
        Grant("partner", "cases", _ASK, "own"),
        Grant("partner_admin", "cases", _ASK, "account_tree"),
        Grant("service_manager", "case_tasks", _TASK_WORK),
        *(Grant(role, "case_tasks", _TASK_WORK, path)
          for role in AGENTS for path in ("of_case", "assigned", "group")),
        *(Grant("middle_office", "case_tasks", _TASK_PART, path)
          for path in ("assigned", "group")),
        *(Grant("location_agent", "case_tasks", _TASK_WORK, path)
          for path in ("case_place", "case_organization", "case_at_hand", "case_consumer_at_hand",
                       "assigned", "group")),
        *(Grant("organization_supervisor", "case_tasks", ("read",), path)
          for path in ("case_place", "case_organization")),
        Grant("case_task_viewer", "case_tasks", ("read",)),
        Grant("service_manager", "case_task_dependencies", ("read", "create", "delete")),
        *(Grant(role, "case_task_dependencies", ("read", "create", "delete"), "of_case")
          for role in AGENTS),
        *(Grant("location_agent", "case_task_dependencies", ("read", "create", "delete"), path)
          for path in ("case_place", "case_organization", "case_at_hand",
                       "case_consumer_at_hand")),
        Grant("case_task_viewer", "case_task_dependencies", ("read",)),
        # Whoever gives work to somebody must be able to name them.
        *(Grant(role, "profiles", ("read",), columns=_NAMED, where={"kind": "staff"})
          for role in (*_WORKERS, "middle_office", "case_viewer", "location_agent")),
        *(Grant(role, "case_articles", ("read",))
          for role in ("service_manager", "case_viewer", "knowledge_manager")),
        *(Grant(role, "case_articles", ("read",), "of_case")
          for role in (*AGENTS, "location_agent")),
        Grant("service_manager", "escalation_rules", ("read", "create", "update", "delete")),
        Grant("service_manager", "case_escalations", ("read", "acknowledge", "end")),
        *(Grant(role, "case_escalations", ("read", "acknowledge", "end"), "of_case")
          for role in ("agent_b2b", "agent_b2c", "location_agent")),
        *(Grant(role, "case_escalations", ("read", "acknowledge"), path)
          for role in ("agent_b2b", "agent_b2c", "middle_office")
          for path in ("group", "assigned")),
        Grant("case_viewer", "case_escalations", ("read",), "of_case"),
        Grant("service_manager", "macros", ("read", "create", "update", "delete")),
        *(Grant(role, "macros", ("read",), where={"active": True})
          for role in ("agent_b2b", "agent_b2c", "location_agent")),
        Grant("service_manager", "case_watchers", ("read", "delete")),
        *(Grant(role, "case_watchers", ("read", "delete"), "of_case")
          for role in ("agent_b2b", "agent_b2c", "location_agent")),
        *(Grant(role, "case_watchers", ("read", "delete"), "mine")
          for role in ("case_viewer", *_OUTSIDE)),
        Grant("service_manager", "case_types", ("read", "create", "update", "delete")),
        *(Grant(role, "case_types", ("read",)) for role in _STAFF),
        *(Grant(role, "case_types", ("read",), where={"active": True, "portal_visible": True})
          for role in _OUTSIDE),
    ),
    reactions=(follow_consent, escalate_by_rule, end_with_the_case, tell_watchers, stand_again),
    jobs=(tell,),
)  # fmt: skip
