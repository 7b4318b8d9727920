"""Words that a tenant writes in several languages, read by each in their own.

A resource that is `worded` names the columns whose words its column `translations` may hold in
other languages: `{"de": {"name": "…"}}`. The columns themselves are in the tenant's own language,
which is what everybody reads whose language is missing. Staff, who write them, read them as they
are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infra.kernel.resource import OUTSIDERS, Resource

TRANSLATIONS = "translations"


def is_worded(resource: Resource, audience: str) -> bool:
    """Whether this audience reads the resource in its own language."""
    return bool(resource.worded) and audience in OUTSIDERS


def with_words(resource: Resource, audience: str, shown: Sequence[str]) -> tuple[str, ...]:
    """The columns to select so that those which are shown can be told in the reader's language."""
    more = (TRANSLATIONS,) if is_worded(resource, audience) else ()
    return tuple(dict.fromkeys((*shown, *more)))


def in_words(
    told: dict[str, Any], worded: Iterable[str], translations: Mapping[str, Any], locale: str
) -> None:
    """Put the words of the reader's language in place of the tenant's, as far as there are any."""
    for name in worded:
        if name in told and (found := word(translations, name, locale)):
            told[name] = found


def word(translations: Mapping[str, Any], name: str, locale: str) -> str | None:
    """One text in this very language or in the same language elsewhere; None where it has none."""
    for code in (locale, locale.partition("-")[0]):
        found = translations.get(code, {}).get(name)
        if found:
            return str(found)
    return None
