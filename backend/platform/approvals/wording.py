"""A summary as plain lines of a letter, in the language of whoever reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from backend.platform.approvals.summary import Change, Fact, Summary, Told

_GERMAN = {
    "account_id": "Kunde",
    "amount": "Betrag",
    "asset_id": "Gerät",
    "assigned_to_id": "Bearbeitung",
    "assignment_group_id": "Gruppe",
    "case_id": "Fall",
    "case_type_id": "Art",
    "catalog_item_id": "Angebot",
    "category": "Kategorie",
    "channel": "Kanal",
    "consumer_id": "Verbraucher",
    "contact_id": "Kontakt",
    "contract_id": "Vertrag",
    "currency": "Währung",
    "customer_kind": "Kundenart",
    "description": "Beschreibung",
    "due_at": "Fällig",
    "ends_on": "Bis",
    "name": "Name",
    "opened_at": "Eröffnet",
    "priority": "Priorität",
    "product_model_id": "Produkt",
    "reason": "Grund",
    "requested_by_id": "Angefragt von",
    "resolution": "Lösung",
    "resolution_code": "Art der Lösung",
    "sold_product_id": "Verkauftes Produkt",
    "starts_on": "Von",
    "state": "Zustand",
    "subcategory": "Unterkategorie",
    "subject": "Betreff",
    "tier": "Stufe",
}
_WORDS = {
    "en": {"changes": "What would change:", "facts": "What it is about:", True: "yes", False: "no"},
    "de": {"changes": "Was sich ändern würde:", "facts": "Worum es geht:", True: "ja",
           False: "nein"},
}  # fmt: skip


def lines_of(summary: Summary, language: str) -> Iterator[str]:
    """What would change, then what it is about; nothing where there is nothing to tell."""
    words = _WORDS.get(language, _WORDS["en"])
    if summary.changes:
        yield words["changes"]
        for change in summary.changes:
            pair = [_value(each, language) for each in (change.before, change.after)]
            yield f"  {_name(change, language)}: {' → '.join(pair)}"
    if summary.facts:
        yield words["facts"]
        for fact in summary.facts:
            yield f"  {_name(fact, language)}: {_value(fact.value, language)}"


def _name(part: Fact | Change, language: str) -> str:
    if part.label:
        return plain_line(part.label)
    if language == "de" and part.field in _GERMAN:
        return _GERMAN[part.field]
    words = part.field.rpartition(".")[2].removesuffix("_id").replace("_", " ")
    return words[:1].upper() + words[1:]


def _value(value: Told | None, language: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _WORDS.get(language, _WORDS["en"])[value]
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return plain_line(str(value))


def plain_line(text: str) -> str:
    """One line without addresses, whatever was typed."""
    return " ".join(text.replace("://", " ").split())
