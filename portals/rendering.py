"""Turns a template and plain values into a page in the reader's language and zone.

A renderer holds one environment per language, so the catalogue is bound when a template is
compiled and a page costs no look-up of its language. Times and numbers are written by Babel in
that language; the zone and the moment belong to the reader and the request, so they travel in the
context and the filters read them from there.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from markupsafe import Markup

from portals.assets import asset
from portals.vocabulary import COLLECTIONS, HINTS, PATHS
from portals.words import (
    CHANNELS,
    CODES,
    FIELDS,
    LOCALES,
    PRIORITIES,
    STATES,
    VERBS,
    WEIGHTS,
    priority_level,
    sentence,
    state_word,
)

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUES = HERE / "locale"
# Babel's plain "en" is American; our English pages write the day before the month.
FORMATS = {"en": "en_GB", "de": "de_DE"}
DATES = {"en": "d MMM", "de": "d. MMM"}

Moment = datetime | date | str
Clock = Callable[[], datetime]


class Renderer:
    """Renders the templates of the portals, safe by default and strict about missing values."""

    def __init__(
        self,
        *,
        clock: Clock = lambda: datetime.now(UTC),
        bytecode: BytecodeCache | None = None,
        templates: Path = TEMPLATES,
    ) -> None:
        self._clock = clock
        self._environments = {
            locale: _environment(locale, templates, bytecode) for locale in LOCALES
        }

    def render(self, template: str, *, locale: str, zone: str, **values: Any) -> str:
        """One page, fragment or mail; a value that the template needs and lacks raises."""
        environment = self._environments[best_locale(locale)]
        return environment.get_template(template).render(
            zone=zone, now=values.pop("now", None) or self._clock(), **values
        )


def best_locale(asked: str) -> str:
    """The language we have for an asked one (`de-AT` reads German), English where we have none."""
    short = asked.replace("_", "-").split("-", 1)[0].lower()
    return short if short in LOCALES else "en"


def _environment(locale: str, templates: Path, bytecode: BytecodeCache | None) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(
            enabled_extensions=(),
            disabled_extensions=("txt",),
            default=True,
            default_for_string=True,
        ),
        undefined=StrictUndefined,
        bytecode_cache=bytecode,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    translations = catalogue(locale)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translations.gettext, translations.ngettext, newstyle=True
    )
    environment.globals |= {
        "locale": locale,
        "locales": [{"code": code, "name": name} for code, name in LOCALES.items()],
        "asset": asset,
    }
    environment.filters |= FILTERS
    return environment


@lru_cache
def catalogue(locale: str) -> NullTranslations:
    """The messages of one language, compiled in memory from its .po file."""
    path = CATALOGUES / locale / "LC_MESSAGES" / "atrium.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        parsed = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _moment(value: Moment) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _say(context: Context, message: str) -> str:
    return str(context.call(context.resolve("gettext"), message))


def _format(context: Context) -> str:
    return FORMATS[context["locale"]]


@lru_cache(maxsize=512)
def _zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError, OSError):
        return ZoneInfo("UTC")


def _zone(context: Context) -> ZoneInfo:
    return _zone_named(str(context["zone"]))


def iso(value: Moment) -> str:
    """The moment as machines read it, in UTC."""
    return _moment(value).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _date(context: Context, local: datetime, *, year: bool = True) -> str:
    pattern = DATES[context["locale"]] + (" y" if year else "")
    return format_date(local, pattern, locale=_format(context))


def _exact(context: Context, value: Moment) -> str:
    local = _moment(value).astimezone(_zone(context))
    pattern = f"EEE {DATES[context['locale']]} y, HH:mm"
    return format_datetime(local, pattern, locale=_format(context))


def _time_element(context: Context, value: Moment, shown: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        iso(value), _exact(context, value), shown
    )


@pass_context
def ago(context: Context, value: Moment | None, form: Literal["long", "short"] = "long") -> Markup:
    """How long ago (or from now), with the exact moment on hover; older than a week, the day.

    The short form ("12 min") leaves out the direction, for lists where it is plain.
    """
    if value is None:
        return Markup()
    moment = _moment(value)
    passed = moment - _moment(context["now"])
    if abs(passed) < timedelta(minutes=1):
        return _time_element(context, value, _say(context, "just now"))
    if abs(passed) > timedelta(days=7):
        local = moment.astimezone(_zone(context))
        return _time_element(context, value, _date(context, local))
    shown = format_timedelta(
        passed, add_direction=form == "long", format=form, locale=_format(context), threshold=1
    )
    return _time_element(context, value, shown)


@pass_context
def when(context: Context, value: Moment | None) -> Markup:
    """The exact moment, in the reader's zone."""
    return Markup() if value is None else _time_element(context, value, _exact(context, value))


@pass_context
def clock_time(context: Context, value: Moment) -> Markup:
    """Hours and minutes for what happened today, the day before that: for conversations."""
    zone = _zone(context)
    local = _moment(value).astimezone(zone)
    shown = format_time(local, "HH:mm", locale=_format(context))
    if local.date() != _moment(context["now"]).astimezone(zone).date():
        shown = f"{_date(context, local, year=False)}, {shown}"
    return _time_element(context, value, shown)


