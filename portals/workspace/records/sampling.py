"""What a form that is being written would come to, drawn before it is saved."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from infra.kernel.errors import Invalid
from portals.visits import Visit
from portals.words import LOCALES
from portals.workspace.desk import reader_of
from portals.workspace.reader import Row
from portals.workspace.records.composed import numbers
from portals.workspace.records.samplers import LEAD, SAMPLERS
from portals.workspace.records.shapes import Kind
from portals.workspace.records.typed import read

LANGUAGE = f"{LEAD}locale-"
"""What no question can be called: in which language the sample speaks."""
_MARKS = ("name", "summary")


async def sampled(
    visit: Visit, kind: Kind, row: Row | None, laid: Sequence[Row], form: Mapping[str, str]
) -> Row:
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
        "is_seen": sampler.is_seen, "marks": _marks(form, locale),
        "locale": locale, "locales": LOCALES, "many": many, "errors": [], **sampler.blank,
        "values": {name: said[-1] for name, said in many.items()},
    }  # fmt: skip
    try:
        body = _unasked(known, row, laid) | typed.require()
        asked: dict[str, Any] = await sampler.asks(reader, body, given, locale)
        told = await visit.ask(definition.permission, **(body | asked))
        sample |= sampler.draws(told, sample)
    except Invalid as refused:
        refused.faults = tuple(typed.located(refused.faults))
        sample["errors"] = visit.errors(refused)
    return sample


def _marks(form: Mapping[str, str], locale: str) -> Row:
    """What it is called in a language, as far as the form says it."""
    rows = [f"translations.{number}" for number in numbers(form, "translations")]
    own = next((row for row in rows if form.get(f"{row}._key") == locale), "")
    return {name: form.get(f"{own}.{name}") or form.get(name, "") for name in _MARKS}


def _unasked(known: Collection[str], row: Row | None, laid: Sequence[Row]) -> Row:
    """Words of the record that its form does not ask for, because they stay as they are."""
    asked = {each["name"] for each in laid}
    return {n: v for n, v in (row or {}).items()
            if n in known and n not in asked and isinstance(v, str)}  # fmt: skip
