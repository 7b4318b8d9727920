"""One full context for every template, as a handler gives it: the measure of what a page needs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from portals.workspace.records.inputs import PLAIN
from tests.portals.insight_samples import AGENTS_ACTIVITY, BEHIND, BEHIND_PROMISES, INSIGHTS, VIEW
from tests.portals.insight_samples import EMPTY as EMPTY_INSIGHTS

Values = dict[str, Any]

NOW = datetime(2026, 11, 24, 10, 14, tzinfo=UTC)
ZONE = "Europe/London"


def ago(**units: float) -> str:
    return (NOW - timedelta(**units)).isoformat()


STORY = [
    {"what": what, "by": "Jonas Reuter", "for": "Nina Berg" if what == "agreed" else None,
     "text": "Which router?" if what == "asked_back" else "", "at": ago(hours=2)}
    for what in ("requested", "asked_again", "agreed", "refused", "approved", "asked_back",
                 "answered", "reassigned", "recalled", "stale", "performed", "failed", "reminded",
                 "overdue", "escalated", "something_new")
]  # fmt: skip
ASKED_ABOUT = [
    {"number": "AP1", "url": "/approvals/AP1", "state": "pending", "what": "resolve",
     "requester": "Jonas Reuter", "at": ago(hours=3), "story": STORY},
    {"number": "AP2", "url": None, "state": "approved", "what": "", "requester": "Nina Berg",
     "at": ago(hours=9), "story": STORY[:1]},
]  # fmt: skip


def within(**units: float) -> str:
    return (NOW + timedelta(**units)).isoformat()


ASKED = [
    {
        "name": f"custom.{kind}",
        "label": f"A {kind}",
        "hint": "As it is" if kind == "text" else None,
        "input": kind,
        "required": kind in {"text", "select", "many"},
        "value": ["a"] if kind == "many" else "",
        "choices": [{"value": "a", "label": "One"}, {"value": "b", "label": "Two"}]
        if kind in {"select", "many"}
        else [],
        "attributes": {"maxlength": 20} if kind == "text" else {},
    }
    for kind in ("text", "textarea", "number", "date", "select", "many", "yes_no", "url")
]
"""The tenant's own fields in a form, one of each."""
FACTS = [
    {"label": "Colour", "type": "choice", "text": "Red"},
    {"label": "On fire", "type": "boolean", "text": False},
    {"label": "Page", "type": "url", "text": "https://example.com/a"},
    {"label": "Write to", "type": "email", "text": "a@example.com"},
    {"label": "Since", "type": "date", "text": "2026-11-20"},
    {"label": "At", "type": "datetime", "text": "2026-11-20T08:00:00Z"},
    {"label": "Story", "type": "long_text", "text": "One.\n\nTwo."},
]
"""The same on a record."""
TENANT = {
    "name": "Northlight",
    "logo_url": None,
    "support_text": "Northlight Business Care, every day 07:00 to 22:00.",
    "support_phone": "0131 555 0100",
}
MAYA = {
    "name": "Maya Lindqvist",
    "email": "maya@harbourdental.example",
    "account": "Harbour Dental Group",
    "staff": False,
    "portal": True,
    "served": True,
    "profiles": [
        {"id": "p1", "name": "Harbour Dental Group", "active": True},
        {"id": "p2", "name": "Maya at home", "active": False},
    ],
}
JONAS = {
    "name": "Jonas Reuter",
    "email": "jonas@northlight.example",
    "account": None,
    "staff": True,
    "portal": False,
    "served": False,
    "profiles": [],
}
KARL = JONAS | {"name": "Karl Clerk", "staff": False, "portal": True}
"""Staff who ask at the portal in the name of others."""


def page(me: Values | None, path: str = "/", notices: list[Values] | None = None) -> Values:
    return {
        "tenant": TENANT,
        "me": me,
        "csrf_token": "c5rf",
        "theme": "",
        "path": path,
        "notices": notices or [],
    }


CLOCK = {
    "name": "Resolution",
    "state": "running",
    "due_at": within(hours=1, minutes=42),
    "target_seconds": 14_400,
}
LATE = CLOCK | {"due_at": ago(minutes=8)}
PAUSED = CLOCK | {"state": "paused", "due_at": None}
FILE = {"name": "router-light.jpg", "size_bytes": 1_840_000, "url": "/attachments/a1/content"}
PAGES = {"first": 1, "last": 3, "total": 38, "previous_url": None, "next_url": "?after=abc"}
ERRORS = [
    {"field": "subject", "message": "Say in one line what it is about"},
    {"field": "email", "message": "Write your email address like name@example.com"},
    {"field": None, "message": "The form was open for a long time. Send it again."},
]

# Visitors and customers

VISITOR: Values = {"page": page(None, "/signin")}
CUSTOMER: Values = {"page": page(MAYA, "/cases/CS0012847")}

ASKING: Values = {"page": page(KARL, "/customers")}
NARROWED: Values = {
    "customer": "accounts:1",
    "choices": [{"value": "accounts:1", "name": "Harbour"}],
    "name": None,
}
WIDE: Values = {"customer": "", "choices": [], "name": None}
OF_HARBOUR: Values = {"customer": "accounts:1", "choices": [], "name": "Harbour"}
FOUND = {
    "name": "Harbour Dental",
    "detail": "ACC0001",
    "url": "/customers/accounts/1",
    "ask_url": "/cases/new?customer=accounts:1",
}

CASE_LINES = [
    {
        "number": "CS0012847",
        "url": "/cases/CS0012847",
        "subject": "Internet drops every evening at the Leith practice",
        "state": "in_progress",
        "assignee": "Jonas Reuter",
        "clock": CLOCK,
        "updated_at": ago(minutes=12),
    },
    {
        "number": "CS0012610",
        "url": "/cases/CS0012610",
        "subject": "Add a seat at Portobello",
        "state": "waiting_customer",
        "assignee": None,
        "clock": PAUSED,
        "updated_at": ago(days=1),
    },
    {
        "number": "CS0012599",
        "url": "/cases/CS0012599",
        "subject": "The invoice for October shows a line that we returned in September",
        "state": "resolved",
        "assignee": "Priya Sandhu",
        "clock": None,
        "updated_at": ago(days=9),
    },
]
OWNED = [
    {
        "name": "Fibre 900 Business",
        "detail": "Leith, HG-20-4471",
        "state": "active",
        "url": "/products#p-1",
    },
    {"name": "Cloud Voice", "detail": None, "state": "active", "url": "/products#p-2"},
]
RESULTS: Values = {
    "q": "slow evening",
    "total": 2,
    "results": [
        {
            "number": "KB0419",
            "title": "Why is it slow in the evening?",
            "snippet": "Between six and nine many people share the line. Measure it.",
            "url": "/knowledge/KB0419",
            "base": "Internet",
        },
        {
            "number": "KB0420",
            "title": "Measure your line",
            "snippet": "Use a cable, close other programs and measure three times.",
            "url": "/knowledge/KB0420",
            "base": None,
        },
    ],
}
TALK = [
    {
        "id": "1",
        "author": {"name": "Maya Lindqvist", "mine": True},
        "at": ago(hours=1, minutes=2),
        "text": "Since last Thursday our internet drops every evening.\n\nRestarting helps for ten "
        "minutes <b>at most</b>.",
        "files": [FILE],
    },
    {
        "id": "2",
        "author": {"name": "Jonas Reuter", "mine": False},
        "at": ago(minutes=48),
        "text": "Your line tests clean, but the router restarted 14 times. What time suits you?",
        "files": [],
    },
]
CASE_OF_CUSTOMER = CASE_LINES[0] | {
    "customer": None,
    "id": "0192f",
    "description": "Since last Thursday our internet drops every evening.",
    "created_at": ago(hours=1, minutes=2),
    "opened_by": "Maya Lindqvist",
    "product": "Fibre 900 Business",
    "kind": "Complaint",
    "resolution": None,
    "facts": FACTS,
    "can_comment": True,
    "can_close": True,
    "can_reopen": True,
    "merged_into": None,
    "follows": {"id": "1", "number": "CS1"},
    "followed_by": None,
    "can_rate": True,
    "can_send": False,
    "can_change": False,
    "can_withdraw": False,
    "reopens_as_new": False,
    "watching": None,
    "rating": None,
}
RESOLVED = CASE_OF_CUSTOMER | {
    "state": "resolved",
    "resolution": "We put the previous software back on your router.",
}
RATED = RESOLVED | {
    "state": "closed",
    "can_comment": False,
    "rating": {"score": 4, "comment": "Quick, and in plain words."},
}
STEPS = [
    {"state": "new", "at": ago(hours=1, minutes=2), "when": "past", "detail": "by email"},
    {"state": "in_progress", "at": ago(minutes=48), "when": "now", "detail": None},
    {"state": "resolved", "at": None, "when": "ahead", "detail": None},
    {"state": "closed", "at": None, "when": "ahead", "detail": None},
]
CASE_PAGE = CUSTOMER | {"steps": STEPS, "thread": TALK, "values": {}, "errors": [], "survey": None}
SURVEY: Values = {
    "title": "How was it?",
    "intro": "Two minutes.",
    "case_number": "CS0001026",
    "case_subject": "No light on the router",
    "questions": [
        {"key": "fast", "text": "Fast?", "kind": "yes_no", "required": True},
        {"key": "kind", "text": "Kind?", "kind": "rating", "required": False},
        {"key": "why", "text": "Why?", "kind": "text", "required": False},
        {
            "key": "way",
            "text": "By which way?",
            "kind": "choice",
            "required": False,
            "choices": ["Phone", "Mail"],
            "labels": ["Telefon", "Post"],
        },
    ],
}
ASKED_BY_TYPE = {
    "kinds": [{"value": "k1", "label": "Complaint"}],
    "chosen": {"name": "Complaint", "description": "We answer within a day."},
    "needed": {"category", "asset_id"},
    "hidden": set(),
    "more": [
        {"name": "category", "label": "What does it belong to?", "choices": None},
        {"name": "urgency", "label": "How urgent is it?",
         "choices": [{"value": 1, "label": "High"}]},
    ],
}  # fmt: skip
ASKED_OF_ALL = {"kinds": [], "chosen": None, "needed": set(), "hidden": set(), "more": []}
CHAT = {"id": "0193c", "state": "waiting", "agent": None, "wait_minutes": 2}
ASSETS = [
    {
        "id": "7",
        "name": "Router at the counter",
        "mark": "T-7",
        "model": "Fibre router R7",
        "serial_number": "R7-0007",
        "asset_tag": "T-7",
        "state": "in_use",
        "location": "Leith, Edinburgh",
        "is_supported": True,
    },
    {
        "id": "8",
        "name": "Old router",
        "mark": None,
        "model": None,
        "serial_number": None,
        "asset_tag": None,
        "state": "retired",
        "location": None,
        "is_supported": False,
    },
]
PRODUCTS = [
    {
        "id": "1",
        "name": "Fibre 900 Business",
        "serial_number": "HG-20-4471",
        "state": "active",
        "location": "Leith, 22 Constitution Street",
        "installed_at": "2024-03-01",
        "entitlements": [
            {"name": "Business Care, 4 h", "valid_to": "2028-06-30", "state": "active"},
            {"name": "Loan hub", "valid_to": None, "state": "active"},
        ],
        "open_cases": 1,
    },
    {
        "id": "2",
        "name": "Cloud Voice",
        "serial_number": None,
        "state": "active",
        "location": None,
        "installed_at": None,
        "entitlements": [],
        "open_cases": 0,
    },
]
ARTICLE_HTML = (
    "<p>Between six and nine many people share the line.</p><h2>Try this</h2>"
    "<ol><li>Move the router off the floor.</li><li>Measure with a <code>cable</code>.</li></ol>"
)

