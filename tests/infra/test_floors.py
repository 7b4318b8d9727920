"""The house's floors: imports go down only, and this very code obeys."""

from pathlib import Path

import pytest

from infra.embedded.place import CLONE
from infra.lint.floors import check

DOMAINS = """
from backend.platform.tasks.domain import domain as tasks
from backend.service.cases.domain import domain as cases

DOMAINS = (tasks, cases)
"""


def house(root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return check(root)


def test_this_house_obeys() -> None:
    assert check(CLONE) == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("infra/kernel/rest.py", "import tenants.people", "floor 0 may not import tenants.people"),
        ("tenants/a.py", "from ai import chunks", "floor 1 may not import ai.chunks"),
        ("ai/a.py", "from backend.service.cases import models", "floor 2 may not import"),
        ("portals/a.py", "from backend.service.cases.models import Case", "a door may not import"),
        ("portals/a.py", "import embeddables.modules", "another door"),
        ("tenants/a.py", "import backend.app", "floor 1 may not import backend.app"),
        ("backend/service/cases/a.py", "import backend.cli", "floor 3 may not import"),
        ("backend/service/cases/a.py", "import infra.embedded.stack", "only for the command line"),
        ("infra/embedded/a.py", "import tenants.people", "stands beside the house"),
        ("backend/platform/tasks/a.py", "from backend.service.cases import rules", "above it"),
        ("backend/service/new/a.py", "from backend.platform.tasks import rules", "not listed"),
        ("tenants/a.py", "def f():\n    import json", "tenants/a.py:2: imports inside a function"),
        ("tenants/a.py", "class A:\n    def f(self):\n        import json", "inside a function"),
        ("tenants/a.py", "from . import b", "relative"),
    ],
)
def test_an_import_that_may_not_be_is_named(
    tmp_path: Path, path: str, text: str, said: str
) -> None:
    faults = house(tmp_path, {"backend/domains.py": DOMAINS, path: text})
    assert len(faults) == 1
    assert said in faults[0]
    assert faults[0].startswith(f"{path}:")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tenants/a.py", "from infra.kernel import rest"),
        ("backend/service/cases/a.py", "from backend.platform.tasks import rules"),
        ("backend/service/cases/a.py", "from backend.service.cases import rules"),
        ("backend/commands/a.py", "import infra.embedded.stack, backend.app"),
        ("backend/app.py", "from portals import pages\nfrom backend.domains import DOMAINS"),
        ("portals/pages/a.py", "from portals.pages import b\nfrom infra.kernel import rest"),
    ],
)
def test_an_import_that_goes_down_is_fine(tmp_path: Path, path: str, text: str) -> None:
    assert house(tmp_path, {"backend/domains.py": DOMAINS, path: text}) == []


def test_a_circle_of_files_is_named_once(tmp_path: Path) -> None:
    files = {
        "tenants/a.py": "from tenants import b",
        "tenants/b.py": "from tenants.c import x",
        "tenants/c.py": "import tenants.a",
        "tenants/d.py": "import tenants.a",
    }
    assert house(tmp_path, files) == [
        "imports in a circle: tenants.a -> tenants.b -> tenants.c -> tenants.a"
    ]


def test_a_name_imported_for_types_closes_no_circle_but_keeps_to_its_floor(tmp_path: Path) -> None:
    files = {
        "tenants/a.py": "from tenants import b",
        "tenants/b.py": "if TYPE_CHECKING:\n    from tenants import a",
    }
    assert house(tmp_path, files) == []
    files = {"tenants/b.py": "if TYPE_CHECKING:\n    from ai import chunks"}
    assert len(house(tmp_path, files)) == 1
