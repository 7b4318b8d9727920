import time
from enum import StrEnum
from typing import Any

import pytest

from infra.kernel import templates
from infra.kernel.templates import TemplateRefused, compile_template

CASE = {
    "number": "CS0001001",
    "subject": "Router <b>down</b>",
    "tags": ["vip", "router"],
    "items": {"a": 1},
    "price": 12.5,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Case {{ case.number }}: {{ case.subject }}", "Case CS0001001: Router <b>down</b>"),
        ("{{ case.tags | join(' and ') | upper }}", "VIP AND ROUTER"),
        ("{% for t in case.tags %}{{ loop.index }}.{{ t }} {% endfor %}", "1.vip 2.router "),
        ("{% for t in case.tags if t != 'vip' %}{{ t }}{% else %}-{% endfor %}", "router"),
        ("{% if 'vip' in case.tags and not case.closed %}quick{% else %}slow{% endif %}", "quick"),
        ("{{ case.items.a }}{{ case['number'] }}{{ case.tags[0] }}", "1CS0001001vip"),
        ("{{ nobody.name.first }}{{ case.nothing }}|", "|"),
        ("{{ nobody.name | default('you') }}", "you"),
        ("{{ case.price | round(2) }}", "12.50"),
        ("{{ 'yes' if case.number is defined else 'no' }}", "yes"),
        ("{{ case.subject | truncate(7) }}", "Router…"),
        ("a\n{# a remark #}\n", "a\n\n"),
    ],
)
def test_places_are_filled_in(text: str, expected: str) -> None:
    assert compile_template(text).render({"case": CASE}) == expected


def test_values_are_escaped_in_html() -> None:
    template = compile_template("<p>{{ case.subject }} {{ case.subject | upper }}</p>", html=True)
    assert template.render({"case": CASE}) == (
        "<p>Router &lt;b&gt;down&lt;/b&gt; ROUTER &lt;B&gt;DOWN&lt;/B&gt;</p>"
    )


@pytest.mark.parametrize(
    "text",
    [
        # SECURITY row 34
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'].__mro__[1].__subclasses__() }}",
        "{{ case|attr('format') }}",
        "{{ '%s'|format(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ range(10**9) }}",
        "{{ 'a' * 10**9 }}",
        "{{ 9**9**9 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ 1 + 1 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ case.delete() }}",
        "{{ case.items() }}",
        "{{ self.__init__ }}",
        "{{ self }}",
        "{{ _budget }}",
        "{{ case._budget }}",
        "{% for x in [1]|_counted %}{% endfor %}",
        "{% set x = 'a' %}",
        "{% with x = 1 %}{% endwith %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'base.html' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a in l recursive %}{{ loop(a) }}{% endfor %}",
        "{% for a, b in l %}{% endfor %}",
        "{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ 'a' | center(1000000000) }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ 'a' | replace('', 'aaaaaaa') }}",
        "{{ l | batch(10000000) }}",
        "{{ l | map('upper') | list }}",
        "{{ {'a': 1} }}",
        "{{ l[0:10] }}",
        "{{ 'a' | safe }}",
        "{{ 'x' | urlize }}",
        "{{ l | join(*x) }}",
        "{{ ",
        "{% if %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "not " * 3_000 + "1 }}",
        "{{ a" + ".b" * 3_000 + " }}",
        "{{ a" + "|upper" * 2_500 + " }}",
        "{% if a %}" * 200 + "{% endif %}" * 200,
        "x" * 20_001,
    ],
)
def test_what_is_not_in_the_language_is_refused_when_it_is_saved(text: str) -> None:
    with pytest.raises(TemplateRefused):
        compile_template(text)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(TemplateRefused) as refusal:
        compile_template("{{ a() }}\n{{ b | nope }}\n{{ c }}", names=frozenset({"a", "b"}))
    assert sorted(refusal.value.messages) == [
        "line 1: call is not allowed in a template",
        "line 2: there is no filter nope",
        "line 3: there is no value c; there are a, b",
    ]
    assert refusal.value.at("/body").faults[0].pointer == "/body"


class Deletable:
    deleted = False

    def delete(self) -> None:
        self.deleted = True


class Colour(StrEnum):
    RED = "red"


class Sneaky(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise AssertionError("code of a value ran")


@pytest.mark.parametrize("value", [Deletable(), Sneaky(a=1), len, b"x", {"a": [object()]}, {1, 2}])
def test_only_plain_values_are_handed_in(value: object) -> None:
    with pytest.raises(TemplateRefused, match="type"):
        compile_template("{{ v }}").render({"v": value})


def test_a_choice_of_the_model_reads_as_its_text() -> None:
    assert compile_template("{{ v }}").render({"v": Colour.RED}) == "red"


def test_methods_of_plain_values_are_out_of_reach() -> None:
    text = "{{ s.upper }}{{ l.append }}{{ d.keys }}{{ s['format'] }}{{ n.real }}{{ s[0] }}|"
    assert compile_template(text).render({"s": "x", "l": [1], "d": {"a": 1}, "n": 1}) == "|"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{% for a in l %}{% for b in l %}{% endfor %}{% endfor %}", {"l": list(range(2_000))}),
        ("{% for a in l %}{{ s }}{% endfor %}", {"l": list(range(100)), "s": "a" * 100_000}),
        ("{{ s }}" * 2_000, {"s": "a" * 1_000}),
        ("{{ l | join(s) }}", {"l": list(range(4_000)), "s": "a" * 100_000}),
        ("{{ s }}", {"s": "a" * 200_001}),
        ("{{ l }}", {"l": [0] * 6_000}),
        ("{{ l }}", {"l": [[[[[[[[[[1]]]]]]]]]]}),
        ("{% for a in s %}{% endfor %}", {"s": "text"}),
        ("{{ 'a' | round('x') }}", {}),
        ("{{ s | upper(1, 2, 3) }}", {"s": "a"}),
        ("{{ a < b }}", {"a": 1, "b": "x"}),
        (
            "{% for a in l %}"
            + "{% if s == t or s < t or t in s %}{% endif %}" * 400
            + "{% endfor %}",
            {"l": list(range(4_000)), "s": "a" * 90_000, "t": "a" * 89_999 + "b"},
        ),
    ],
)
def test_a_text_that_would_not_end_or_not_fit_is_stopped(
    text: str, values: dict[str, object]
) -> None:
    started = time.perf_counter()
    with pytest.raises(TemplateRefused):
        compile_template(text).render(values)
    assert time.perf_counter() - started < templates.SECONDS_MAX + 1.5


def test_rendering_leaves_the_values_alone() -> None:
    values = {"l": [1, {"a": 2}]}
    compile_template("{% for x in l %}{{ x.a }}{% endfor %}").render(values)
    assert values == {"l": [1, {"a": 2}]}