@pass_context
def day(context: Context, value: Moment | None) -> Markup:
    """A date without its time; a bare date is the same day in every zone."""
    if value is None:
        return Markup()
    bare = len(value) == 10 if isinstance(value, str) else not isinstance(value, datetime)
    local = _moment(value) if bare else _moment(value).astimezone(_zone(context))
    return Markup('<time datetime="{}">{}</time>').format(
        local.date().isoformat(), _date(context, local)
    )


@pass_context
def span(context: Context, seconds: float) -> str:
    """A length of time as people say it: "1 h 42 min", "8 min over"."""
    minutes = int(abs(seconds)) // 60
    hour, minute, second = (_say(context, unit) for unit in ("h", "min", "s"))
    if 0 <= seconds < 120:
        return f"{int(seconds)} {second}"
    if minutes < 60:
        text = f"{minutes} {minute}"
    elif minutes < 2 * 1440:
        text = f"{minutes // 60} {hour} {minutes % 60} {minute}"
    else:
        text = f"{minutes // 1440} {_say(context, 'd')} {minutes % 1440 // 60} {hour}"
    return f"{text} {_say(context, 'over')}" if seconds < 0 else text


@pass_context
def seconds_left(context: Context, due: Moment) -> int:
    """Seconds until a moment; negative once it is past."""
    return round((_moment(due) - _moment(context["now"])).total_seconds())


@pass_context
def money(context: Context, value: Mapping[str, str] | None) -> str:
    """An amount and its currency, in the reader's way of writing."""
    if value is None:
        return ""
    return format_currency(Decimal(value["amount"]), value["currency"], locale=_format(context))


@pass_context
def number(context: Context, value: Decimal | float) -> str:
    """A count or a decimal, grouped in the reader's way of writing."""
    return format_decimal(value, locale=_format(context))


@pass_context
def file_size(context: Context, size_bytes: int) -> str:
    """Bytes as kB or MB, which is what people compare limits in."""
    if size_bytes < 1_000_000:
        return f"{number(context, max(1, round(size_bytes / 1000)))} kB"
    return f"{number(context, round(size_bytes / 1e6, 1))} MB"


@pass_context
def status(context: Context, state: str, audience: str = "staff") -> Markup:
    """A state as a word with its dot; the dot never says it alone."""
    word = state_word(state, audience)
    return Markup('<span class="status" data-state="{}">{}</span>').format(
        word.dot, _say(context, word.text)
    )


@pass_context
def state_text(context: Context, state: str, audience: str = "staff") -> str:
    """A state as a bare word, for options and titles."""
    return _say(context, state_word(state, audience).text)


@pass_context
def priority_text(context: Context, priority: int | str | None) -> str:
    """A priority as a word."""
    return _say(context, PRIORITIES[priority_level(priority)])


@pass_context
def weight_text(context: Context, weight: int | str) -> str:
    """An impact or an urgency as a word."""
    return _say(context, WEIGHTS[int(weight)])


@pass_context
def field_text(context: Context, code: str) -> str:
    """The name of a field or column, as its heading."""
    return _say(context, FIELDS.get(code) or sentence(code))


@pass_context
def verb_text(context: Context, code: str) -> str:
    """The words on the button of an action."""
    return _say(context, VERBS.get(code) or sentence(code))


@pass_context
def code_text(context: Context, code: str) -> str:
    """A choice of a field as a word."""
    state = STATES.get(code)
    return _say(context, CODES.get(code) or (state.text if state else sentence(code)))


@pass_context
def collection_text(context: Context, code: str) -> str:
    """What the records of a collection are called."""
    return _say(context, COLLECTIONS.get(code) or sentence(code))


@pass_context
def path_text(context: Context, code: str) -> str:
    """Which records a role reaches along a path."""
    return _say(context, PATHS.get(code) or sentence(code))


@pass_context
def hint_text(context: Context, code: str) -> str:
    """What to know before filling a field in; words that name a value come in their language."""
    return _say(context, HINTS.get(code, code))


def paragraphs(text: str | None) -> Markup:
    """Plain text as paragraphs: blank lines part them, single line ends stay."""
    blocks = [block.strip() for block in (text or "").replace("\r\n", "\n").split("\n\n")]
    lines = (Markup("<br>").join(block.split("\n")) for block in blocks if block)
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in lines)


@pass_context
def channel(context: Context, code: str) -> str:
    """The way a message came, as the end of a sentence: "by email"."""
    return _say(context, CHANNELS.get(code) or sentence(code))


def initials(name: str | None) -> str:
    """At most two letters for a face that has no picture."""
    words = [word for word in (name or "").replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper()


def tone(name: str | None) -> int:
    """One of five quiet colours, the same for a name on every page."""
    return sum((name or "").encode()) % 5 + 1


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        ago,
        when,
        clock_time,
        day,
        money,
        status,
        state_text,
        code_text,
        initials,
        tone,
        number,
        file_size,
        priority_text,
        priority_level,
        channel,
        seconds_left,
        span,
        iso,
        sentence,
        field_text,
        weight_text,
        verb_text,
        collection_text,
        path_text,
        hint_text,
        paragraphs,
    )
}