# The workspace

OFFER = {
    "id": "0194a",
    "title": "No dial tone after number port",
    "customer": "Castle Street Physio",
    "channel": "phone",
    "reason": "voice skill, 2 of 5 places taken, longest without work.",
    "expires_at": within(seconds=42),
    "timeout_seconds": 45,
    "clock": CLOCK | {"due_at": within(minutes=14)},
}
DESK = {
    "is_admin": True,
    "inbox_count": 3,
    "presence": "available",
    "load": 2,
    "capacity": 5,
    "offers": [OFFER],
    "reads_figures": True,
}
CALM = DESK | {"is_admin": False, "inbox_count": 0, "presence": "away", "offers": []}
INBOX_ROW = {
    "id": "0192f",
    "number": "CS0012847",
    "url": "/workspace/cases/CS0012847",
    "who": "Maya Lindqvist",
    "what": "Internet drops every evening",
    "at": ago(minutes=12),
    "unread": True,
    "clock": CLOCK,
    "current": True,
}
INBOX = {
    "box": "mine",
    "counts": {"mine": 3, "team": 23, "waiting": 1},
    "groups": [
        {
            "name": "answer",
            "rows": [
                INBOX_ROW,
                INBOX_ROW | {"who": "Owen Pryce", "what": "Billed twice", "current": False},
                INBOX_ROW
                | {
                    "who": "Farida Haddad",
                    "what": "Cannot add a hunt group to the office in Leith",
                    "clock": LATE,
                    "unread": False,
                    "current": False,
                },
            ],
        },
        {
            "name": "waiting",
            "rows": [
                INBOX_ROW
                | {
                    "who": "Bell & Rowe Solicitors",
                    "at": ago(days=3),
                    "clock": PAUSED,
                    "unread": False,
                    "current": False,
                }
            ],
        },
    ],
}
STAFF: Values = {"page": page(JONAS, "/workspace"), "desk": DESK}
LIST_ROW = {
    "id": "0192f",
    "number": "CS0012847",
    "url": "/workspace/cases/CS0012847",
    "subject": "Internet drops every evening at the Leith practice",
    "customer": "Harbour Dental Group",
    "product": "Fibre 900 Business",
    "kind": "Complaint",
    "state": "in_progress",
    "priority": 2,
    "assignee": "Jonas Reuter",
    "channel": "email",
    "clock": CLOCK,
    "created_at": ago(hours=1),
    "updated_at": ago(minutes=12),
}
COLUMNS = ["customer", "product", "state", "priority", "assignee", "due", "updated_at"]
CASE_LIST = STAFF | {
    "can_open": True,
    "q": "",
    "count": 1284,
    "sort": "due",
    "pages": PAGES,
    "views": [
        {"name": "Mine", "url": "?view=mine", "count": 14, "current": False},
        {"name": "Due today", "url": "?view=due", "count": 38, "current": True},
        {"name": "Leith slowdown", "url": "?view=leith", "count": None, "current": False},
    ],
    "filters": [
        {"name": "state", "value": "is open", "remove_url": "?priority=1"},
        {"name": "priority", "value": "Normal or higher", "remove_url": "?state=open"},
    ],
    "hidden": {"state": "open", "columns": "state"},
    "kept_by_filter": {"view": "open"},
    "fields": [
        {
            "name": "state",
            "value": "open",
            "choices": [
                {"value": "open", "label": "Open"},
                {"value": "closed", "label": "Closed"},
            ],
        }
    ],
    "columns": COLUMNS,
    "all_columns": [*COLUMNS, "channel", "created_at"],
    "headings": ["Colour"],
    "own": [[{"label": "Colour", "type": "choice", "text": "Red"}]] * 50,
    "sort_urls": {"number": "?sort=number", "due": "?sort=-due"},
    "clear_url": "/workspace/cases",
    "bulk": [
        {"value": "assign_to_me", "name": "assign_to_me"},
        {"value": "escalate", "name": "escalate"},
    ],
    "rows": [
        LIST_ROW,
        LIST_ROW
        | {
            "id": "2",
            "number": "CS0012851",
            "subject": "No dial tone after number port",
            "state": "new",
            "priority": "critical",
            "assignee": None,
            "clock": LATE,
        },
        LIST_ROW
        | {
            "id": "3",
            "number": "CS0012822",
            "customer": None,
            "product": None,
            "kind": None,
            "state": "waiting_for_parts",
            "priority": 4,
            "clock": None,
        },
    ],
}
EVENT = {"kind": "event", "id": "e1", "at": ago(minutes=61), "actor": None, "text": None}
STAFF_THREAD = [
    TALK[0] | {"kind": "message", "channel": "email"},
    EVENT | {"what": "entitlement", "from": None, "to": "Business Care, 4 h"},
    EVENT
    | {"id": "e2", "what": "state", "from": "new", "to": "in_progress", "actor": "Jonas Reuter"},
    EVENT | {"id": "e3", "what": "priority", "from": 3, "to": 2},
    TALK[1]
    | {
        "kind": "message",
        "channel": "email",
        "author": {"name": "Jonas Reuter", "mine": True},
    },
    {
        "kind": "note",
        "id": "3",
        "author": {"name": "Priya Sandhu", "mine": False},
        "channel": "internal",
        "at": ago(minutes=33),
        "text": "Same pattern as CS0012791: firmware 4.2.1 restarts under load.",
        "files": [],
    },
    {
        "kind": "solution",
        "id": "4",
        "author": {"name": "Jonas Reuter", "mine": True},
        "channel": "email",
        "at": ago(minutes=2),
        "text": "The previous software is back on the router.",
        "files": [],
    },
]
SOURCE = {"label": "Priya’s note", "url": "#m-3"}
ADVICE: Values = {
    "can_summarise": True,
    "summary": {
        "at": ago(minutes=11),
        "made_by": "extract",
        "sentences": [
            {"text": "The router restarts every evening under load.", "sources": [SOURCE]},
            {
                "text": "Maya asks for a way to take cards tonight.",
                "sources": [SOURCE, {"label": "Maya’s mail", "url": "#m-1"}],
            },
        ],
    },
    "recommendations": [
        {
            "id": "r1",
            "kind": "article",
            "title": "Roll an HG-20 router back to firmware 4.1.9",
            "url": "/workspace/knowledge/KB0419",
            "quote": None,
            "reason": "Leith owns an HG-20; “drops”, “evening”, “restart”.",
            "strength": "strong",
            "sources": [],
            "verb": {
                "label": "Add to reply",
                "insert": "Tonight we roll your router back, about six minutes offline.",
                "action": "/workspace/cases/CS0012847/advice/r1",
                "action_label": "Attach to the case",
                "then": None,
                "fields": {},
            },
        },
        {
            "id": "r2",
            "kind": "case",
            "title": "CS0012791 Connection drops at closing time",
            "url": "/workspace/cases/CS0012791",
            "quote": "Firmware back to 4.1.9 at 19:00. No restart in 72 hours.",
            "reason": "same router, same hours.",
            "strength": "fair",
            "sources": [SOURCE],
            "verb": {
                "label": None,
                "insert": None,
                "action": "/workspace/cases/CS0012847/advice/r2",
                "action_label": "Resolve",
                "then": "resolve",
                "fields": {"resolution_from": "CS0012791"},
            },
        },
        {
            "id": "r3",
            "kind": "rule",
            "title": "Lend a 4G hub for tonight",
            "url": None,
            "quote": None,
            "reason": "card payments are down.",
            "strength": None,
            "sources": [],
            "verb": None,
        },
    ],
}
CASE_ON_DESK = {
    "id": "0192f",
    "number": "CS0012847",
    "url": "/workspace/cases/CS0012847",
    "subject": "Internet drops every evening at the Leith practice",
    "state": "in_progress",
    "priority": 2,
    "channel": "email",
    "assignee": "Jonas Reuter",
    "assigned": True,
    "mine": True,
    "held_since": ago(hours=3),
    "clock": CLOCK,
    "created_at": ago(hours=1),
    "verbs": [
        {"name": "escalate", "action": "/x", "fields": [], "main": False, "key": None},
        {
            "name": "resolve",
            "action": "/workspace/cases/CS0012847/resolve",
            "fields": [{"name": "resolution", "value": None, "required": True}],
            "main": False,
            "key": "s",
        },
    ],
    "can_reply": True,
    "can_note": True,
    "can_merge": True,
    "can_change": True,
    "type": "Repair",
    "escalation": {"since": ago(hours=2), "level": 2, "reason": "Down again"},
    "ties": [
        {"words": "It follows", "number": "CS1", "url": "/workspace/cases/CS1", "subject": "Dark"}
    ],
    "more": [
        {"name": "assign", "url": "/workspace/cases/CS0012847/people?tab=work&do=assign"},
        {"name": "watch", "action": "/x", "fields": [], "main": False, "key": None},
        {
            "name": "cancel",
            "action": "/x",
            "main": False,
            "key": None,
            "fields": [{"name": "reason", "value": None, "required": False}],
        },
    ],
    "stage": {"name": "Diagnosis", "next": [{"key": "repair", "name": "Repair"}]},
    "merged_into": None,
    "reply_to": "Maya Lindqvist",
    "reply_channel": "email",
}
ACTIVITY = [
    EVENT | {"what": what, "from": None, "to": to, "actor": "Priya Sandhu"}
    for what, to in [
        ("note", None),
        ("comment", None),
        ("assignee", "Jonas Reuter"),
        ("assignee", None),
        ("handed", None),
        ("rating", 4),
        ("opened", None),
        ("line_test_finished", None),
    ]
]
DESK_CASE = (
    STAFF
    | ADVICE
    | {
        "inbox": INBOX,
        "case": CASE_ON_DESK,
        "thread": STAFF_THREAD,
        "then": [
            {"value": "wait_for_customer", "label": "Wait for customer"},
            {"value": "", "label": "Keep open"},
        ],
        "approvals": ASKED_ABOUT,
        "facts": [
            {"name": "urgency", "cell": {"kind": "text", "text": "High", "url": None}},
        ],
        "customer": {
            "name": "Maya Lindqvist",
            "url": "/workspace/customers/contacts/1",
            "detail": "Office manager",
            "email": "maya@harbourdental.example",
            "phone": "+44 131 555 0142",
            "facts": [
                {"label": "Account", "text": "Harbour Dental Group", "url": "/x"},
                {"label": "Site", "text": "Leith", "url": None},
            ],
            "open_cases": [
                {
                    "number": "CS0012847",
                    "url": "/x",
                    "subject": "Internet drops",
                    "state": "in_progress",
                },
                {
                    "number": "CS0012610",
                    "url": "/y",
                    "subject": "Add a seat",
                    "state": "waiting_customer",
                },
            ],
        },
        "entitlement": {
            "state": "entitled",
            "name": "Business Care, 4 h",
            "detail": "by phone, mail and chat, every day 07:00 to 22:00",
            "clocks": [CLOCK | {"name": "First answer", "state": "met"}, CLOCK],
            "contract": {"number": "SC-3391", "url": None, "valid_to": "2028-06-30"},
            "facts": [{"label": "Level", "text": "Gold"}],
            "reasons": [
                {
                    "name": "Business Care, 4 h",
                    "text": "chosen, because it is the most specific that holds",
                    "scope": "By the contract",
                    "chosen": True,
                },
                {"name": "Old care", "text": "has ended", "scope": None, "chosen": False},
            ],
        },
        "products": [
            {
                "name": "Fibre 900 Business",
                "url": "/x",
                "detail": "HG-20-4471",
                "state": "active",
                "on_case": True,
            },
            {
                "name": "Cloud Voice",
                "url": None,
                "detail": None,
                "state": "active",
                "on_case": False,
            },
        ],
        "activity": ACTIVITY,
        "own": FACTS,
        "values": {},
        "errors": [],
    }
)
TALK_ON_DESK = {
    "id": "0193c",
    "number": "INT0001001",
    "url": "/workspace/conversations/0193c",
    "subject": "Is the line down?",
    "state": "open",
    "channel": "chat",
    "assignee": "Jonas Reuter",
    "mine": True,
    "case": {"number": "CS0012847", "url": "/workspace/cases/CS0012847"},
    "verbs": CASE_ON_DESK["verbs"],
    "can_say": True,
    "who": "Maya Lindqvist",
}


