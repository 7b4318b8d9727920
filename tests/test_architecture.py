"""The rules of the house that a reader would otherwise have to remember."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domains import DOMAINS
from infra.kernel.columns import columns_of
from infra.kernel.registry import Registry

ROOT = Path(__file__).parents[1]
ROOMS = ("ai", "backend", "embeddables", "infra", "portals", "tenants")
REGISTRY = Registry(DOMAINS)

# Where hand-written SQL may stand: a room's `queries.py`, the kernel, and what tends the whole
# schema rather than records. The list may only shrink.
SQL_PLACES = (
    "infra/",
    "ai/retrieval.py",  # composes its one statement from the kernel's plans
    "backend/commands/",
    "tenants/directory/",
    "tenants/signin/me.py",
)
# Functions of Tortoise that would read or write past the two doors.
MAPPER_DOORS = {"all", "filter", "get", "get_or_none", "create", "bulk_create", "exclude", "first"}
SQL_CALLS = {"fetch", "fetchrow", "fetchval", "execute", "executemany"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


SOURCES = list(sources())
MODELS = {resource.model.__name__ for resource in REGISTRY.resources.values()}


def test_sql_is_written_in_queries_only() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in SOURCES
        if not name.startswith(SQL_PLACES) and not name.endswith(("queries.py", "_queries.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SQL_CALLS
        and node.args
        and _is_sql(node.args[0])
    ]
    assert found == []


def _is_sql(argument: ast.expr) -> bool:
    text = ast.unparse(argument).lstrip("frb'\"\\n ")
    return bool(re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK|SET)\b", text))


def test_rows_are_read_and_written_through_the_context_only() -> None:
    found = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, tree in SOURCES
        if not name.startswith("infra/kernel/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in MODELS
        and node.func.attr in MAPPER_DOORS
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("the tenant is bound in BEGIN only", r"set_config\(\s*'app\.tenant_id"),
        ("no MERGE", r"\bMERGE INTO\b"),
        ("an upsert takes EXCLUDED values and constants", r"ON CONFLICT[^;\"]*now\(\)"),
        (
            "no session-level LISTEN or lock on a pooled connection",
            r"\bLISTEN \w|pg_advisory_lock\(",
        ),
    ],
)
def test_sql_keeps_the_rules_that_carry_it_to_many_nodes(rule: str, pattern: str) -> None:
    found = [
        name
        for name, _ in SOURCES
        if not name.startswith(("infra/migrations/runner", "infra/embedded"))
        and re.search(pattern, (ROOT / name).read_text())
    ]
    assert found == [], rule


def test_every_locking_query_names_its_tenant() -> None:
    found = []
    for name, tree in SOURCES:
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.search(r"FOR (UPDATE|SHARE|NO KEY)", text):
                lone = re.fullmatch(r"\W*FOR [A-Z ]+\w*\W*(SKIP LOCKED)?", text.strip())
                if "tenant_id" not in text and not lone and "SELECT" in text:
                    found.append(f"{name}:{node.lineno}")
    assert found == []


def test_every_action_and_resource_says_what_it_is() -> None:
    silent = [a.permission for a in REGISTRY.actions.values() if not a.summary]
    silent += [r.name for r in REGISTRY.resources.values() if not (r.summary or r.model.__doc__)]
    assert silent == []


def test_every_reference_in_a_view_is_a_declared_relation() -> None:
    """An id in a body must be one the caller can see, and only declared relations are checked."""
    loose = {
        f"{resource.name}.{column}"
        for resource in REGISTRY.resources.values()
        for view in resource.views.values()
        for column in {*view.create, *view.update}
        if columns_of(resource)[column].sql == "uuid" and column not in resource.reference_columns
    }
    # A profile's record lies on a higher floor: its foreign key is the check, and admins see all.
    assert loose == {"profiles.contact_id", "profiles.consumer_id", "profiles.account_id"}
