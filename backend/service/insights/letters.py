"""The letter that a view is mailed as: words, a table, and the same as a file."""

from markupsafe import Markup

from backend.platform.transfers.models import Format
from backend.service.insights.figures import Figures, Measure
from backend.service.insights.tables import table_of, told
from infra.kernel.mail import TextFile

_LABELS = {
    "en": {
        "opened": "Opened", "resolved": "Resolved", "reopened": "Reopened", "backlog": "Open now",
        "response_median": "First answer, median", "resolution_median": "Resolution, median",
        "kept_percent": "Promises kept", "broken": "Promises broken", "rating": "Mean rating",
        "days": "{first} to {last}, days in {zone}", "open": "All of it, with charts:",
        "before": "before",
    },
    "de": {
        "opened": "Geöffnet", "resolved": "Gelöst", "reopened": "Wieder geöffnet",
        "backlog": "Jetzt offen", "response_median": "Erste Antwort, Median",
        "resolution_median": "Lösung, Median", "kept_percent": "Zusagen gehalten",
        "broken": "Zusagen gebrochen", "rating": "Mittlere Bewertung",
        "days": "{first} bis {last}, Tage in {zone}", "open": "Alles, mit Diagrammen:",
        "before": "zuvor",
    },
}  # fmt: skip


def words_of(locale: str) -> dict[str, str]:
    return _LABELS.get(locale.partition("-")[0], _LABELS["en"])


def text_of(name: str, figures: Figures, link: str, locale: str) -> str:
    """The letter in plain text."""
    words = words_of(locale)
    lines = [f"{words[m.name]}: {told(m)} ({words['before']}: {_before(m)})"
             for m in figures.measures if m.name in words]  # fmt: skip
    return "\n".join([name, _days(figures, words), "", *lines, "", words["open"], link, ""])


def html_of(name: str, figures: Figures, link: str, locale: str) -> str:
    """The letter as a page: everything that somebody typed is escaped."""
    words = words_of(locale)
    row = Markup("<tr><td>{}</td><td align=right><b>{}</b></td><td align=right>{} {}</td></tr>")
    rows = Markup("").join(
        row.format(words[m.name], told(m), words["before"], _before(m))
        for m in figures.measures
        if m.name in words
    )
    return str(
        Markup(
            '<!doctype html><html lang="{}"><body><h1>{}</h1><p>{}</p>'
            '<table cellpadding="6">{}</table><p>{} <a href="{}">{}</a></p></body></html>'
        ).format(locale, name, _days(figures, words), rows, words["open"], link, link)
    )


def file_of(figures: Figures) -> TextFile:
    """The numbers for a spreadsheet."""
    text = table_of(figures, Format.CSV).decode()
    return TextFile(f"figures-{figures.first}-{figures.last}.csv", "csv", text)


def _days(figures: Figures, words: dict[str, str]) -> str:
    return words["days"].format(first=figures.first, last=figures.last, zone=figures.zone)


def _before(measure: Measure) -> str:
    return told(measure.model_copy(update={"value": measure.before}))