def cell(text: str | None, kind: str = "text", url: str | None = None) -> Values:
    return {"kind": kind, "text": text, "url": url}


KIND_TABS = [
    {"name": "All", "url": "/workspace/customers", "current": True},
    {"name": "Accounts", "url": "/workspace/customers/accounts", "current": False},
]
PEOPLE = STAFF | {
    "tabs": KIND_TABS,
    "q": "",
    "rows": [
        {
            "kind": "account",
            "name": "Harbour Dental Group",
            "url": "/x",
            "code": "ACC-00412",
            "email": None,
            "phone": None,
            "account": None,
            "open_cases": 2,
        },
        {
            "kind": "contact",
            "name": "Maya Lindqvist",
            "url": "/y",
            "code": None,
            "email": "maya@harbourdental.example",
            "phone": None,
            "account": "Harbour Dental Group",
            "open_cases": 1,
        },
    ],
}
ACCOUNT_PAGE = STAFF | {
    "tables": [],
    "effects": None,
    "trial": None,
    "here": "customers",
    "record": {
        "id": "a1",
        "title": "Harbour Dental Group",
        "kind": "Account",
        "many": "Accounts",
        "list_url": "/workspace/customers/accounts",
        "url": "/workspace/customers/accounts/a1",
        "code": "ACC-00412",
        "state": "active",
        "is_faced": True,
        "icon": "people",
        "parents": [{"name": "Harbour Holdings", "url": "/x"}],
        "email": "office@harbourdental.example",
        "phone": "+44 131 555 0140",
        "edit_url": "/workspace/customers/accounts/a1/edit",
        "verbs": [],
    },
    "tabs": [{"name": "Overview", "url": "/x", "current": True}],
    "tab": "overview",
    "facts": [
        {"name": "number", "cell": cell("ACC-00412")},
        {"name": "created_at", "cell": cell("2019-03-01T10:00:00Z", "moment")},
    ],
    "panels": [],
    "access": None,
    "preview": None,
    "is_watched": False,
    "is_bare": False,
    "approvals": ASKED_ABOUT,
    "as_role": "",
    "told": FACTS,
    "errors": [],
    "is_account": True,
    "contacts": [
        {"name": "Maya Lindqvist", "url": "/y", "role": "Office manager", "email": None},
    ],
    "children": [{"name": "Harbour Dental Leith", "code": "ACC-00413", "url": "/z"}],
    "products": [
        {
            "name": "Fibre 900 Business",
            "url": "/x",
            "serial_number": "HG-20-4471",
            "state": "active",
            "installed_at": "2024-03-01",
        }
    ],
    "entitlements": [
        {
            "name": "Business Care, 4 h",
            "state": "active",
            "valid_from": "2024-07-01",
            "valid_to": "2028-06-30",
            "detail": "All sites",
        }
    ],
    "shown": {"promises", "cases", "talks", "products", "agreed", "owed", "members", "branches"},
    "promises": [{"clock": LIST_ROW["clock"], "number": "CS1", "subject": "No light", "url": "/x"}],
    "talks": [
        {"subject": "No light", "channel": "chat", "state": "ended", "at": ago(days=2), "url": None}
    ],
    "contracts": [
        {
            "name": "Support",
            "number": "CT1",
            "state": "active",
            "ends_on": "2028-06-30",
            "url": "/x",
        }
    ],
    "cases": [LIST_ROW, LIST_ROW | {"clock": None, "state": "closed"}],
    "new_case_url": "/workspace/cases/new?account_id=a1",
    "cases_url": "/workspace/cases?account=1",
}
CHOICES = [{"value": "b1", "label": "Internet"}, {"value": "b2", "label": "Voice"}]
FIELDS_ASKED: list[Values] = [
    PLAIN | {"name": name, "kind": kind, "required": name == "name", "of": "accounts",
             "nullable": True, "choices": CHOICES}
    for name, kind in (
        ("name", "text"), ("parent_id", "ref"), ("account_id", "ref"), ("state", "choice"),
        ("is_partner", "flag"), ("responsibility_id", "pick"), ("notes", "textarea"),
        ("roles", "list"), ("ends_on", "date"), ("email", "email"), ("verbs", "many"),
        ("choices", "lines"), ("due_at", "moment"), ("attachment_id", "file"),
    )
]  # fmt: skip
_OPENS = PLAIN | {"name": "hours.0.opens", "kind": "text", "required": True, "choices": [],
                  "label": "opens", "options": ["09:00"], "redraws": True}  # fmt: skip
