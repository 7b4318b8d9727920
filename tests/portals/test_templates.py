"""Every template renders, in both languages, from a complete context and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import UndefinedError

from portals.rendering import CATALOGUES, TEMPLATES, Renderer, catalogue
from portals.words import LOCALES
from tests.portals.samples import NOW, SAMPLES, VISITOR, ZONE, within

RENDERER = Renderer(clock=lambda: NOW)
FRAMES = {"base.html", "airy.html", "single.html", "workspace/frame.html", "workspace/_list.html"}
SPOKEN: dict[str, tuple[int, ...] | None] = dict.fromkeys(("_", "gettext", "noted", "say"))
KEYWORDS = SPOKEN | {"ngettext": (1, 2), "_say": (2,)}


def rendered(name: str, locale: str = "en") -> str:
    template, values = SAMPLES[name]
    return RENDERER.render(template, locale=locale, zone=ZONE, **values)


def messages() -> Iterator[str]:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
    for found in extract_from_dir(TEMPLATES.parent, methods, keywords=KEYWORDS):
        message = found[2]
        yield message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SAMPLES)
def test_page_renders_from_its_documented_context(name: str, locale: str) -> None:
    page = rendered(name, locale)
    assert "None" not in re.sub(r"<[^>]*>", "", page)


def test_every_template_has_a_sample() -> None:
    named = {template for template, _ in SAMPLES.values()}
    files = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*")}
    assert {name for name in files if "macros" not in name} - FRAMES == named


def test_every_message_has_its_german_words() -> None:
    german = catalogue("de")
    known = german._catalog  # type: ignore[attr-defined]
    missing = {text for text in messages() if text not in known and (text, 0) not in known}
    assert missing == set()


def test_german_catalogue_holds_no_message_that_no_page_says() -> None:
    known = {key if isinstance(key, str) else key[0] for key in catalogue("de")._catalog}  # type: ignore[attr-defined]
    assert known - {""} - set(messages()) == set()
    assert (CATALOGUES / "de" / "LC_MESSAGES" / "atrium.po").read_text().count('msgstr ""\n\n') == 0


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("mail")])
def test_strict_content_policy_has_nothing_to_refuse(name: str) -> None:
    page = rendered(name)
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    assert "<style" not in page
    assert set(re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page)) <= {
        '<script type="application/json" id="words">',
        '<script type="application/json" id="palette-verbs">',
    }
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_posted_form_carries_its_csrf_token(name: str) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', rendered(name), re.DOTALL):
        assert 'name="csrf_token" value="c5rf"' in form


@pytest.mark.parametrize("name", SAMPLES)
def test_ids_on_a_page_are_unique(name: str) -> None:
    ids = re.findall(r'\sid="([^"]*)"', rendered(name))
    repeated = {each for each in ids if ids.count(each) > 1} - {"m-1", "m-e1"}
    assert repeated == set()


def test_what_people_type_is_shown_as_text() -> None:
    assert "&lt;b&gt;at most&lt;/b&gt;" in rendered("portal-thread")


def test_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        RENDERER.render("forgot.html", locale="en", zone=ZONE, **VISITOR)


def test_unknown_language_reads_english_and_regional_german_reads_german() -> None:
    assert "Sign in" in rendered("signin", "fr")
    assert "Anmelden" in rendered("signin", "de-AT")


def test_times_are_shown_in_the_zone_of_the_reader() -> None:
    clock = {"name": "Resolution", "state": "met", "due_at": None, "target_seconds": 1}
    template, values = SAMPLES["portal-standing"]
    case = values["case"] | {"clock": clock | {"state": "running", "due_at": within(hours=1)}}
    for zone, shown in [("Europe/London", "11:14"), ("Asia/Tokyo", "20:14"), ("no/zone", "11:14")]:
        page = RENDERER.render(template, locale="en", zone=zone, **values | {"case": case})
        assert shown in page


def test_money_numbers_and_dates_follow_the_language() -> None:
    template = RENDERER._environments["de"].from_string(
        '{{ {"amount": "1234.50", "currency": "EUR"}|money }} {{ 1234|number }} '
        '{{ "2026-11-24"|day|striptags }} {{ 6120|span }} {{ (-480)|span }}'
    )
    text = template.render(zone=ZONE, now=NOW).replace("\xa0", " ")
    assert text == "1.234,50 € 1.234 24. Nov. 2026 1 Std. 42 Min. 8 Min. überfällig"


def test_mail_reads_in_full_as_plain_text() -> None:
    text = rendered("mail-text")
    assert "<" not in text
    assert "Tell us if it works:\nhttps://example.com/cases/CS0012847\n" in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 76


def test_catalogues_hold_the_languages_that_pages_offer() -> None:
    assert {path.name for path in Path(CATALOGUES).iterdir() if path.is_dir()} == set(LOCALES) - {
        "en"
    }
