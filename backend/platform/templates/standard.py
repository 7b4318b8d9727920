"""The texts that every tenant starts with: an admin changes their words freely."""

from collections.abc import Iterable

from backend.platform.templates.filling import active_template
from backend.platform.templates.models import MessageTemplate, TemplateKind
from backend.platform.templates.resources import MessageText
from infra.kernel.context import Context
from infra.kernel.registry import Lay

_RECEIVED = {
    "en": {
        "subject": "We have your request {{ record.number }}",
        "body": """Hello {{ recipient.name }},

thank you. Your request "{{ record.subject }}" has reached us as {{ record.number }}.
We will write to you as soon as there is something to say.

{{ brand.name }}
""",
    },
    "de": {
        "subject": "Ihre Anfrage {{ record.number }} ist da",
        "body": """Guten Tag {{ recipient.name }},

vielen Dank. Ihre Anfrage "{{ record.subject }}" liegt uns als {{ record.number }} vor.
Wir schreiben Ihnen, sobald es etwas zu sagen gibt.

{{ brand.name }}
""",
    },
}
_RESOLVED = {
    "en": {
        "subject": "Your request {{ record.number }} is resolved",
        "body": """Hello {{ recipient.name }},

your request "{{ record.subject }}" is resolved:

{{ record.resolution }}

If that does not help, answer us or open it again.

{{ brand.name }}
""",
    },
    "de": {
        "subject": "Ihre Anfrage {{ record.number }} ist gelöst",
        "body": """Guten Tag {{ recipient.name }},

Ihre Anfrage "{{ record.subject }}" ist gelöst:

{{ record.resolution }}

Wenn das nicht hilft, antworten Sie uns oder öffnen Sie sie wieder.

{{ brand.name }}
""",
    },
}
_MORE = {
    "en": {
        "body": """Hello {{ recipient.name }},

to help you with {{ record.number }} we need a little more: what did you do just before it happened?

{{ sender.name }}
"""
    },
    "de": {
        "body": """Guten Tag {{ recipient.name }},

um Ihnen bei {{ record.number }} zu helfen, brauchen wir noch etwas: Was haben Sie unmittelbar davor
getan?

{{ sender.name }}
"""
    },
}
_SURVEY = {
    "en": {
        "subject": "{{ letter.title }} ({{ record.number }})",
        "body": """Hello {{ recipient.name }},

{% if letter.intro %}{{ letter.intro }}

{% endif %}how did we do with your case {{ record.number }}, “{{ record.subject }}”?

Tell us here, until {{ letter.until }}:

{{ letter.link }}

The link is for you alone and can be answered once.
""",
    },
    "de": {
        "subject": "{{ letter.title }} ({{ record.number }})",
        "body": """Guten Tag {{ recipient.name }},

{% if letter.intro %}{{ letter.intro }}

{% endif %}wie zufrieden sind Sie mit Ihrem Anliegen {{ record.number }}, „{{ record.subject }}“?

Sagen Sie es uns hier, bis zum {{ letter.until }}:

{{ letter.link }}

Der Link ist nur für Sie und kann einmal beantwortet werden.
""",
    },
}
_HAPPENED = {
    "en": (
        "There is a new message", "It was solved", "It was closed", "It was taken up again",
        "It was escalated",
    ),
    "de": (
        "Es gibt eine neue Nachricht", "Er wurde gelöst", "Er wurde geschlossen",
        "Er wurde wieder aufgenommen", "Er wurde eskaliert",
    ),
}  # fmt: skip


def _happened(locale: str) -> str:
    """What a watcher is told of, as a text chooses its words by the event."""
    verbs = ("commented", "resolved", "closed", "reopened", "escalated")
    told = zip(verbs, _HAPPENED[locale], strict=True)
    parts = [f"if event.type == 'cases.{verb}' %}}{words}" for verb, words in told]
    return "{% " + "{% el".join(parts) + "{% endif %}"


_WATCHED = {
    "en": {
        "subject": f"{{{{ record.number }}}}: {_happened('en')}",
        "body": f"""Hello {{{{ recipient.name }}}},

{_happened("en")} on case {{{{ record.number }}}}, “{{{{ record.subject }}}}”, which you watch:

{{{{ letter.link }}}}
""",
    },
    "de": {
        "subject": f"{{{{ record.number }}}}: {_happened('de')}",
        "body": f"""Guten Tag {{{{ recipient.name }}}},

{_happened("de")}: {{{{ record.number }}}}, „{{{{ record.subject }}}}“. Sie beobachten ihn:

{{{{ letter.link }}}}
""",
    },
}
SURVEY, WATCHED = "survey_invitation", "case_watched"
STANDARD: tuple[tuple[str, str, TemplateKind, dict[str, dict[str, str]]], ...] = (
    ("case_received", "Request received", TemplateKind.MAIL, _RECEIVED),
    ("case_resolved", "Request resolved", TemplateKind.MAIL, _RESOLVED),
    ("ask_for_more", "Ask for more", TemplateKind.REPLY, _MORE),
    (SURVEY, "Survey after a case", TemplateKind.MAIL, _SURVEY),
    (WATCHED, "News of a watched case", TemplateKind.MAIL, _WATCHED),
)


async def found(_ctx: Context, lay: Lay) -> None:
    """Give a new tenant its first texts."""
    for key, *_ in STANDARD:
        await lay(standard(key))


def standard(key: str) -> MessageTemplate:
    """A text as it comes with the product."""
    _, name, kind, words = next(each for each in STANDARD if each[0] == key)
    texts = {locale: MessageText(**parts).model_dump() for locale, parts in words.items()}
    return MessageTemplate(key=key, name=name, kind=kind, resource="cases", texts=texts)


async def in_use(ctx: Context, keys: Iterable[str | None]) -> MessageTemplate:
    """The first text of these keys that is in use; the last as it comes with the product, so that
    a letter of the house never waits for words."""
    named = [key for key in keys if key]
    for key in named:
        if (text := await active_template(ctx, key)) is not None:
            return text
    return standard(named[-1])