COMPOSED_ASKED: list[Values] = [
    PLAIN | {"name": name, "kind": kind, "required": False, "choices": [],
             "lines": [{"name": f"{name}.0", "fields": [_OPENS | {"name": f"{name}.0.opens"}]}]}
    for name, kind in (("hours", "rows"), ("conditions", "pairs"), ("constraints", "group"))
]  # fmt: skip
"""Fields that are made of fields."""
FORM = {
    "action": "/workspace/customers/accounts/a1/panels/contacts",
    "fields": FIELDS_ASKED,
    "values": {"name": "Leith", "state": "b2"},
    "errors": [{"field": "parent_id", "message": "Several are called that: choose one"}],
    "options": {"parent_id": [{"id": "a2", "label": "ACC2 · Harbour"}]},
    "is_open": True,
}
PANELS = [
    {
        "id": "contacts",
        "title": "Contacts",
        "none": "No contacts yet.",
        "columns": ["name", "state", "ends_on", "priority", "kind", "email"],
        "has_more": True,
        "rows": [
            {
                "cells": [
                    cell("Maya Lindqvist", "link", "/y"),
                    cell("active", "status"),
                    cell("2028-06-30", "day"),
                    cell("2", "priority"),
                    cell("email", "code"),
                    cell(None, "none"),
                ],
                "verbs": [{"name": "end", "action": "/z/end"}],
            }
        ],
        "form": FORM,
        "enter_url": "/admin/access_configurations/new",
    },
    {
        "id": "team",
        "title": "Team",
        "none": "Nobody is on the team yet.",
        "columns": ["profile"],
        "has_more": False,
        "rows": [],
        "form": None,
        "enter_url": None,
    },
]
EFFECTS = {
    "people": 1,
    "gains": [{"name": "Maya", "resource": "cases", "count": 3}],
    "losses": [],
    "truncated": True,
}
ASKING_VERB = {
    "name": "grant_role", "action": "/x", "fields": [_OPENS], "main": False, "key": None,
    "values": {}, "errors": [], "options": {}, "is_open": True, "can_preview": True,
}  # fmt: skip
TABLES = [
    {"name": "tasks", "columns": ["subject", "when"],
     "rows": [[cell("Ask"), cell("case.priority == 1", "rule")]]},
]  # fmt: skip
RECORD = ACCOUNT_PAGE | {
    "tables": TABLES, "panels": PANELS, "desk": CALM, "errors": FORM["errors"], "effects": EFFECTS,
    "trial": {"state": "resolved", "steps": [
        {"verb": "note", "done": True, "refused": None, "says": "Message: Measured"},
        {"verb": "resolve", "done": False, "refused": "It is closed.", "says": ""},
    ]},
    "record": ACCOUNT_PAGE["record"] | {"verbs": [ASKING_VERB]},
}  # fmt: skip
FILTERED = [{"name": "state", "value": "active", "remove_url": "/x"}]
RECORDS = STAFF | {
    "here": "customers",
    "kind": {
        "one": "Account",
        "many": "Accounts",
        "path": "/workspace/customers/accounts",
        "icon": "people",
        "is_faced": True,
    },
    "q": "harbour",
    "can_search": True,
    "count": 2,
    "columns": ["name", "code", "state"],
    "sort": "path",
    "sort_urls": {"name": "?sort=name"},
    "tabs": KIND_TABS,
    "fields": [
        {
            "name": "state",
            "value": "active",
            "choices": [{"value": "active", "label": None}, {"value": "true", "label": "Yes"}],
        }
    ],
    "filters": [*FILTERED, {"name": "is_partner", "value": "true", "remove_url": "/y"}],
    "hidden": {"q": "harbour", "state": "active"},
    "pages": PAGES,
    "new_url": "/workspace/customers/accounts/new",
    "rows": [
        {
            "cells": [cell("Harbour", "link", "/x"), cell("H1"), cell("active", "status")],
            "own": [FACTS[0]],
            "depth": 0,
        },
        {
            "cells": [cell("Leith", "link", "/y"), cell("H2"), cell(None, "none")],
            "own": [{"type": "none", "text": None}],
            "depth": 1,
        },
    ],
    "headings": ["Colour"],
}
PREVIEW: Values = {
    "id": "deadlines", "title": "Next deadlines", "about": "When they are due.", "button": "Show",
    "posts": True, "fields": [FIELDS_ASKED[0]], "values": {}, "errors": [], "options": {},
    "apply": {"action": "/x", "button": "Derive them anew", "after": "0192"},
    "answer": {
        "facts": [{"name": "zone", "cell": cell("Europe/Berlin")}],
        "tables": [
            {
                "name": "deadlines", "columns": ["starts_at", "seconds", "outcomes", "resource"],
                "rows": [[cell("2028-06-30T10:00:00Z", "exact"), cell("60", "span")|{"text": 60},
                          cell("a\nb", "words"), cell("cases", "collection")]],
                "has_more": True,
            }
        ],
    },
}  # fmt: skip
ACCESS = {
    "is_admin": True,
    "words": "Maya",
    "name": "Maya Lindqvist",
    "is_unknown": False,
    "choices": [],
    "told": {
        "allowed": ["read"],
        "grants": [
            {
                "title": "By the role customer",
                "relation": "of the account",
                "verbs": ["read"],
                "columns": ["name"],
                "holds": [{"name": "Representative", "on": "Harbour", "by": "contacts"}],
            }
        ],
    },
    "holds": [[cell("Maya Lindqvist", "link", "/y"), cell("Representative")]],
}
RECORD_FORM = STAFF | {
    "here": "customers",
    "kind": {"one": "Account", "many": "Accounts", "path": "/workspace/customers/accounts"},
    "record": {"title": "Harbour Dental Group", "url": "/x", "version": 3},
    "action": "/x/edit",
    "fields": [*FIELDS_ASKED, *COMPOSED_ASKED],
    "asked": ASKED,
    "lists": {"collections": ["cases"], "zones": ["Europe/Berlin"]},
    "has_redraws": True,
    "values": FORM["values"],
    "before": {"was:name": "Leith"},
    "errors": FORM["errors"],
    "options": FORM["options"],
    "may_force": False,
    "suspects": [],
    "can_preview": True,
    "may_wait": True,
    "effects": EFFECTS,
    "sample": None,
}
ARTICLE_ROW = {
    "number": "KB0419",
    "title": "Roll an HG-20 router back to firmware 4.1.9",
    "url": "/workspace/knowledge/KB0419",
    "state": "published",
    "base": "Internet",
    "audience": "customers",
    "updated_at": ago(days=2),
    "helpful": 31,
    "unhelpful": 3,
}
STAFF_ARTICLE = ARTICLE_ROW | {
    "html": ARTICLE_HTML,
    "version": 4,
    "author": "Priya Sandhu",
    "revised": True,
    "old": False,
    "language": "en",
    "category": "Routers",
    "review": "requested",
    "owner": "Priya Sandhu",
    "publish_at": within(days=2),
    "expires_at": within(days=90),
    "outdated": True,
    "zone": "Europe/Berlin",
}
MAIL: Values = {
    "tenant": {
        "name": "Northlight",
        "address": "4 Granton Square, Edinburgh",
        "colour": "#0c6b62",
    },
    "subject": "Fixed: internet at the Leith practice [CS0012847]",
    "preview": "We changed the router’s software and are watching it until Friday.",
    "heading": "Your internet at Leith should be steady again",
    "greeting": "Maya",
    "paragraphs": ["Last night we put the previous software back on your router."],
    "next": "We watch it until Friday 27 November.",
    "action": {"label": "Tell us if it works", "url": "https://example.com/cases/CS0012847"},
    "signature": {"name": "Jonas Reuter", "team": "Business Care"},
    "reply": "Jonas",
    "about": {"number": "CS0012847", "url": "https://example.com/cases/CS0012847"},
}
BARE_MAIL = MAIL | {
    "tenant": MAIL["tenant"] | {"address": None},
    "greeting": None,
    "next": None,
    "action": None,
    "signature": None,
    "reply": None,
    "about": None,
}
NOTICE = [
    {
        "text": "3 cases assigned to you",
        "undo": {"action": "/workspace/cases/bulk", "fields": {"do": "unassign"}},
    }
]

# name of the sample -> (template, context)
SHELVES = [
    {
        "id": "b1",
        "name": "Internet",
        "description": "Lines and routers",
        "url": "/knowledge?base=b1",
    },
    {"id": "b2", "name": "Bills", "description": "", "url": "/knowledge?base=b2"},
]
SHELF_LINES = [
    {"title": "Why is it slow in the evening?", "url": "/knowledge/KB0419", "language": "en"},
    {"title": "Leitung messen", "url": "/knowledge/KB0431", "language": "de"},
]
COLLEAGUES = [{"value": "p1", "label": "Nina Berg"}, {"value": "p2", "label": "Otto Lang"}]
APPROVALS: Values = {
    "count": 2,
    "waiting": [
        {"number": "AP1", "subject": "CS0012847 Internet drops", "url": "/approvals/AP1",
         "requester_name": "Jonas Reuter", "action": "resolve", "for_name": None,
         "due_at": within(hours=2), "is_overdue": False, "waits_for_answer": False},
        {"number": "AP2", "subject": "RQ000101 Licences", "url": "/approvals/AP2",
         "requester_name": "Maya Lindqvist", "action": "", "for_name": "Nina Berg",
         "due_at": None, "is_overdue": False, "waits_for_answer": True},
    ],
    "mine": [{"number": "AP3", "subject": "A goodwill", "url": "/approvals/AP3",
              "state": "rejected", "requested_at": ago(hours=3)}],
    "deputies": [
        {"id": "d1", "principal": "Jonas Reuter", "deputy": "Nina Berg", "starts_at": ago(days=1),
         "ends_at": within(days=3), "reason": "On leave", "active": True, "is_mine": True},
        {"id": "d2", "principal": "Otto Lang", "deputy": "Jonas Reuter", "starts_at": ago(days=1),
         "ends_at": within(days=3), "reason": "", "active": True, "is_mine": False},
    ],
    "people": COLLEAGUES,
    "values": {},
    "errors": [],
}  # fmt: skip


