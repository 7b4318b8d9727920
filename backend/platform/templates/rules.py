"""Which words a text may ask for, whether it can be used, and in which language it is sent."""

import html as markup
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infra.kernel.errors import Fault
from infra.kernel.resource import Resource
from infra.kernel.templates import TemplateRefused, compile_template

NAMES = frozenset(
    {"record", "recipient", "sender", "brand", "event", "before", "after", "changed", "steps"}
    | {"now", "letter"}
)
"""What a text may name; `letter` is what a letter of the house brings with it. Beside the record
there is nothing but words and numbers behind them."""

PARTS = ("subject", "body", "html")


def variables(resource: Resource) -> list[str]:
    """Everything that a text about this kind of record can be filled from."""
    seen = outside_columns(resource)
    return [
        *(f"record.{name}" for name in seen),
        *(f"recipient.{name}" for name in ("name", "email", "locale")),
        "sender.name",
        *(f"brand.{name}" for name in ("name", "site", "support_text", "support_phone", "color")),
        "event.type",
        "event.at",
        "before",
        "after",
        "changed",
        "steps",
        *(f"letter.{name}" for name in ("link", "title", "intro", "until")),
        "now",
    ]


def outside_columns(resource: Resource) -> Sequence[str]:
    """The columns that a customer sees of a record: no letter may tell him more."""
    view = resource.view("customer") or resource.view("partner") or resource.view("staff")
    return view.read if view else ()


def told_outside(resource: Resource | None, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without what is for staff only."""
    seen = set(outside_columns(resource)) if resource else set()
    return {name: value for name, value in record.items() if name in seen}


def faults_of(texts: Mapping[str, Mapping[str, str]], default_locale: str) -> list[Fault]:
    """Everything that is wrong with the texts, each at its place."""
    faults = []
    if default_locale not in texts:
        message = f"there is no text in {default_locale}, which is what others fall back to"
        faults.append(Fault("/texts", "no_fallback", message))
    for locale, parts in texts.items():
        for part in PARTS:
            faults += template_faults(
                parts.get(part) or "", f"/texts/{locale}/{part}", html=part == "html"
            )
    return faults


def template_faults(
    text: str, pointer: str, names: frozenset[str] = NAMES, *, html: bool = False
) -> list[Fault]:
    """What is wrong with one text with places to fill in."""
    try:
        compile_template(text, html=html, names=names)
    except TemplateRefused as refused:
        return list(refused.at(pointer).faults)
    return []


def locale_for(offered: Iterable[str], wanted: str | None, default: str) -> str:
    """The language to write in: the very one, the same language elsewhere, or the fallback."""
    known = sorted(offered)
    if wanted in known:
        return str(wanted)
    language = (wanted or "").partition("-")[0].lower()
    if language:
        if language in known:
            return language
        same = [locale for locale in known if locale.partition("-")[0] == language]
        if same:
            return same[0]
    return default


def branded(body: str, brand: Mapping[str, Any]) -> str:
    """A plain text in the tenant's look; whatever anybody wrote stays text."""
    color = str(brand.get("color") or "")
    bar = color if color.startswith("#") else "#334155"
    site = str(brand.get("site") or "")
    paragraphs = "".join(
        f"<p>{_linked(markup.escape(part), site).replace(chr(10), '<br>')}</p>"
        for part in body.strip().split("\n\n")
    )
    foot = " · ".join(
        markup.escape(str(brand[name]))
        for name in ("name", "support_text", "support_phone")
        if brand.get(name)
    )
    return (
        f'<div style="border-top:4px solid {markup.escape(bar)};padding:16px;max-width:40em;'
        f'font-family:sans-serif;line-height:1.5">{paragraphs}'
        f'<p style="color:#64748b;font-size:small">{foot}</p></div>'
    )


def _linked(escaped: str, site: str) -> str:
    """A text with addresses of the tenant's own pages made links; others stay text."""
    if not site:
        return escaped
    own = re.compile(rf"{re.escape(markup.escape(site))}(?:/[^\s<]*)?(?=[\s<]|$)")
    return own.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)
