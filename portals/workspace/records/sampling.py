"""What people would see of a form that is being written, drawn before it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.kernel.errors import Invalid
from portals.questions import answers
from portals.visits import Visit
from portals.words import LOCALES
from portals.workspace.desk import reader_of
from portals.workspace.reader import Row
from portals.workspace.records.shapes import Kind
from portals.workspace.records.typed import read

LEAD = "sample."
"""Before the names of what is answered in the sample, beside those of the form itself."""
LANGUAGE = f"{LEAD}locale-"
"""What no question can be called: in which language the sample speaks."""
_MARKS = ("name", "summary")


async def sampled(visit: Visit, kind: Kind, laid: Sequence[Row], form: Mapping[str, str]) -> Row:
    """The sample: {"marks", "questions", "values", "many", "errors", "tasks", "locale", "locales"};
    its errors stand at the fields of the form."""
    reader = reader_of(visit)
    definition = visit.services.registry.actions[f"{kind.collection}.{kind.sample}"]
    known = definition.body(reader.caller.audience).model_fields
    typed = await read(reader, [each for each in laid if each["name"] in known], form)
    given = {n.removeprefix(LEAD): v for n, v in visit.many.items() if n.startswith(LEAD)}
    spoken = form.get(LANGUAGE, "")
    locale = spoken if spoken in LOCALES else visit.locale
    sample: Row = {"questions": [], "tasks": [], "errors": [], "locale": locale}
    try:
        body = typed.require()
        said = answers(body.get("form", ()), given)
        told = await visit.ask(definition.permission, answers=said, locale=locale, **body)
        sample["questions"] = [q | {"name": LEAD + q["name"]} for q in told["questions"]]
        sample["tasks"] = told["tasks"]
    except Invalid as refused:
        refused.faults = tuple(typed.located(refused.faults))
        sample["errors"] = visit.errors(refused)
    many = {LEAD + name: list(said) for name, said in given.items()}
    return sample | {
        "marks": {name: form.get(name, "") for name in _MARKS}, "locales": LOCALES, "many": many,
        "values": {name: said[-1] for name, said in many.items()} | _usual(sample, many),
    }  # fmt: skip


def _usual(sample: Row, many: Mapping[str, Any]) -> dict[str, Any]:
    """What is answered already, by what the form's maker says is usual."""
    return {
        each["name"]: each["answer"]
        for each in sample["questions"]
        if each["answer"] is not None and each["name"] not in many
    }
