"""What a question of a catalogue item is asked for: what fits its kind and what comes before it."""

from collections.abc import Iterator, Mapping

from portals.workspace.reader import Row
from portals.workspace.records.composed import NONE, Values, beside, numbers, plain
from portals.workspace.records.known import Advice, Known, codes

_CHOSEN = ("choice", "choices")
_NUMBERS = ("integer", "decimal")
_TEXTS = ("text", "long_text", "email", "url")
_DEFAULTS: Mapping[str, Row] = {
    "boolean": {"kind": "flag"}, "integer": {"kind": "number"}, "decimal": {"kind": "decimal"},
    "date": {"kind": "date"}, "choice": {"kind": "choice", "words": ""},
    "choices": {"kind": "many", "words": ""},
}  # fmt: skip
_UNASKED: Row = {"kind": NONE}


def _fits(*kinds: str, up: int = 1) -> Advice:
    """A part that only questions of these kinds have."""

    def advice(_known: Known, name: str, form: Values) -> Row:
        return {} if form.get(beside(name, "kind", up)) in kinds else _UNASKED

    return advice


def hint(code: str) -> Advice:
    """What to know before the part is filled in."""
    return lambda _known, _name, _form: {"hint": code}


def _kind(_known: Known, _name: str, _form: Values) -> Row:
    return {"redraws": True}


def _default(_known: Known, name: str, form: Values) -> Row:
    kind = form.get(beside(name, "kind"))
    if not kind:
        return _UNASKED
    chosen = [{"value": each, "label": each} for each in _choices(form, name.rpartition(".")[0])]
    return {"kind": "text", "choices": chosen} | _DEFAULTS.get(kind, {})


def _choices(form: Values, row: str) -> list[str]:
    found: list[str] = plain({"kind": "lines"}, form.get(f"{row}.choices", ""))
    return found


def _earlier(form: Values, name: str) -> Iterator[str]:
    """The rows of the questions that come before the one of this part."""
    own = int(name.split(".")[1])
    yield from (f"form.{number}" for number in numbers(form, "form") if number < own)


def folded(_known: Known, _name: str, _form: Values) -> Row:
    """What is opened by whoever needs it."""
    return {"is_folded": True}


def _asked_before(_known: Known, name: str, form: Values) -> Row:
    rows = [row for row in _earlier(form, name) if form.get(f"{row}.name")]
    offered = [
        {"value": form[f"{row}.name"], "label": form.get(f"{row}.label") or form[f"{row}.name"]}
        for row in rows
    ]
    return {"kind": "choice", "words": "", "choices": offered, "redraws": True}


def _answered_with(_known: Known, name: str, form: Values) -> Row:
    asked = form.get(beside(name, "field"))
    row = next((r for r in _earlier(form, name) if asked and form.get(f"{r}.name") == asked), "")
    kind = form.get(f"{row}.kind")
    if kind in _CHOSEN:
        offered = [{"value": each, "label": each} for each in _choices(form, row)]
        return {"kind": "many", "words": "", "choices": offered}
    if kind == "boolean":
        return {"kind": "many", "takes": "flags", "choices": codes(("true", "false"))}
    return {"kind": "list", "takes": "numbers" if kind == "integer" else "list"}


OF_SURVEYS: Mapping[str, Advice] = {
    "questions.kind": _kind, "questions.choices": _fits("choice"),
    "questions.translations.choices": _fits("choice", up=3),
}  # fmt: skip
OF_QUESTIONS: Mapping[str, Advice] = {
    "form.kind": _kind, "form.choices": _fits(*_CHOSEN), "form.minimum": _fits(*_NUMBERS),
    "form.maximum": _fits(*_NUMBERS), "form.longest": _fits(*_TEXTS),
    "form.pattern": _fits("text"), "form.default": _default,
    "form.name": hint("name"), "approval": hint("approval"),
    "form.visible_when": hint("answers"), "form.required_when": hint("answers"),
    "tasks.when": hint("answers"), "tasks.after": hint("after"),
    "form.shown_when": folded, "form.shown_when.field": _asked_before,
    "form.shown_when.one_of": _answered_with, "form.translations": folded,
    "form.translations.choices": _fits(*_CHOSEN, up=3),
}  # fmt: skip