SEEN: Values = {
    "changes": [
        {"field": "priority", "label": None, "before": cell("3", "priority"),
         "after": cell("1", "priority")},
        {"field": "resolution", "label": None, "before": cell(None, "none"),
         "after": cell("Replaced the router")},
    ],
    "facts": [
        {"field": "seats", "label": "Seats", "cell": cell("20")},
        {"field": "state", "label": None, "cell": cell("new", "status")},
    ],
}  # fmt: skip
APPROVAL: Values = {
    "asked": {
        "number": "AP1", "subject": "CS0012847 Internet drops", "state": "pending",
        "note": "Goodwill of one month.", "requester": "Jonas Reuter", "reason": None,
        "requested_at": ago(hours=3), "waits_for_answer": True, "failure": None,
        "url": "/approvals/AP1", "record_url": "/workspace/cases/CS0012847", "what": "resolve",
    },
    "seen": SEEN,
    "can_decide": True,
    "for_name": "Nina Berg",
    "can_recall": True,
    "can_answer": True,
    "levels": [
        {"level": 1, "name": "Team", "state": "open", "why": "record.priority <= 2",
         "due_at": ago(hours=1), "is_overdue": True,
         "people": [{"name": "Nina Berg", "state": "open", "why": "group Finance"},
                    {"name": "Otto Lang", "state": "approved", "why": "group Finance"}]},
        {"level": 2, "name": "Board", "state": "waiting", "why": "", "due_at": None,
         "is_overdue": False, "people": []},
    ],
    "story": STORY,
    "people": COLLEAGUES,
    "values": {"why": "Hm"},
    "errors": [{"field": "why", "message": "Fill this in"}],
}  # fmt: skip
QUESTIONS = [
    {"name": f"q_{kind}", "label": kind, "kind": kind, "required": True, "help": "Why",
     "choices": CHOICES}
    for kind in ("text", "long_text", "choice", "choices", "boolean", "date", "datetime", "url")
]  # fmt: skip
SAMPLE: Values = {
    "kind": "item", "title": "What people will see", "about": "Nothing is sent.", "is_seen": True,
    "marks": {"name": "Move a router", "summary": "To another room"},
    "questions": [each | {"name": f"sample.{each['name']}"} for each in QUESTIONS],
    "values": {}, "many": {}, "errors": [], "tasks": [{"subject": "Drive there", "step": 1}],
    "locale": "en", "locales": {"en": "English", "de": "Deutsch"},
}  # fmt: skip

SAMPLE_CASE: Values = SAMPLE | {
    "kind": "case", "is_seen": False, "case": {
        "priority": 2, "stage": "Intake", "left_out": ["Call the press"], "tasks": [
            {"subject": "Ask", "waits_for": [], "due_hours": 4},
            {"subject": "Answer", "waits_for": ["Ask"], "due_hours": None},
        ],
    },
}  # fmt: skip

SAMPLE_CLOCKS: Values = SAMPLE | {
    "kind": "clocks", "is_seen": False, "facts": ("answered", "waits"), "promise": {
        "calendar": None, "zone": "UTC", "clocks": [
            {"target": "dispatch", "name": "On the way", "minutes": 60, "stand": "running",
             "warn_at": within(minutes=45), "due_at": within(hours=1), "rules": [
                 {"rule": "start_when", "text": "task.priority == 1", "holds": True, "fault": None},
                 {"rule": "stop_when", "text": "odd", "holds": None, "fault": "is odd"},
             ]},
            {"target": "response", "name": "", "minutes": 60, "stand": "held", "warn_at": None,
             "due_at": None, "rules": []},
        ],
    },
}  # fmt: skip

LETTER = {"locale": "en", "subject": "How was it?", "body": "Hello\n\nTell us."}
SAMPLE_SURVEY: Values = SAMPLE | {"kind": "survey", "letter": LETTER, "survey": SURVEY}
SAMPLE_LETTER: Values = SAMPLE | {"kind": "letter", "letter": LETTER}

