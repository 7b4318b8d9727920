"""The static files: small, self-contained, and found where the pages and modules look for them."""

import gzip
import re
from pathlib import Path

import pytest

from portals.assets import STATIC, asset, read_asset, slimmed

EMBEDDED = STATIC.parent.parent / "embeddables" / "static"
SCRIPTS = sorted([*STATIC.rglob("*.js"), *EMBEDDED.rglob("*.js")])
STYLES = ["tokens.css", "base.css", "components.css"]


def zipped(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_module_imports_only_modules_beside_it(script: Path) -> None:
    for target in re.findall(r'(?:from|import)\s+"([^"]+)"', script.read_text()):
        assert target.startswith("./"), target
        assert (script.parent / target).is_file(), target


@pytest.mark.parametrize("path", [*SCRIPTS, *STATIC.glob("*.css")], ids=lambda path: path.name)
def test_file_asks_no_other_host_for_anything(path: Path) -> None:
    text = re.sub(r"https?://www\.w3\.org/\S+", "", path.read_text())
    text = re.sub(r"//.*", "", text) if path.suffix == ".js" else text
    assert not re.search(r"https?://\w", text)
    assert "@import" not in text
    assert "eval(" not in text


@pytest.mark.parametrize("frame", ["workspace", "portal"])
def test_styles_and_scripts_leave_room_for_the_page(frame: str) -> None:
    entry = STATIC / "js" / f"{frame}.js"
    found, queue = set(), [entry]
    while queue:
        script = queue.pop()
        if script not in found:
            found.add(script)
            names = re.findall(r'(?:from|import)\s+"\./([^"]+)"', script.read_text())
            queue += [script.parent / name for name in names]
    styles = [STATIC / name for name in [*STYLES, f"{frame}.css"]]
    served = [read_asset(path.relative_to(STATIC).as_posix()) for path in [*styles, *found]]
    assert sum(len(each.content) for each in served if each) < 80_000
    assert sum(len(each.zipped) for each in served if each) < 32_000


def test_loader_of_the_widgets_stays_under_five_kilobytes() -> None:
    assert zipped(EMBEDDED / "atrium.js") <= 5_000


@pytest.mark.parametrize("component", ["knowledge-search.js", "case-create.js"])
def test_loader_and_one_widget_stay_under_twenty_kilobytes(component: str) -> None:
    names = ["atrium.js", "kit.js", "words.js", "sanitize.js", component]
    assert zipped(*(EMBEDDED / name for name in names)) <= 20_000


def test_widgets_say_everything_in_both_languages() -> None:
    text = (EMBEDDED / "words.js").read_text()
    english, german = text.split("  de: {")
    keys = r"(\w+): \""
    assert set(re.findall(keys, english)) == set(re.findall(keys, german))


def test_icons_that_pages_name_are_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    templates = (STATIC.parent / "templates").rglob("*.html")
    named = {
        name for page in templates for name in re.findall(r'icon\("([\w-]+)"\)', page.read_text())
    }
    assert named - {"bars-"} <= drawn


def test_address_of_a_file_changes_with_its_content() -> None:
    found = read_asset("tokens.css")
    assert found is not None
    assert asset("tokens.css") == f"/static/tokens.css?v={found.print}"
    assert gzip.decompress(found.zipped) == found.content


@pytest.mark.parametrize(
    "name", ["../rendering.py", "js/../../words.py", "", "js", "nothing.css", "/etc/passwd"]
)
def test_only_static_files_are_served(name: str) -> None:
    assert read_asset(name) is None


def test_slimming_takes_comments_and_leaves_code() -> None:
    style = "/* why */\n.a .b > c:hover { color: red; }\n"
    assert slimmed(style, ".css") == ".a .b > c:hover{color:red}"
    script = '// why\nlet a = "x // y";\n  b();\n'
    assert slimmed(script, ".js") == 'let a = "x // y";\nb();\n'


@pytest.mark.parametrize("script", list(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_template_literals_stay_on_one_line(script: Path) -> None:
    assert all(line.count("`") % 2 == 0 for line in script.read_text().splitlines())
