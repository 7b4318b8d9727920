"""What a form that is being written would come to, drawn before it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.kernel.errors import Invalid
from portals.visits import Visit
from portals.words import LOCALES
from portals.workspace.desk import reader_of
from portals.workspace.reader import Row
from portals.workspace.records.samplers import LEAD, SAMPLERS
from portals.workspace.records.shapes import Kind
from portals.workspace.records.typed import read

LANGUAGE = f"{LEAD}locale-"
"""What no question can be called: in which language the sample speaks."""
_MARKS = ("name", "summary")


async def sampled(visit: Visit, kind: Kind, laid: Sequence[Row], form: Mapping[str, str]) -> Row:
    """The sample: {"kind", "title", "about", "is_seen", "marks", "values", "many", "errors",
    "locale", "locales"} and what the sampler tells; its errors stand at the fields of the form."""
    reader, sampler = reader_of(visit), SAMPLERS[kind.collection]
    definition = visit.services.registry.actions[f"{kind.collection}.{kind.sample}"]
    known = definition.body(reader.caller.audience).model_fields
    typed = await read(reader, [each for each in laid if each["name"] in known], form)
    given = {n.removeprefix(LEAD): v for n, v in visit.many.items() if n.startswith(LEAD)}
    spoken = form.get(LANGUAGE, "")
    locale = spoken if spoken in LOCALES else visit.locale
    many = {LEAD + name: list(said) for name, said in given.items()}
    sample: Row = {
        "kind": sampler.kind, "title": visit.say(sampler.title), "about": visit.say(sampler.about),
        "is_seen": sampler.is_seen, "marks": {name: form.get(name, "") for name in _MARKS},
        "locale": locale, "locales": LOCALES, "many": many, "errors": [], **sampler.blank,
        "values": {name: said[-1] for name, said in many.items()},
    }  # fmt: skip
    try:
        body = typed.require()
        asked: dict[str, Any] = await sampler.asks(reader, body, given, locale)
        told = await visit.ask(definition.permission, **(body | asked))
        sample |= sampler.draws(told, sample, visit.say)
    except Invalid as refused:
        refused.faults = tuple(typed.located(refused.faults))
        sample["errors"] = visit.errors(refused)
    return sample
