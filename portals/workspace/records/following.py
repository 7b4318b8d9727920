"""What follows by itself, put into words: an automation step by step, and who is told of what."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from portals.faults import Say
from portals.visits import Visit
from portals.vocabulary import COLLECTIONS
from portals.words import CODES, FIELDS, VERBS, noted, sentence
from portals.workspace.desk import reader_of, show
from portals.workspace.reader import Reader, Row
from portals.workspace.records.cells import inner
from portals.workspace.records.kinds import KINDS, url_of
from portals.workspace.records.listing import tabs_of
from portals.workspace.records.page import record_page
from portals.workspace.records.spelt import event_words

RULES = "/admin/notification-rules"
_HOUR, _DAY = 60, 1440
_CHANNELS = {name: CODES[name] for name in ("mail", "notify")}
_TELL = CODES["tell"]


async def automation_page(visit: Visit, key: str) -> Response:
    """`GET /admin/automations/{id}`: on what, under which condition, and each step in words."""
    reader = reader_of(visit)
    row = await reader.one("automations", key)
    texts = await _texts(reader)
    return await record_page(
        visit, KINDS["automations"], key, template="workspace/automation.html", rule={
            "events": [event_words(each, visit.say) for each in row["event_types"]],
            "changed": [visit.say(FIELDS.get(each) or sentence(each)) for each in row["changed"]],
            "condition": row["condition"],
            "steps": [step_told(each, texts, visit.say) for each in row["steps"]],
        },
    )  # fmt: skip


async def notification_rules(visit: Visit) -> Response:
    """`GET /admin/notification-rules`: who is told of which event, how and in which words."""
    reader, say = reader_of(visit), visit.say
    told = await visit.ask("automations.notification_rules")
    texts = await _texts(reader)
    kind = KINDS["automations"]
    return await show(
        visit, "workspace/notification_rules.html", here="admin",
        rules=[_rule(each, texts, say) for each in told["rules"]],
        tabs=[*tabs_of(reader, kind, say, is_list=False),
              {"name": say(noted("Who is told of what")), "url": RULES, "current": True}],
        new_urls=[
            {"name": say(noted("Tell colleagues")), "url": _new("notify")},
            {"name": say(noted("Write to customers")), "url": _new("mail")},
        ] if reader.may("automations", "create") else [],
    )  # fmt: skip


def _new(do: str) -> str:
    """Where an automation is written that tells somebody."""
    return f"{KINDS['automations'].path}/new?{urlencode({'steps.0.do': do})}"


async def _texts(reader: Reader) -> dict[str, Row]:
    rows = await reader.rows("message_templates", {"limit": "200"})
    return {row["key"]: row for row in rows}


def _rule(told: Row, texts: Mapping[str, Row], say: Say) -> Row:
    text, channel = texts.get(told["template"] or ""), _CHANNELS[told["channel"]]
    return {
        "events": [event_words(each, say) for each in told["event_types"]],
        "name": told["automation"], "url": url_of("automations", {"id": told["automation_id"]}),
        "conditions": told["conditions"], "active": told["active"],
        "to": [_target(each, say) for each in told["to"]],
        "channel": say(channel), "words": told["title"],
        "words_url": url_of("message_templates", text) if text else None,
        "locales": ", ".join(told["locales"]),
        "waits": _span(told["waits_minutes"], say) if told["waits_minutes"] else "",
    }  # fmt: skip


def step_told(step: Row, texts: Mapping[str, Row], say: Say) -> Row:
    """A step as it is read: what it does, when, and what is said or filled in on the way."""
    what, url = _what(step, texts, say)
    return {
        "what": what, "url": url, "only_if": step.get("when") or "", "name": step.get("name") or "",
        "details": _details(step, say),
    }  # fmt: skip


def _what(step: Row, texts: Mapping[str, Row], say: Say) -> tuple[str, str | None]:
    do = step["do"]
    if do == "act":
        kind, _, verb = step["action"].partition(".")
        named = CODES.get(step["action"]) or VERBS.get(step["action"]) or VERBS.get(verb)
        about = say(COLLECTIONS.get(kind) or sentence(kind))
        return f"{about}: {say(named or sentence(verb))}", None
    if do == "wait":
        return say(noted("Wait %(span)s")) % {"span": _span(step["minutes"], say)}, None
    if do == "tell":
        return say(_TELL), None
    people = ", ".join(_target(each, say) for each in step["to"])
    text = texts.get(step.get("template") or "")
    words = text["name"] if text else step.get("template") or step.get("title") or ""
    says = noted("Mail “%(words)s” to %(people)s")
    if do == "notify":
        says = noted("Tell %(people)s: “%(words)s”")
    told = say(says) % {"words": words, "people": people}
    return told, url_of("message_templates", text) if text else None


def _details(step: Row, say: Say) -> list[Row]:
    """What belongs to a step besides: names and values."""
    found: dict[str, Any] = {}
    if step["do"] == "act":
        found = ({"record": step["record"]} if step.get("record") else {}) | step["body"]
    elif step["do"] == "tell":
        found = step["data"]
    elif step["do"] == "notify" and step.get("body"):
        found = {"body": step["body"]}
    elif step["do"] == "wait" and step.get("recheck", True):
        return [
            {"name": say(noted("Then")), "text": say(noted("only if the condition holds still"))}
        ]
    return [
        {"name": say(FIELDS.get(name) or sentence(name)), "text": _said(value, say)}
        for name, value in found.items()
    ]


def _said(value: Any, say: Say) -> str:
    if isinstance(value, Mapping) and set(value) == {"cel"}:
        return f"= {value['cel']}"
    return inner(value, say)


def _target(target: str, say: Say) -> str:
    """Somebody whom a step names."""
    if target.startswith("group:"):
        return target.removeprefix("group:")
    if target == "owner":
        return say(noted("as whom it acts"))
    return (
        target if "@" in target or "{{" in target else say(FIELDS.get(target) or sentence(target))
    )


def _span(minutes: int, say: Say) -> str:
    for size, one, many in (
        (_DAY, noted("1 day"), noted("%(count)s days")),
        (_HOUR, noted("1 hour"), noted("%(count)s hours")),
        (1, noted("1 minute"), noted("%(count)s minutes")),
    ):
        if minutes % size == 0:
            count = minutes // size
            return say(one) if count == 1 else say(many) % {"count": count}
    raise ValueError(minutes)
