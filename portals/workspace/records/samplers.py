"""The samples of forms: what each asks of its verb beside the form, and what it draws of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.kernel.errors import Fault, Invalid
from portals.questions import answers
from portals.words import noted
from portals.workspace.reader import Reader, Row

LEAD = "sample."
"""Before the names of what is answered in the sample, beside those of the form itself."""
Given = Mapping[str, list[str]]
Asks = Callable[[Reader, Mapping[str, Any], Given, str], Awaitable[dict[str, Any]]]
Draws = Callable[[Mapping[str, Any], Row], Row]
_NUMBERS = ("impact", "urgency", "priority")
FACTS = ("answered", "awaited", "waits", "finished", "cancelled", "escalated", "held")
_WORDS = ("subject", "category", "channel", "customer_kind")


@dataclass(frozen=True)
class Sampler:
    """`is_seen` is what people outside look at, in either look and each language."""

    kind: str
    title: str
    about: str
    asks: Asks
    draws: Draws
    is_seen: bool = True
    blank: Mapping[str, Any] = field(default_factory=dict)
    """What it draws where the form cannot be tried."""


async def _answered(
    _reader: Reader, body: Mapping[str, Any], given: Given, locale: str
) -> dict[str, Any]:
    return {"answers": answers(body.get("form", ()), given), "locale": locale}


def _questions(told: Mapping[str, Any], sample: Row) -> Row:
    """The questions of an item, with what is answered already by what is usual."""
    usual = {
        LEAD + each["name"]: each["answer"]
        for each in told["questions"]
        if each["answer"] is not None and LEAD + each["name"] not in sample["many"]
    }
    return {
        "questions": [each | {"name": LEAD + each["name"]} for each in told["questions"]],
        "tasks": told["tasks"], "values": sample["values"] | usual,
    }  # fmt: skip


async def _sample_case(
    _reader: Reader, _body: Mapping[str, Any], given: Given, _locale: str
) -> dict[str, Any]:
    said = {name: given[name][-1].strip() for name in (*_WORDS, *_NUMBERS) if name in given}
    numbers = {name: int(said[name]) for name in _NUMBERS if said.get(name, "").isdigit()}
    return {"sample": {name: said[name] for name in _WORDS if said.get(name)} | numbers}


def _tasks(told: Mapping[str, Any], _sample: Row) -> Row:
    """The tasks of a sample case, each with the words of those that it waits for."""
    subjects = {each["key"]: each["subject"] for each in told["tasks"]}
    return {
        "case": {
            "priority": told["priority"], "stage": told["stage"], "left_out": told["left_out"],
            "tasks": [each | {"waits_for": [subjects[key] for key in each["waits_for"]]}
                      for each in told["tasks"]],
        }
    }  # fmt: skip


async def _facts(
    reader: Reader, body: Mapping[str, Any], given: Given, _locale: str
) -> dict[str, Any]:
    """The facts that are ticked, and the record that is named; raises Invalid for none."""
    facts = {name: True for name in FACTS if name in given}
    kind = str(body.get("kind") or "cases")
    return {"facts": facts} | await _record(reader, kind, given)


async def _record(reader: Reader, collection: str, given: Given) -> dict[str, Any]:
    """The record whose number is given, if one is; raises Invalid for none."""
    number = given.get("record", [""])[-1].strip()
    if not number:
        return {}
    record = await reader.maybe(collection, number)
    if record is None:
        raise Invalid([Fault(f"/{LEAD}record", "not_found", "there is no such record")])
    return {"record_id": str(record["id"])}


def _clocks(told: Mapping[str, Any], _sample: Row) -> Row:
    return {"promise": told}


async def _spoken(
    _reader: Reader, _body: Mapping[str, Any], _given: Given, locale: str
) -> dict[str, Any]:
    return {"locale": locale}


def _survey(told: Mapping[str, Any], _sample: Row) -> Row:
    return {"letter": told["letter"], "survey": told["form"]}


async def _about(
    reader: Reader, body: Mapping[str, Any], given: Given, locale: str
) -> dict[str, Any]:
    """The record that the text is about; raises Invalid for none."""
    return {"locale": locale} | await _record(reader, str(body.get("resource") or ""), given)


def _letter(told: Mapping[str, Any], _sample: Row) -> Row:
    return {"letter": told}


SAMPLERS: Mapping[str, Sampler] = {
    "catalog_items": Sampler(
        "item", noted("What people will see"),
        noted("Of the form as it stands. Nothing is saved or sent."),
        _answered, _questions, blank={"questions": [], "tasks": []},
    ),
    "case_types": Sampler(
        "case", noted("A sample case"),
        noted("What a case like this would get by the form as it stands. Nothing is saved."),
        _sample_case, _tasks, is_seen=False, blank={"case": None},
    ),
    "sla_definitions": Sampler(
        "clocks", noted("The clocks of a sample"),
        noted("As if it began now, by the form as it stands. Nothing is saved."),
        _facts, _clocks, is_seen=False, blank={"promise": None, "facts": FACTS},
    ),
    "surveys": Sampler(
        "survey", noted("What people will see"),
        noted("Of the form as it stands. Nothing is saved or sent."),
        _spoken, _survey, blank={"letter": None, "survey": None},
    ),
    "message_templates": Sampler(
        "letter", noted("How it reads"),
        noted("Of the form as it stands. Nothing is saved or sent."),
        _about, _letter, blank={"letter": None},
    ),
}  # fmt: skip
