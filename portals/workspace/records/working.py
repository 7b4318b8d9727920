"""What is worked on beside the conversation of a case: its tasks, its clocks, its escalations, and
who watches it."""

from portals.words import noted
from portals.workspace.records.products import parties
from portals.workspace.records.shapes import Kind, Panel, Preview, Tab

BASE = "/workspace/work"
_ALIVE = ("new", "in_progress", "waiting")
_CASE_LINE = ("number", "subject", "priority", "state")

TASKS = Kind(
    "case_tasks", BASE, "cases", noted("Case task"), noted("Case tasks"), "check",
    columns=("number", "case", "assignment_group", "assigned_to", "due_at", "priority", "state"),
    title="subject",
    facts=("number", "case", "parent", "description", "priority", "assignment_group",
           "assigned_to", "due_at", "outcome", "opened_at", "closed_at", "state"),
    asks=("case_id", "parent_id", "subject", "description", "priority", "assignment_group_id",
          "assigned_to_id", "due_at"),
    filters=("state",), parents=("case",), verbs=("start", "wait", "complete", "cancel"),
    told={"complete": ("outcome",)}, sort="-opened_at",
    states={"update": _ALIVE, "start": ("new", "waiting"), "wait": ("new", "in_progress"),
            "complete": _ALIVE, "cancel": _ALIVE},
    tabs=(
        Tab("overview", noted("Parts and clocks"), (
            Panel("below", noted("Tasks below it"), "case_tasks", "parent_id",
                  ("number", "subject", "assigned_to", "state"), noted("None are below it.")),
            Panel("clocks", noted("Clocks"), "task_slas", "record_id",
                  ("target", "definition", "started_at", "due_at", "state"),
                  noted("Nothing is promised."), where={"kind": "case_tasks"}),
        )),
    ),
)  # fmt: skip

CLOCKS = Kind(
    "task_slas", BASE, "cases", noted("Clock"), noted("Clocks"), "clock",
    columns=("record", "definition", "started_at", "due_at", "state"), title="target",
    facts=("record", "target", "definition", "calendar", "target_minutes", "started_at", "warn_at",
           "due_at", "paused_at", "breached_at", "stopped_at", "withdrawn_at", "state"),
    filters=("state",), sort="due_at",
    previews=(
        Preview("breakdown", noted("How it adds up"), "breakdown",
                noted("The working time of which the promise is made, stretch by stretch."),
                noted("Show")),
    ),
)  # fmt: skip

ESCALATIONS = Kind(
    "case_escalations", BASE, "cases", noted("Escalation"), noted("Escalations"), "bolt",
    columns=("case", "level", "cause", "assignment_group", "due_at", "state"), title="reason",
    facts=("case", "level", "cause", "reason", "assignment_group", "assigned_to", "due_at",
           "acknowledged_at", "ended_at", "state"),
    filters=("state", "cause"), parents=("case",), verbs=("acknowledge", "end"),
    states={"acknowledge": ("open",), "end": ("open", "acknowledged")},
)  # fmt: skip

CASES = Kind(
    "cases", "/workspace", "cases", noted("Case"), noted("Cases"), "cases", columns=(),
    facts=("case_type", "account", "contact", "consumer", "sold_product", "asset",
           "impact", "urgency", "priority", "assignment_group",
           "assigned_to", "parent", "follows", "duplicate_of", "state"),
    asks=("case_type_id", "subject", "description", "account_id", "contact_id", "consumer_id",
          "sold_product_id", "asset_id", "category", "subcategory", "impact", "urgency",
          "priority", "channel", "assignment_group_id", "assigned_to_id", "parent_id"),
    first={"channel": "phone"}, may_wait=True, title="subject",
    verbs=("assign", "escalate", "deescalate", "apply_macro", "watch", "unwatch"),
    told={"assign": ("assigned_to_id", "assignment_group_id"),
          "escalate": ("reason", "level", "assignment_group_id", "assigned_to_id",
                       "due_in_minutes"),
          "apply_macro": ("macro_id",)},
    kept={"assign": ("assignment_group_id",)}, tried=("apply_macro",),
    tabs=(
        parties("cases", "case_id"),
        Tab("work", noted("Tasks and clocks"), (
            Panel("tasks", noted("Tasks"), "case_tasks", "case_id",
                  ("subject", "assignment_group", "assigned_to", "due_at", "state"),
                  noted("No task was given out."), add="create",
                  asks=("subject", "description", "priority", "assignment_group_id",
                        "assigned_to_id", "due_at", "parent_id"),
                  verbs=("start", "wait", "complete"), edits=True),
            Panel("clocks", noted("Clocks"), "task_slas", "record_id",
                  ("target", "definition", "started_at", "due_at", "state"),
                  noted("Nothing is promised."), where={"kind": "cases"}),
            Panel("escalations", noted("Escalations"), "case_escalations", "case_id",
                  ("reason", "level", "cause", "assignment_group", "due_at", "state"),
                  noted("It was not escalated."), verbs=("acknowledge", "end")),
            Panel("watchers", noted("Watchers"), "case_watchers", "case_id",
                  ("profile", "created_at"), noted("Nobody watches it."), add="watch",
                  asks=("profile_id",), own=True, verbs=("delete",)),
        )),
        Tab("ties", noted("Other cases"), (
            Panel("below", noted("Cases below it"), "cases", "parent_id", _CASE_LINE,
                  noted("No case lies below it."), enters=True),
            Panel("duplicates", noted("Its duplicates"), "cases", "duplicate_of_id", _CASE_LINE,
                  noted("No case is a duplicate of it.")),
            Panel("merged", noted("Merged into it"), "cases", "merged_into_id", _CASE_LINE,
                  noted("No case was merged into it.")),
            Panel("following", noted("Cases that follow it"), "cases", "follows_id", _CASE_LINE,
                  noted("No case follows it.")),
        )),
    ),
)  # fmt: skip

KINDS = (TASKS, CLOCKS, ESCALATIONS)
