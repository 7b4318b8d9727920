"""Texts with places to fill in, written by tenants: replies, mails, clauses.

Jinja's sandbox alone does not hold: methods of passed objects run, and a few characters make
gigabytes. So the language is cut down instead. A template may name values, choose, loop twice
deep and use the filters below; every other construct (calls, arithmetic, assignment, macros,
imports) is refused when it is saved. Values are copied into plain ones, attribute access reads
dictionaries only, and loops, output and time are counted while it runs.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import ChainableUndefined, Template, TemplateError, nodes, pass_context
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from infra.kernel.errors import Fault, Invalid

TEXT_CHARS_MAX = 20_000
OUTPUT_CHARS_MAX = 200_000
VALUE_CHARS_MAX = 200_000
VALUE_NODES_MAX = 5_000
VALUE_DEPTH_MAX = 8
STEPS_MAX = 20_000
SECONDS_MAX = 1.0
NESTING_MAX = 30
LOOP_DEPTH_MAX = 2

_NODES: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr),
    *(nodes.Getitem, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or),
    *(nodes.Not, nodes.Filter, nodes.Test, nodes.For, nodes.Keyword, nodes.Tuple, nodes.List),
)
_LOOP_FACTS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})


class TemplateRefused(Invalid):
    """A text with places to fill in that cannot be used; `messages` has all that is wrong."""

    type, title = "template", "The template cannot be used"

    def __init__(self, messages: Iterable[str], pointer: str = "") -> None:
        self.messages = tuple(dict.fromkeys(messages))
        super().__init__(Fault(pointer, "template", message) for message in self.messages)

    def at(self, pointer: str) -> "TemplateRefused":
        """The same refusal, laid at the member of the body that held the template."""
        return TemplateRefused(self.messages, pointer)


@dataclass(frozen=True)
class TenantTemplate:
    """A compiled text; `names` are the values that it asks for."""

    names: frozenset[str]
    _template: Template

    def render(self, values: Mapping[str, Any]) -> str:
        """The filled-in text; a value that is missing reads as nothing."""
        copier = _Copier()
        plain = {name: copier.plain(values[name], 1) for name in self.names if name in values}
        budget = _Budget(time.monotonic() + SECONDS_MAX)
        pieces: list[str] = []
        written = 0
        try:
            for piece in self._template.generate(plain | {"_budget": budget}):
                written += len(piece)
                if written > OUTPUT_CHARS_MAX:
                    raise TemplateRefused([f"makes more than {OUTPUT_CHARS_MAX} characters"])
                budget.step()
                pieces.append(piece)
        except TemplateRefused:
            raise
        except Exception as failure:
            raise TemplateRefused([_sentence(failure)]) from failure
        return "".join(pieces)


@lru_cache(maxsize=1024)
def compile_template(
    text: str, *, html: bool = False, names: frozenset[str] | None = None
) -> TenantTemplate:
    """Compile a text or raise TemplateRefused with all that is wrong; `html` escapes the values."""
    if len(text) > TEXT_CHARS_MAX:
        raise TemplateRefused([f"is longer than {TEXT_CHARS_MAX} characters"])
    environment = _HTML if html else _TEXT
    try:
        tree = environment.parse(text)
    except (TemplateError, RecursionError, ValueError, MemoryError) as failure:
        raise TemplateRefused([_sentence(failure)]) from failure
    inspection = _Inspection(names)
    inspection.walk(tree)
    if inspection.messages:
        raise TemplateRefused(inspection.messages)
    try:
        template = Template.from_code(environment, environment.compile(tree), {})
    except (TemplateError, RecursionError, SyntaxError, ValueError, MemoryError) as failure:
        raise TemplateRefused([_sentence(failure)]) from failure
    return TenantTemplate(frozenset(inspection.free), template)


def _sentence(failure: BaseException) -> str:
    if isinstance(failure, RecursionError | MemoryError):
        return "is nested too deep"
    line = getattr(failure, "lineno", None)
    text = (str(failure).splitlines() or ["cannot be read"])[0][:200]
    return f"line {line}: {text}" if line else text


class _Inspection:
    """One walk over the tree: refuses what is not in the language and guards every loop."""

    def __init__(self, names: frozenset[str] | None) -> None:
        self.messages: list[str] = []
        self.free: set[str] = set()
        self._names = names

    def walk(self, root: nodes.Node) -> None:
        stack: list[tuple[nodes.Node, int, int, frozenset[str]]] = [(root, 0, 0, frozenset())]
        while stack:
            node, depth, loops, bound = stack.pop()
            if depth > NESTING_MAX:
                self.messages.append("is nested too deep")
                return
            if not isinstance(node, _NODES):
                line, word = node.lineno, type(node).__name__.lower()
                self.messages.append(f"line {line}: {word} is not allowed in a template")
                continue
            self._judge(node, bound)
            if isinstance(node, nodes.For):
                stack += self._loop(node, depth, loops, bound)
            else:
                stack += [(child, depth + 1, loops, bound) for child in node.iter_child_nodes()]

    def _loop(
        self, node: nodes.For, depth: int, loops: int, bound: frozenset[str]
    ) -> list[tuple[nodes.Node, int, int, frozenset[str]]]:
        if loops == LOOP_DEPTH_MAX or node.recursive:
            self.messages.append(f"line {node.lineno}: loops are nested too deep")
        if not isinstance(node.target, nodes.Name):
            self.messages.append(f"line {node.lineno}: a loop binds one name")
            return []
        inner = bound | {node.target.name, "loop"}
        inside = [*node.body, *node.else_, *([node.test] if node.test else [])]
        found = [(child, depth + 1, loops + 1, inner) for child in inside]
        found.append((node.iter, depth + 1, loops, bound))
        node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None, lineno=node.lineno)
        return found  # the guard itself is ours and needs no judging

    def _judge(self, node: nodes.Node, bound: frozenset[str]) -> None:
        if isinstance(node, nodes.Name):
            self._name(node, bound)
        elif isinstance(node, nodes.Filter) and (
            node.node is None or node.name not in _FILTERS or node.name.startswith("_")
        ):
            self.messages.append(f"line {node.lineno}: there is no filter {node.name}")
        elif isinstance(node, nodes.Filter) and (node.dyn_args or node.dyn_kwargs):
            self.messages.append(f"line {node.lineno}: arguments are written out")
        elif isinstance(node, nodes.Test) and node.name not in _TESTS:
            self.messages.append(f"line {node.lineno}: there is no test {node.name}")
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            self.messages.append(f"line {node.lineno}: there is no {node.attr}")

    def _name(self, node: nodes.Name, bound: frozenset[str]) -> None:
        if node.name.startswith("_") or node.name == "self":
            self.messages.append(f"line {node.lineno}: there is no {node.name}")
        elif node.name not in bound:
            self.free.add(node.name)
            if self._names is not None and node.name not in self._names:
                known = ", ".join(sorted(self._names))
                self.messages.append(
                    f"line {node.lineno}: there is no value {node.name}; there are {known}"
                )


class _Budget:
    def __init__(self, deadline: float) -> None:
        self.steps = STEPS_MAX
        self.deadline = deadline

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise TemplateRefused([f"takes more than {STEPS_MAX} steps"])
        if time.monotonic() > self.deadline:
            raise TemplateRefused(["takes too long"])


class _Copier:
    """Copies values into plain ones; anything else, such as a record, is refused."""

    def __init__(self) -> None:
        self.nodes = 0
        self.chars = 0

    def plain(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > VALUE_DEPTH_MAX or self.nodes > VALUE_NODES_MAX:
            raise TemplateRefused(["the values are too many or too deep"])
        if value is None or type(value) in {bool, float}:
            return value
        if type(value) is int:
            return value if -(2**63) <= value < 2**63 else float(value)
        if isinstance(value, str):
            return self._text(value)
        if type(value) is dict:
            return {self._text(str(k)): self.plain(v, depth + 1) for k, v in value.items()}
        if type(value) in {list, tuple}:
            return [self.plain(entry, depth + 1) for entry in value]
        raise TemplateRefused([f"a template cannot see a value of type {type(value).__name__}"])

    def _text(self, value: str) -> str:
        self.chars += len(value)
        if self.chars > VALUE_CHARS_MAX:
            raise TemplateRefused(["the values are too long"])
        return str.__str__(value) if type(value) is str else "".join(value)


class _Environment(ImmutableSandboxedEnvironment):
    """Attribute access that never leaves plain dictionaries and lists."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in _LOOP_FACTS:
            return getattr(obj, attribute)
        return self.undefined(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if type(obj) is dict and isinstance(argument, str):
            return self.getattr(obj, argument)
        if type(obj) is list and type(argument) is int and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(name=str(argument)[:80])


@pass_context
def _counted(context: JinjaContext, value: Any) -> Iterator[Any]:
    if isinstance(value, Undefined):
        return
    if type(value) not in {list, dict}:
        raise TemplateRefused(["only a list can be looped over"])
    budget: _Budget = context["_budget"]
    for entry in value:
        budget.step()
        yield entry


def _text_of(value: Any) -> str:
    return "" if value is None or isinstance(value, Undefined) else str(value)


def _join(value: Any, between: str = ", ") -> str:
    parts = [_text_of(entry) for entry in value] if type(value) is list else [_text_of(value)]
    if sum(map(len, parts)) + len(parts) * len(between) > OUTPUT_CHARS_MAX:
        raise TemplateRefused([f"makes more than {OUTPUT_CHARS_MAX} characters"])
    return between.join(parts)


def _end(value: Any, place: int) -> Any:
    return value[place] if type(value) in {list, str} and value else ""


def _truncate(value: Any, chars: int = 100) -> str:
    text = _text_of(value)
    return text if len(text) <= chars else text[: max(int(chars) - 1, 0)] + "…"


def _round(value: Any, places: int = 0) -> str:
    if type(value) not in {int, float} or not 0 <= places <= 6:
        raise TemplateRefused(["round takes a number, and 0 to 6 places"])
    return f"{value:.{places}f}"


_FILTERS: dict[str, Callable[..., Any]] = {
    "_counted": _counted,
    "capitalize": lambda value: _text_of(value).capitalize(),
    "default": lambda value, other="": other if not value and value != 0 else value,
    "first": lambda value: _end(value, 0),
    "join": _join,
    "last": lambda value: _end(value, -1),
    "length": lambda value: len(value) if type(value) in {str, list, dict} else 0,
    "lower": lambda value: _text_of(value).lower(),
    "round": _round,
    "title": lambda value: _text_of(value).title(),
    "trim": lambda value: _text_of(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: _text_of(value).upper(),
    "urlencode": lambda value: quote(_text_of(value)[:2_000].encode("utf-8", "replace"), safe=""),
}
_TESTS: dict[str, Callable[..., Any]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "empty": lambda value: not value,
    "even": lambda value: type(value) is int and value % 2 == 0,
    "none": lambda value: value is None,
    "odd": lambda value: type(value) is int and value % 2 == 1,
    "undefined": lambda value: isinstance(value, Undefined),
}


def _environment(*, html: bool) -> _Environment:
    made = _Environment(autoescape=html, undefined=ChainableUndefined, optimized=False)
    made.globals.clear()
    made.filters.clear()
    made.filters.update(_FILTERS)
    made.tests.clear()
    made.tests.update(_TESTS)
    made.keep_trailing_newline = True
    made.finalize = lambda value: "" if value is None else value
    return made


_TEXT = _environment(html=False)
_HTML = _environment(html=True)
