"""The texts that every tenant starts with: an admin changes their words freely."""

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
STANDARD = (
    ("case_received", "Request received", TemplateKind.MAIL, _RECEIVED),
    ("case_resolved", "Request resolved", TemplateKind.MAIL, _RESOLVED),
    ("ask_for_more", "Ask for more", TemplateKind.REPLY, _MORE),
)


async def found(_ctx: Context, lay: Lay) -> None:
    """Give a new tenant its first texts."""
    for key, name, kind, words in STANDARD:
        texts = {locale: MessageText(**parts).model_dump() for locale, parts in words.items()}
        await lay(MessageTemplate(key=key, name=name, kind=kind, resource="cases", texts=texts))