SAMPLES: dict[str, tuple[str, Values]] = {
    "signin": (
        "signin.html",
        VISITOR
        | {
            "next": "/cases",
            "values": {},
            "errors": [],
            "providers": [{"name": "Harbour Dental", "url": "/auth/oidc/1"}],
        },
    ),
    "signin-wrong": (
        "signin.html",
        VISITOR
        | {
            "next": "",
            "values": {"email": "maya@"},
            "providers": [],
            "errors": [{"field": "email", "message": "Email and password do not fit together"}],
        },
    ),
    "forgot": ("forgot.html", VISITOR | {"sent": False, "values": {}, "errors": []}),
    "forgot-sent": (
        "forgot.html",
        VISITOR | {"sent": True, "values": {"email": "m@example.com"}, "errors": []},
    ),
    "survey": (
        "survey.html",
        VISITOR
        | {
            "token": "t",
            "survey": SURVEY,
            "values": {},
            "errors": [],
        },
    ),
    "reset": ("reset.html", VISITOR | {"token": "t", "errors": [], "password_min": 12}),
    "invite": (
        "accept_invite.html",
        VISITOR
        | {
            "token": "t",
            "invited_by": "Ewa Malik",
            "email": "maya@harbourdental.example",
            "values": {},
            "errors": [],
            "password_min": 12,
        },
    ),
    "message-404": (
        "message.html",
        VISITOR
        | {"kind": "404", "title": None, "text": None, "action": None, "request_id": "0195-aa"},
    ),
    "message-notice": (
        "message.html",
        VISITOR
        | {
            "kind": "notice",
            "title": "Your password is saved",
            "text": "Sign in with it now.",
            "action": {"url": "/signin", "label": "Sign in"},
            "request_id": None,
        },
    ),
    "consent": (
        "consent.html",
        CUSTOMER
        | {
            "action": "/oauth/authorize",
            "fields": {"request": "r1"},
            "client": {"name": "Field reports", "host": "reports.example"},
            "scopes": ["read your cases", "comment on your cases"],
        },
    ),
    "portal-home": (
        "portal/home.html",
        CUSTOMER
        | {
            "greeting": "morning",
            "q": "",
            "tries": [{"label": "Why is it slow?", "url": "/search?q=slow"}],
            "open_cases": CASE_LINES,
            "products": OWNED,
            "products_total": 14,
            "requests": [
                {
                    "label": "Report a fault",
                    "detail": "We answer within 30 minutes",
                    "url": "/cases/new",
                    "icon": "warn",
                },
                {
                    "label": "Question a bill",
                    "detail": "One working day",
                    "url": "/cases/new",
                    "icon": "sheet",
                },
            ],
        },
    ),
    "portal-home-visitor": (
        "portal/home.html",
        {
            "page": page(None),
            "greeting": "day",
            "q": "",
            "tries": [],
            "open_cases": [],
            "products": [],
            "products_total": 0,
            "requests": [],
        },
    ),
    "portal-search": ("portal/search.html", CUSTOMER | RESULTS | {"pages": PAGES}),
    "portal-search-none": (
        "portal/search.html",
        CUSTOMER | {"q": "zebra", "results": [], "total": 0, "pages": PAGES | {"next_url": None}},
    ),
    "portal-results": ("portal/_results.html", CUSTOMER | RESULTS),
    "portal-article": (
        "portal/article.html",
        CUSTOMER
        | {
            "article": {
                "number": "KB0419",
                "title": "Why is it slow in the evening?",
                "html": ARTICLE_HTML,
                "updated_at": ago(days=40),
                "language": "en",
                "edition": 4,
                "outdated": True,
                "trail": [
                    {"name": "Internet", "url": "/knowledge?base=b1"},
                    {"name": "Speed", "url": "/knowledge?base=b1&category=c1"},
                ],
                "languages": [{"code": "de", "name": "Deutsch", "url": "/knowledge/KB0430"}],
            },
            "feedback_given": False,
            "related": [{"title": "Measure your line", "url": "/knowledge/KB0420"}],
        },
    ),
    "portal-shelves": (
        "portal/shelves.html",
        CUSTOMER
        | {
            "bases": SHELVES,
            "base": SHELVES[0],
            "category": None,
            "above": [],
            "truncated": False,
            "groups": [
                {"heading": None, "articles": SHELF_LINES[:1]},
                {
                    "heading": {
                        "name": "Speed",
                        "description": "How fast it is",
                        "url": "/knowledge?base=b1&category=c1",
                    },
                    "articles": SHELF_LINES * 5,
                },
            ],
        },
    ),
    "portal-shelves-all": (
        "portal/shelves.html",
        VISITOR
        | {"bases": SHELVES, "base": None, "category": None, "above": [], "groups": []}
        | {"truncated": False},
    ),
    "portal-cases": (
        "portal/cases.html",
        CUSTOMER
        | {
            "narrowed": NARROWED,
            "filter": "open",
            "q": "",
            "counts": {"open": 3, "closed": 1204, "all": 1207},
            "cases": CASE_LINES,
            "pages": PAGES,
        },
    ),
    "portal-cases-none": (
        "portal/cases.html",
        CUSTOMER
        | {
            "narrowed": NARROWED,
            "filter": "open",
            "q": "zebra",
            "counts": {"open": 0, "closed": 0, "all": 0},
            "cases": [],
            "pages": PAGES,
        },
    ),
    "portal-case-new": (
        "portal/case_new.html",
        CUSTOMER
        | {
            "products": PRODUCTS,
            "assets": ASSETS,
            "others": [{"value": "accounts:1", "name": "Harbour Dental"}],
            "customer": None,
            "finds": False,
            "values": {},
            "errors": [],
            "answers": [RESULTS["results"][0]],
            "asked": ASKED,
            "attempt": "a1",
            "kept": [],
        }
        | ASKED_BY_TYPE,
    ),
    "portal-case-questions": (
        "portal/_case_questions.html",
        CUSTOMER
        | ASKED_BY_TYPE
        | {"products": PRODUCTS, "assets": ASSETS, "values": {}, "errors": [], "asked": ASKED},
    ),
    "portal-case-edit": (
        "portal/case_edit.html",
        CUSTOMER
        | ASKED_BY_TYPE
        | {
            "case": {"number": "CS1", "subject": "No light"},
            "values": {"subject": "No light"},
            "errors": ERRORS,
            "asked": ASKED,
        },
    ),
    "portal-case-new-wrong": (
        "portal/case_new.html",
        VISITOR
        | {
            "products": [],
            "assets": [],
            "others": [],
            "customer": None,
            "finds": False,
            "values": {"description": "It drops.", "email": "maya"},
            "errors": ERRORS,
            "answers": [],
            "asked": ASKED,
            "attempt": "a2",
            "kept": [{"id": "f1", "name": "light.png", "size_bytes": 1200}],
        }
        | ASKED_OF_ALL,
    ),
    "portal-case-new-for-others": (
        "portal/case_new.html",
        ASKING
        | {
            "products": PRODUCTS,
            "assets": [],
            "others": [],
            "customer": {
                "value": "contacts:1",
                "name": "Maya Lindqvist",
                "detail": "Harbour Dental",
                "url": "/customers/accounts/1",
            },
            "finds": True,
            "values": {},
            "errors": [{"field": "customer", "message": "Choose for whom this is"}],
            "answers": [],
            "asked": [],
            "attempt": "a1",
            "kept": [],
        }
        | ASKED_OF_ALL,
    ),
    "portal-customers": (
        "portal/customers.html",
        ASKING
        | {
            "q": "har",
            "is_staff": True,
            "asks_for_oneself": True,
            "more": True,
            "customers": [FOUND | {"kind": kind} for kind in ("accounts", "contacts", "consumers")]
            + [FOUND | {"kind": "households", "ask_url": None}],
        },
    ),
    "portal-customers-none": (
        "portal/customers.html",
        ASKING
        | {
            "q": "",
            "is_staff": True,
            "asks_for_oneself": False,
            "more": False,
            "customers": [],
        },
    ),
    "portal-account": (
        "portal/account.html",
        CUSTOMER
        | {
            "account": {
                "id": "1",
                "name": "Harbour Dental",
                "value": "accounts:1",
                "number": "ACC0001",
                "email": None,
                "phone": "0131 555 0101",
                "website": None,
                "state": "inactive",
            },
            "people": [FOUND | {"state": "active"}],
            "pages": PAGES,
            "can_change": True,
            "can_add": True,
            "asks": False,
            "has_contracts": True,
            "has_requests": True,
            "values": {"phone": "0131 555 0101"},
            "errors": ERRORS,
            "changes": True,
        },
    ),
    "portal-contact": (
        "portal/contact.html",
        ASKING
        | {
            "account": {"name": "Harbour Dental", "url": "/customers/accounts/1"},
            "contact": {"name": "Maya", "number": "CON0001", "value": "contacts:1"},
            "facts": FACTS,
            "asked": [],
            "can_change": True,
            "values": {"name": "Maya", "state": "active"},
            "errors": [],
            "suspected": True,
            "attempt": "a1",
        },
    ),
    "portal-contact-new": (
        "portal/contact.html",
        CUSTOMER
        | {
            "account": {"name": "Harbour Dental", "url": "/customers/accounts/1"},
            "contact": None,
            "facts": [],
            "asked": ASKED,
            "can_change": True,
            "values": {},
            "errors": ERRORS,
            "suspected": False,
            "attempt": "a1",
        },
    ),
    "portal-consumer": (
        "portal/consumer.html",
        ASKING
        | {
            "consumer": {
                "id": "1",
                "name": "Noor Haddad",
                "value": "consumers:1",
                "number": "CNS0001",
                "email": "noor@example.com",
                "phone": None,
                "state": "active",
            },
            "households": [FOUND],
            "has_contracts": False,
            "has_requests": True,
        },
    ),
    "portal-home-of": (
        "portal/home_of.html",
        ASKING
        | {
            "household": {"name": "The Haddads", "number": "HH0001"},
            "members": [FOUND | {"is_head": True}],
        },
    ),
    "portal-contracts": (
        "portal/contracts.html",
        CUSTOMER
        | {
            "q": "",
            "pages": PAGES,
            "narrowed": NARROWED,
            "contracts": [
                {
                    "id": "k1",
                    "name": "Business Care",
                    "number": "SC0001",
                    "kind": "support",
                    "state": "active",
                    "account": "Harbour",
                    "starts_on": "2026-01-01",
                    "ends_on": None,
                    "entitlements": ["Gold"],
                }
            ],
        },
    ),
    "portal-contracts-none": (
        "portal/contracts.html",
        ASKING | {"q": "x", "pages": PAGES, "narrowed": OF_HARBOUR, "contracts": []},
    ),
    "installation": ("installation.html", VISITOR | {"docs_url": "/api/docs"}),
    "portal-case": ("portal/case.html", CASE_PAGE | {"case": CASE_OF_CUSTOMER}),
    "portal-case-resolved": ("portal/case.html", CASE_PAGE | {"case": RESOLVED}),
    "portal-case-asked": ("portal/case.html", CASE_PAGE | {"case": RESOLVED, "survey": SURVEY}),
    "portal-case-late": (
        "portal/case.html",
        CASE_PAGE | {"case": RATED | {"reopens_as_new": True, "watching": False}},
    ),
    "portal-case-draft": (
        "portal/case.html",
        CASE_PAGE
        | {
            "case": CASE_OF_CUSTOMER
            | {
                "state": "draft",
                "can_send": True,
                "can_change": True,
                "can_withdraw": True,
                "watching": True,
            }
        },
    ),
    "portal-case-rated": ("portal/case.html", CASE_PAGE | {"case": RATED}),
    "portal-thread": ("portal/_thread.html", CUSTOMER | {"thread": TALK}),
    "portal-standing": (
        "portal/_standing.html",
        CUSTOMER | {"case": CASE_OF_CUSTOMER, "steps": STEPS},
    ),
    "portal-products": (
        "portal/products.html",
        CUSTOMER
        | {
            "q": "",
            "pages": PAGES,
            "products": PRODUCTS,
            "has_assets": True,
            "has_contracts": True,
            "narrowed": NARROWED,
        },
    ),
    "portal-products-none": (
        "portal/products.html",
        CUSTOMER
        | {
            "q": "",
            "pages": PAGES,
            "products": [],
            "has_assets": False,
            "has_contracts": False,
            "narrowed": WIDE,
        },
    ),
    "portal-assets": (
        "portal/assets.html",
        CUSTOMER | {"q": "", "pages": PAGES, "assets": ASSETS, "narrowed": NARROWED},
    ),
    "portal-assets-none": (
        "portal/assets.html",
        CUSTOMER | {"q": "x", "pages": PAGES, "assets": [], "narrowed": WIDE},
    ),
    "portal-chat": (
        "portal/chat.html",
        CUSTOMER | {"thread": TALK, "chat": CHAT, "values": {}, "errors": []},
    ),
    "portal-chat-start": (
        "portal/chat.html",
        CUSTOMER | {"thread": [], "chat": None, "values": {}, "errors": []},
    ),
    "portal-chat-fragment": (
        "portal/_chat.html",
        CUSTOMER | {"thread": TALK, "chat": CHAT | {"state": "active", "agent": "Jonas Reuter"}},
    ),
    "desk-inbox": (
        "workspace/inbox.html",
        STAFF | {"inbox": INBOX, "today": {"solved": 6, "due": 3, "late": 1, "rating": "4.6"}},
    ),
    "desk-inbox-calm": (
        "workspace/inbox.html",
        STAFF
        | {
            "desk": CALM,
            "inbox": INBOX | {"groups": []},
            "today": {"solved": 0, "due": 0, "late": 0, "rating": None},
        },
    ),
    "desk-offers": ("workspace/_offers.html", STAFF | {"offers": [OFFER]}),
    "desk-inbox-rows": ("workspace/_inbox.html", STAFF | {"inbox": INBOX}),
    "desk-cases": (
        "workspace/cases.html",
        CASE_LIST | {"page": page(JONAS, "/workspace/cases", NOTICE), "desk": CALM},
    ),
    "desk-cases-none": ("workspace/cases.html", CASE_LIST | {"rows": []}),
    "desk-case": ("workspace/case.html", DESK_CASE | {"desk": CALM}),
    "desk-case-offer": ("workspace/case.html", DESK_CASE),
    "desk-chat": (
        "workspace/conversation.html",
        DESK_CASE | {"desk": CALM, "talk": TALK_ON_DESK, "case": {"number": "INT0001"}},
    ),
    "desk-chat-head": (
        "workspace/_talk_head.html",
        STAFF | {"talk": TALK_ON_DESK | {"mine": False, "case": None}},
    ),
    "desk-customer-beside": (
        "workspace/_customer.html",
        STAFF | {"customer": DESK_CASE["customer"], "case": {"number": "CS0012847"}},
    ),
    "desk-case-bare": (
        "workspace/case.html",
        DESK_CASE
        | {
            "desk": CALM,
            "customer": None,
            "products": [],
            "entitlement": {
                "state": "unverified",
                "name": None,
                "detail": None,
                "clocks": [],
                "contract": None,
                "facts": [],
                "reasons": [],
            },
            "summary": None,
            "recommendations": [],
            "then": [],
            "case": CASE_ON_DESK | {"assignee": None, "clock": None, "can_reply": False},
        },
    ),
    "desk-thread": ("workspace/_thread.html", STAFF | {"thread": STAFF_THREAD}),
    "desk-head": ("workspace/_head.html", STAFF | {"case": CASE_ON_DESK}),
    "desk-head-merged": (
        "workspace/_head.html",
        STAFF | {"case": CASE_ON_DESK | {"merged_into": {"number": "CS1", "url": "/w/CS1"}}},
    ),
    "desk-case-merge": (
        "workspace/case_merge.html",
        STAFF
        | {
            "desk": CALM,
            "errors": [],
            "case": {"number": "CS1", "url": "/workspace/cases/CS1", "subject": "No light"},
            "rows": [
                {
                    "id": "0192f",
                    "number": "CS2",
                    "url": "/workspace/cases/CS2",
                    "subject": "Router is dark",
                    "state": "new",
                    "created_at": ago(hours=1),
                }
            ],
        },
    ),
    "desk-case-duplicate": (
        "workspace/case_duplicate.html",
        STAFF
        | {
            "desk": CALM,
            "q": "",
            "errors": [],
            "case": {"number": "CS1", "url": "/workspace/cases/CS1", "subject": "No light"},
            "rows": [
                {
                    "id": "0192f",
                    "number": "CS2",
                    "url": "/workspace/cases/CS2",
                    "subject": "Router is dark",
                    "state": "new",
                    "created_at": ago(hours=1),
                }
            ],
        },
    ),
    "desk-advice": ("workspace/_advice.html", STAFF | ADVICE | {"case": CASE_ON_DESK}),
    "desk-activity": ("workspace/_activity.html", STAFF | {"activity": ACTIVITY}),
    "desk-customers": ("workspace/customers.html", PEOPLE),
    "desk-customers-none": ("workspace/customers.html", PEOPLE | {"rows": [], "q": "zebra"}),
    "desk-customer": ("workspace/customer.html", ACCOUNT_PAGE | {"desk": CALM}),
    "approve": (
        "approve.html",
        VISITOR
        | {
            "token": "t",
            "asked": {
                "number": "AP1",
                "subject": "Licences",
                "note": "Twenty of them.",
                "requester_name": "Maya Lindqvist",
                "approver_name": "Nina Berg",
                "for_name": "Otto Lang",
                "why": "group Finance",
                "summary": SEEN,
            },
            "values": {},
            "errors": [{"field": "why", "message": "Fill this in"}],
        },
    ),
    "portal-approvals": ("portal/approvals.html", {"page": page(MAYA, "/approvals")} | APPROVALS),
    "portal-approval": ("portal/approval.html", {"page": page(MAYA, "/approvals/AP1")} | APPROVAL),
    "desk-approvals": ("workspace/approvals.html", STAFF | APPROVALS | {"here": "approvals"}),
    "desk-approvals-none": (
        "workspace/approvals.html",
        STAFF
        | APPROVALS
        | {
            "here": "approvals",
            "count": 0,
            "waiting": [],
            "mine": [],
            "deputies": [],
            "people": [],
        },
    ),
    "desk-approval": ("workspace/approval.html", STAFF | APPROVAL | {"here": "approvals"}),
    "portal-questions": (
        "portal/_questions.html",
        {
            "page": page(MAYA, "/requests/CAT1"),
            "questions": QUESTIONS,
            "values": {},
            "many": {},
            "errors": [],
        },
    ),
    "portal-my-requests": (
        "portal/my_requests.html",
        {
            "page": page(MAYA, "/requests/mine"),
            "pages": PAGES,
            "requests": [
                {
                    "number": "RQ1",
                    "name": "Licences",
                    "fulfilment": "fulfilling",
                    "done": 1,
                    "total": 3,
                    "at": ago(days=1),
                    "url": "/cases/CS1",
                    "can_withdraw": False,
                },
                {
                    "number": "RQ2",
                    "name": "A phone",
                    "fulfilment": "awaiting_approval",
                    "done": 0,
                    "total": 0,
                    "at": ago(days=2),
                    "url": None,
                    "can_withdraw": True,
                },
            ],
        },
    ),
    "portal-my-requests-none": (
        "portal/my_requests.html",
        {"page": page(MAYA, "/requests/mine"), "pages": PAGES, "requests": []},
    ),
    "portal-requests": (
        "portal/requests.html",
        {
            "page": page(MAYA, "/requests"),
            "q": "",
            "pages": PAGES,
            "items": [{"number": "CAT1", "name": "A new line", "summary": None}],
            "own": [{"number": "CAT2", "name": "A faster line", "summary": None}],
            "narrowed": NARROWED,
        },
    ),
    "portal-request": (
        "portal/request.html",
        {
            "page": page(MAYA, "/requests/CAT1"),
            "item": {"number": "CAT1", "name": "A new line", "summary": "x", "description": None},
            "questions": QUESTIONS,
            "has_conditions": True,
            "products": [{"id": "p1", "name": "Fibre", "serial_number": "S1"}],
            "others": [{"value": "accounts:1", "name": "Harbour"}],
            "customer": None,
            "finds": False,
            "values": {"q_text": "Here"},
            "many": {"q_choices": ["b1"]},
            "errors": [{"field": "q_date", "message": "Fill this in"}],
            "attempt": "a1",
        },
    ),
    "portal-household": (
        "portal/household.html",
        {
            "page": page(MAYA, "/household"),
            "households": [
                {
                    "name": "Pryce",
                    "number": "HH1",
                    "members": [
                        {"name": "Owen", "is_head": True, "is_me": True, "ask_url": None},
                        {"name": None, "is_head": False, "is_me": False, "ask_url": "/cases/new"},
                    ],
                }
            ],
        },
    ),
    "desk-admin": (
        "workspace/admin.html",
        STAFF
        | {
            "here": "admin",
            "sections": [
                {
                    "name": "access",
                    "title": "People and access",
                    "places": [{"name": "Users", "url": "/admin/users", "icon": "people"}],
                }
            ],
        },
    ),
    "desk-facts": (
        "workspace/_facts.html",
        STAFF | {"facts": ACCOUNT_PAGE["facts"], "told": FACTS},
    ),
    "desk-preview": ("workspace/_preview.html", RECORD | {"preview": PREVIEW}),
    "desk-record-preview": (
        "workspace/record.html",
        RECORD
        | {
            "panels": [],
            "preview": PREVIEW
            | {"posts": False, "fields": [], "apply": None, "answer": {"facts": [], "tables": []}},
        },
    ),
    "desk-record-watched": ("workspace/record.html", RECORD | {"is_watched": True}),
    "desk-roles": (
        "workspace/roles.html",
        STAFF
        | {
            "here": "admin",
            "tabs": KIND_TABS,
            "roles": [
                {
                    "name": "agent_b2b",
                    "title": "Agent",
                    "summary": "Cases.",
                    "grants": [{"resource": "cases", "verbs": ["read", "resolve"]}],
                }
            ],
        },
    ),
    "desk-settings": (
        "workspace/settings.html",
        STAFF
        | {
            "here": "admin",
            "tabs": KIND_TABS,
            "brand": ["color"],
            "matrix": [{"impact": 1, "fields": ["priority.1-1", "priority.1-2", "priority.1-3"]}],
            "levels": [{"value": 1, "label": "Critical"}, {"value": 2, "label": "High"}],
            "values": {"color": "#123456", "priority.1-1": "1"},
            "errors": [{"field": "case_priorities", "message": "Choose for all nine"}],
        },
    ),
    "desk-revision": (
        "workspace/revision.html",
        RECORD
        | {
            "panels": [],
            "may_go_back": True,
            "changes": [
                {
                    "change": "Changed",
                    "resource": "queues",
                    "key": "first",
                    "fields": [{"name": "name", "before": "A", "after": "B"}],
                }
            ],
        },
    ),
    "desk-automation": (
        "workspace/automation.html",
        RECORD
        | {
            "rule": {
                "events": ["Cases: opened", "Cases: changed"],
                "changed": ["Priority"],
                "condition": "record.priority == 1",
                "steps": [
                    {
                        "what": "Mail “Received” to Contact",
                        "url": "/x",
                        "only_if": "true",
                        "name": "mail",
                        "details": [{"name": "Words", "text": "Hello"}],
                    },
                    {"what": "Wait 1 hour", "url": None, "only_if": "", "name": "", "details": []},
                ],
            }
        },
    ),
    "desk-notification-rules": (
        "workspace/notification_rules.html",
        STAFF
        | {
            "here": "admin",
            "tabs": KIND_TABS,
            "new_urls": [{"name": "Tell colleagues", "url": "/x"}],
            "rules": [
                {
                    "events": ["Cases: opened"],
                    "name": "Acknowledge",
                    "url": "/x",
                    "conditions": ["record.priority == 1"],
                    "active": each,
                    "to": ["Contact"],
                    "channel": "Mail",
                    "words": "Received",
                    "words_url": "/x" if each else None,
                    "locales": "de, en" if each else "",
                    "waits": "1 hour" if each else "",
                }
                for each in (True, False)
            ],
        },
    ),
    "desk-notification-rules-none": (
        "workspace/notification_rules.html",
        STAFF | {"here": "admin", "tabs": KIND_TABS, "new_urls": [], "rules": []},
    ),
    "desk-records": ("workspace/records.html", RECORDS),
    "desk-records-none": ("workspace/records.html", RECORDS | {"rows": [], "filters": FILTERED}),
    "desk-record": ("workspace/record.html", RECORD),
    "desk-record-access": (
        "workspace/record.html",
        RECORD | {"tab": "access", "panels": [], "access": ACCESS},
    ),
    "desk-tables": ("workspace/_tables.html", STAFF | {"tables": TABLES}),
    "desk-panels": ("workspace/_panels.html", STAFF | {"panels": PANELS}),
    "desk-access": (
        "workspace/_access.html",
        STAFF
        | {
            "record": ACCOUNT_PAGE["record"],
            "access": ACCESS
            | {"told": None, "holds": [], "choices": [{"label": "Maya", "url": "?tab=access"}]},
        },
    ),
    "desk-layout": (
        "workspace/layout.html",
        RECORD
        | {
            "parts": [
                {"title": "Cases", "is_shown": True},
                {"title": "Products", "is_shown": False},
            ],
            "look_url": "/x?as=agent_b2b",
            "as_role": "agent_b2b",
        },
    ),
    "desk-record-form": ("workspace/record_form.html", RECORD_FORM),
    "desk-record-form-sample": ("workspace/record_form.html", RECORD_FORM | {"sample": SAMPLE}),
    "desk-sample-item": ("workspace/_sample_item.html", {"page": STAFF["page"], "sample": SAMPLE}),
    "desk-sample-case": (
        "workspace/_sample_case.html",
        {"page": STAFF["page"], "sample": SAMPLE_CASE},
    ),
    "desk-sample-clocks": (
        "workspace/_sample_clocks.html",
        {"page": STAFF["page"], "sample": SAMPLE_CLOCKS},
    ),
    "desk-record-form-clocks": (
        "workspace/record_form.html",
        RECORD_FORM | {"sample": SAMPLE_CLOCKS | {"promise": None}},
    ),
    "desk-sample-survey": (
        "workspace/_sample_survey.html",
        {"page": STAFF["page"], "sample": SAMPLE_SURVEY},
    ),
    "desk-record-form-survey": (
        "workspace/record_form.html",
        RECORD_FORM | {"sample": SAMPLE_SURVEY | {"letter": None, "survey": None}},
    ),
    "desk-sample-letter": (
        "workspace/_sample_letter.html",
        {"page": STAFF["page"], "sample": SAMPLE_LETTER},
    ),
    "desk-record-form-letter": (
        "workspace/record_form.html",
        RECORD_FORM | {"sample": SAMPLE_LETTER | {"letter": None}},
    ),
    "desk-sample-case-none": (
        "workspace/_sample_case.html",
        {"page": STAFF["page"], "sample": SAMPLE_CASE | {"case": None}},
    ),
    "desk-record-form-case": (
        "workspace/record_form.html",
        RECORD_FORM | {"sample": SAMPLE_CASE | {"case": SAMPLE_CASE["case"] | {"tasks": []}}},
    ),
    "desk-sample-faulty": (
        "workspace/_sample.html",
        {"page": STAFF["page"], "sample": SAMPLE | {"errors": FORM["errors"]}},
    ),
    "desk-record-form-twin": (
        "workspace/record_form.html",
        RECORD_FORM
        | {
            "record": None,
            "suspects": [
                {"name": "Maya", "number": "CON1", "score": 90, "blocks": True, "url": "/x"}
            ],
        },
    ),
    "desk-knowledge": (
        "workspace/knowledge.html",
        STAFF
        | {
            "desk": CALM,
            "q": "",
            "base": "b1",
            "category": "c1",
            "headings": CHOICES,
            "moves_folders": True,
            "sees_gaps": True,
            "state": "",
            "states": ["", "draft", "published", "retired", "review", "outdated"],
            "bases": [{"id": "b1", "name": "Internet", "count": 412}],
            "can_write": True,
            "pages": PAGES,
            "rows": [ARTICLE_ROW, ARTICLE_ROW | {"state": "draft", "helpful": 0, "unhelpful": 0}],
        },
    ),
    "desk-article": (
        "workspace/article.html",
        STAFF
        | {
            "desk": CALM,
            "article": STAFF_ARTICLE,
            "errors": [],
            "verbs": [
                {"name": "retire", "action": "/x", "fields": [], "main": False, "key": None},
            ],
            "edit_url": "/workspace/knowledge/KB0419/edit",
            "versions": [
                {
                    "version": number,
                    "url": f"?v={number}",
                    "compare_url": f"?compare={number}",
                    "at": ago(days=80 - number),
                    "author": "Priya" if number == 4 else None,
                    "current": number == 4,
                }
                for number in (4, 3)
            ],
            "weights": [
                {"edition": 4, "helpful": 6, "unhelpful": 1, "cases": 3, "solved": 2},
                {"edition": 3, "helpful": 0, "unhelpful": 0, "cases": 0, "solved": 0},
            ],
            "can_comment": True,
            "can_restore": True,
            "change": {
                "before": 3,
                "after": 0,
                "lines": [
                    {"change": "same", "text": "# Try this"},
                    {"change": "removed", "text": "Wait."},
                    {"change": "added", "text": "Wait for a minute."},
                ],
            },
            "said": [
                {
                    "who": "Priya",
                    "at": ago(days=1),
                    "text": "Is it 4.1.9?",
                    "passage": "firmware 4.1.9",
                    "state": None,
                },
                {
                    "who": None,
                    "at": ago(hours=2),
                    "text": "",
                    "passage": "",
                    "state": "changes_requested",
                },
            ],
            "languages": [
                {
                    "code": "de",
                    "title": "Zurück auf 4.1.9",
                    "outdated": True,
                    "url": "/x",
                    "is_source": False,
                }
            ],
            "translate_url": "/workspace/knowledge/KB0419/translate",
            "moved_on_url": None,
            "cases": [{"number": "CS0012791", "url": "/x", "subject": "Drops at closing time"}],
        },
    ),
    "desk-knowledge-folders": (
        "workspace/knowledge_folders.html",
        STAFF
        | {
            "desk": CALM,
            "errors": [],
            "bases": CHOICES,
            "values": {},
            "can_import": True,
            "can_export": True,
            "results": [
                {
                    "at": ago(days=1),
                    "url": "/x",
                    "is_export": False,
                    "report": {
                        "dry_run": True,
                        "created": 3,
                        "changed": 1,
                        "unchanged": 0,
                        "refused": 1,
                        "faults": [
                            {"path": "a.md", "line": 7, "message": "the text is not UTF-8"},
                            {"path": "", "line": None, "message": "the archive is encrypted"},
                        ],
                        "broken": [
                            {
                                "path": "b.md",
                                "line": 2,
                                "message": "the link no.md leads to no text",
                            }
                        ],
                    },
                },
                {"at": ago(days=2), "url": "/x", "is_export": True, "report": None},
            ],
        },
    ),
    "desk-knowledge-gaps": (
        "workspace/knowledge_gaps.html",
        STAFF
        | {
            "desk": CALM,
            "errors": [],
            "values": {},
            "terms": "light router",
            "can_draft": True,
            "can_draft_case": True,
            "bases": CHOICES,
            "searches": [
                {
                    "query": "router lights",
                    "terms": "light router",
                    "language": "en",
                    "searches": 12,
                    "found_nothing": 9,
                    "opened_nothing": 2,
                    "last_at": ago(hours=3),
                }
            ],
            "behind": [
                {
                    "query": "the light of my router",
                    "at": ago(hours=3),
                    "door": "portal",
                    "audience": "customer",
                    "results": 0,
                    "opened_article_id": None,
                }
            ],
            "cases": [
                {
                    "subject": "No light on the router",
                    "count": 7,
                    "more": 6,
                    "last_at": ago(days=1),
                    "cases": [{"number": "CS0012847", "url": "/workspace/cases/CS0012847"}],
                }
            ],
            "least": [
                {
                    "number": "KB0419",
                    "title": "Turn it off",
                    "url": "/workspace/knowledge/KB0419",
                    "helpful": 1,
                    "unhelpful": 14,
                    "cases": 0,
                    "solved": 0,
                }
            ],
        },
    ),
    "desk-article-translate": (
        "workspace/article_translate.html",
        STAFF
        | {
            "desk": CALM,
            "article": {
                "number": "KB0419",
                "title": "Back to 4.1.9",
                "url": "/x",
                "html": ARTICLE_HTML,
                "language": "en",
            },
            "action": "/workspace/knowledge/KB0419/translate",
            "taken": ["en", "fr"],
            "values": {"language": "de", "title": "Back to 4.1.9", "body": "# Try this"},
            "errors": [{"field": "language", "message": "There is one already"}],
        },
    ),
    "desk-article-edit": (
        "workspace/article_edit.html",
        STAFF
        | {
            "desk": CALM,
            "article": None,
            "action": "/workspace/knowledge/new",
            "bases": CHOICES,
            "headings": CHOICES,
            "follows": False,
            "days_in": "Europe/Berlin",
            "audiences": CHOICES,
            "tiers": CHOICES,
            "fields": [
                PLAIN
                | {
                    "name": "owner_profile_id",
                    "kind": "ref",
                    "required": False,
                    "of": "profiles",
                    "choices": [],
                },
                PLAIN
                | {
                    "name": "product_model_ids",
                    "kind": "many",
                    "required": False,
                    "words": "",
                    "choices": CHOICES,
                    "is_folded": True,
                },
            ],
            "options": {},
            "values": {"title": "", "base_id": "b2", "body": "# Try this"},
            "errors": [{"field": "title", "message": "Give it a title"}],
            "preview": ARTICLE_HTML,
        },
    ),
    "desk-insights": ("workspace/insights.html", STAFF | INSIGHTS),
    "desk-insights-none": ("workspace/insights.html", STAFF | EMPTY_INSIGHTS),
    "desk-insights-behind": ("workspace/insights_behind.html", STAFF | BEHIND),
    "desk-insights-promises": ("workspace/insights_behind.html", STAFF | BEHIND_PROMISES),
    "desk-insights-activity": ("workspace/insights_activity.html", STAFF | AGENTS_ACTIVITY),
    "desk-insights-view": ("workspace/insight_view.html", STAFF | VIEW),
    "desk-insights-figures": ("workspace/_insights.html", STAFF | INSIGHTS),
    "desk-insights-cases": (
        "workspace/insights_cases.html",
        STAFF
        | {
            "count": 1,
            "rows": CASE_LIST["rows"],
            "pages": CASE_LIST["pages"],
            "back_url": "/workspace/insights",
        },
    ),
    "desk-search": (
        "workspace/search.html",
        STAFF
        | {
            "desk": CALM,
            "q": "router",
            "groups": [
                {
                    "kind": "cases",
                    "rows": [
                        {
                            "number": "CS0012847",
                            "title": "Internet drops every evening",
                            "snippet": "the router restarts",
                            "url": "/x",
                            "state": "in_progress",
                        }
                    ],
                }
            ],
        },
    ),
    "desk-found": ("workspace/_found.html", STAFF | {"q": "zebra", "groups": []}),
    "mail": ("mail/notice.html", MAIL),
    "mail-bare": ("mail/notice.html", BARE_MAIL),
    "mail-text": ("mail/notice.txt", MAIL),
    "mail-text-bare": ("mail/notice.txt", BARE_MAIL),
}
