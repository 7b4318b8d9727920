"""The admin area, second part: what cases are, what is promised in which hours, what follows."""

from portals.words import noted
from portals.workspace.records.admin import BASE
from portals.workspace.records.shapes import Kind, Panel, Preview, Tab

CASE_TYPES = Kind(
    "case_types", BASE, "admin", noted("Type of case"), noted("Types of cases"), "cases",
    columns=("key", "assignment_group", "portal_visible", "active"), section="serving",
    facts=("key", "description", "translations", "portal_visible", "assignment_group",
           "default_priority", "required_fields", "hidden_fields", "verbs", "priorities",
           "playbook", "reopen_days", "active"),
    tables=("stages", "tasks"),
    asks=("key", "name", "description", "translations", "portal_visible", "assignment_group_id",
          "default_priority", "required_fields", "hidden_fields", "verbs", "stages", "tasks",
          "priorities", "playbook", "reopen_days", "active"),
    filters=("active", "portal_visible"), verbs=("delete",), sample="preview",
    tabs=(
        Tab("overview", noted("Cases of it"), (
            Panel("cases", noted("Cases of it"), "cases", "case_type_id",
                  ("number", "subject", "priority", "state"), noted("No case is of this type.")),
        )),
    ),
)  # fmt: skip

PROMISES = Kind(
    "sla_definitions", BASE, "admin", noted("Promise of time"), noted("Promises of time"), "clock",
    columns=("kind", "tier", "priority", "response_minutes", "resolution_minutes", "calendar",
             "active"),
    section="serving",
    facts=("kind", "priority", "tier", "channel", "customer_kind", "account", "consumer",
           "response_minutes", "next_response_minutes", "resolution_minutes",
           "warning_percent", "calendar", "calendar_order", "active"),
    tables=("milestones",),
    asks=("name", "kind", "priority", "tier", "channel", "customer_kind", "account_id",
          "consumer_id", "response_minutes", "next_response_minutes", "resolution_minutes",
          "milestones", "warning_percent", "calendar_id", "calendar_order", "active"),
    filters=("active", "tier"), verbs=("delete",), sample="preview",
    tabs=(
        Tab("overview", noted("Clocks that run by it"), (
            Panel("clocks", noted("Clocks that run by it"), "task_slas", "definition_id",
                  ("target", "record", "started_at", "due_at", "state"),
                  noted("No clock runs by it."), sort="due_at"),
        )),
    ),
    previews=(
        Preview("running", noted("Running clocks"), "apply_to_running",
                noted("What would become of the clocks that run already. Nothing is changed."),
                noted("Work it out"), asks=("with_calendar",), given={"dry_run": True},
                applies=noted("Derive them anew")),
    ),
)  # fmt: skip

CALENDARS = Kind(
    "calendars", BASE, "admin", noted("Calendar"), noted("Calendars"), "clock",
    columns=("zone", "country", "region", "is_default"), section="serving",
    facts=("zone", "hours", "holidays", "country", "region", "exceptions", "is_default"),
    asks=("name", "zone", "hours", "country", "region", "holidays", "exceptions", "is_default"),
    filters=("is_default",), verbs=("delete",),
    tabs=(
        Tab("overview", noted("Who goes by it"), (
            Panel("holders", noted("Who goes by it"), "calendar_assignments", "calendar_id",
                  ("account", "consumer", "group"), noted("Nobody in particular."), add="create",
                  asks=("account_id", "consumer_id", "group_id"), verbs=("delete",)),
        )),
    ),
    previews=(
        Preview("deadlines", noted("Next deadlines"), "preview",
                noted("When promises of so many minutes would be due, one after the other."),
                noted("Show"), asks=("minutes", "start")),
        Preview("running", noted("Running clocks"), "apply_to_running",
                noted("What would become of the clocks that run already. Nothing is changed."),
                noted("Work it out"), given={"dry_run": True},
                applies=noted("Derive them anew")),
    ),
)  # fmt: skip

ESCALATION_RULES = Kind(
    "escalation_rules", BASE, "admin", noted("Escalation rule"), noted("Escalation rules"), "bolt",
    columns=("moment", "target", "level", "assignment_group", "active"), section="serving",
    facts=("moment", "target", "priority_most", "level", "assignment_group", "due_minutes",
           "hands_over", "active"),
    asks=("name", "moment", "target", "priority_most", "level", "assignment_group_id",
          "due_minutes", "hands_over", "active"),
    filters=("moment", "active"), verbs=("delete",),
)  # fmt: skip

MACROS = Kind(
    "macros", BASE, "admin", noted("Macro"), noted("Macros"), "bolt",
    columns=("description", "active"), section="serving",
    facts=("description", "active"), asks=("name", "description", "steps", "active"),
    tables=("steps",),
    filters=("active",), verbs=("delete",),
)  # fmt: skip

