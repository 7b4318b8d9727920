"""The managers' view: what happened to cases, counted as it happens."""

from backend.service.insights.actions.activity import activity
from backend.service.insights.actions.behind import behind
from backend.service.insights.actions.figures import figures
from backend.service.insights.actions.keep import create, update
from backend.service.insights.counting import check, count, fold, follow, mend, rezone, watch
from backend.service.insights.mailing import mail_due, send
from backend.service.insights.resources import insights
from backend.service.insights.routes import routes
from infra.kernel.grants import Grant
from infra.kernel.registry import Domain

_KEEP = ("read", "update", "delete")
_LEADERS = ("service_manager", "team_lead")

domain = Domain(
    name="insights",
    summary="Figures of cases for those who lead: volume, times, promises, ratings.",
    resources=(insights,),
    actions=(figures, activity, behind, create, update),
    grants=(
        *(Grant(role, "insights", _KEEP, "own") for role in _LEADERS),
        *(Grant(role, "insights", ("read",), "shared") for role in _LEADERS),
        *(
            Grant(role, "insights", ("figures", "activity", "behind", "create"))
            for role in _LEADERS
        ),
        Grant("team_lead", "cases", ("read",), "group"),
        Grant("team_lead", "activity_entries", ("read",), "case_group"),
        Grant("team_lead", "task_slas", ("read",), "case_group"),
        Grant("team_lead", "groups", ("read",), "own"),
    ),
    jobs=(fold, rezone, count, mend, send),
    periodic=(watch, check, mail_due),
    routes=routes,
    followers=(follow,),
)