AUTOMATIONS = Kind(
    "automations", BASE, "admin", noted("Automation"), noted("Automations"), "bolt",
    columns=("key", "event_types", "position", "runs_as", "active"), section="following",
    sort="position",
    facts=("key", "summary", "position", "runs_as", "author", "active"),
    asks=("key", "name", "summary", "event_types", "changed", "condition", "steps", "position",
          "runs_as_id", "active"),
    filters=("active",), verbs=("delete",),
    tabs=(
        Tab("overview", noted("Overview"), (
            Panel("runs", noted("What it did"), "automation_runs", "automation_id",
                  ("event_type", "record", "started_at", "duration_ms", "reason", "state"),
                  noted("It did nothing yet."), sort="-started_at", verbs=("retry",)),
        )),
    ),
    previews=(
        Preview("try", noted("Try it"), "dry_run",
                noted("The steps are taken on the latest events, and undone again."),
                noted("Try it"), asks=("events",), waits=True),
    ),
)  # fmt: skip

APPROVAL_RULES = Kind(
    "approval_rules", BASE, "admin", noted("Approval rule"), noted("Approval rules"), "check",
    columns=("key", "resource", "action", "occasion", "position", "active"), section="following",
    sort="position",
    facts=("key", "summary", "resource", "action", "occasion", "condition", "pins", "levels", "fyi",
           "position", "allows_own", "by_mail", "calendar", "holds_work", "active"),
    asks=("key", "name", "summary", "resource", "action", "occasion", "condition", "pins", "levels",
          "fyi", "position", "allows_own", "by_mail", "calendar_id", "holds_work", "active"),
    filters=("active",), verbs=("delete",),
    previews=(
        Preview("foresee", noted("Who would be asked"), "foresee",
                noted("For one record, by this rule and all that are in force. Nobody is asked."),
                noted("Show"), asks=("record_id",), waits=True),
    ),
)  # fmt: skip

RUNS = Kind(
    "automation_runs", BASE, "admin", noted("Run"), noted("Runs of automations"), "clock",
    columns=("automation", "record", "started_at", "duration_ms", "fault", "state"),
    title="event_type", section="following", sort="-started_at",
    facts=("automation", "event_type", "record", "fault", "reason", "outcomes", "attempts", "depth",
           "started_at", "resume_at", "finished_at", "duration_ms"),
    filters=("state", "fault"), parents=("automation",), verbs=("retry",),
    states={"retry": ("dead", "stopped")},
)  # fmt: skip

TEXTS = Kind(
    "message_templates", BASE, "admin", noted("Text with places"), noted("Texts with places"),
    "mail", columns=("key", "kind", "resource", "default_locale", "active"), section="following",
    facts=("key", "kind", "resource", "default_locale", "active"),
    asks=("key", "name", "kind", "resource", "default_locale", "texts", "active"),
    filters=("kind", "active"), verbs=("delete",), sample="preview",
    previews=(
        Preview("reads", noted("How it reads"), "fill",
                noted("The text for one record. Without one, its places are empty."),
                noted("Show"), asks=("record_id", "locale"), waits=True),
        Preview("places", noted("Places to fill"), "variables",
                noted("Everything that the text may name."), noted("Show")),
    ),
)  # fmt: skip

SURVEYS = Kind(
    "surveys", BASE, "admin", noted("Survey"), noted("Surveys"), "check",
    columns=("title", "moment", "sample_percent", "active"), section="following",
    tables=("questions",),
    facts=("title", "intro", "translations", "moment", "letter", "delay_minutes",
           "sample_percent", "quiet_days", "open_days", "active"),
    asks=("name", "title", "intro", "translations", "moment", "questions", "letter",
          "delay_minutes", "sample_percent", "quiet_days", "open_days", "active"),
    filters=("moment", "active"), verbs=("delete",), sample="preview",
    tabs=(
        Tab("overview", noted("Who was asked"), (
            Panel("asked", noted("Who was asked"), "survey_invitations", "survey_id",
                  ("case", "contact", "consumer", "sent_at", "answered_at", "withheld_reason",
                   "state"),
                  noted("Nobody was asked yet."), sort="-created_at"),
        )),
    ),
    previews=(
        Preview("results", noted("Results"), "results",
                noted("How satisfied customers are: together, by agent and by group."),
                noted("Show")),
    ),
)  # fmt: skip

ADVICE = Kind(
    "recommendation_rules", BASE, "admin", noted("Rule of advice"), noted("Rules of advice"),
    "spark", columns=("title", "rank", "active"), section="following", sort="rank",
    facts=("condition", "title", "reason", "guidance", "action", "rank", "active"),
    asks=("name", "condition", "title", "reason", "guidance", "action", "rank", "active"),
    filters=("active",), verbs=("delete",),
)  # fmt: skip

KINDS = (CASE_TYPES, PROMISES, CALENDARS, ESCALATION_RULES, MACROS, AUTOMATIONS, APPROVAL_RULES,
         RUNS, TEXTS, SURVEYS, ADVICE)  # fmt: skip
