"""Imports only go down: `python -m infra.lint.floors` names every one that does not.

    5  backend/{app,worker,cli,domains,demo}.py, backend/commands   composition roots
    4  portals, embeddables                        not each other, and no domain
    3  backend/<group>/<domain>                    and only domains earlier in backend/domains.py,
                                                   of the same layer or one below: platform,
                                                   foundation, service, omnichannel
    2  ai
    1  tenants
    0  infra/kernel

No file imports inside a function, relatively, or in a circle; the servers' launcher, the migrations
and these checks are for the composition roots alone. Tests and the bench stand outside and may
import everything.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOTS = ("ai", "backend", "embeddables", "infra", "portals", "tenants")
FLOORS = {"infra.kernel": 0, "tenants": 1, "ai": 2, "portals": 4, "embeddables": 4}
LAYERS = {"platform": 0, "foundation": 1, "service": 2, "omnichannel": 3}
TOP = 5
DOMAIN = 3
BESIDE = -1
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DOMAINS_FILE = "backend/domains.py"


@dataclass(frozen=True)
class Import:
    """One import in one file, by the module it reaches."""

    path: str
    line: int
    source: str
    target: str
    nested: bool
    for_types: bool


def check(clone: Path) -> list[str]:
    """Every fault in the clone, as `path:line: sentence`."""
    files = {module_name(path.relative_to(clone)): path for path in source_files(clone)}
    imports = [found for name, path in files.items() for found in read_imports(clone, name, path)]
    known = set(files)
    order = domain_order(clone)
    ours = [each for each in imports if each.target.split(".")[0] in ROOTS]
    faults = [f"{each.path}:{each.line}: {fault}" for each in ours for fault in refuse(each, order)]
    for each in imports:
        if each.nested:
            faults.append(f"{each.path}:{each.line}: imports inside a function; import at the top")
        if each.target.startswith("."):
            faults.append(f"{each.path}:{each.line}: a relative import; write the whole name")
    return sorted({*faults, *circles(ours, known)})


def source_files(clone: Path) -> Iterator[Path]:
    for root in ROOTS:
        yield from sorted((clone / root).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_imports(clone: Path, name: str, path: Path) -> Iterator[Import]:
    where = str(path.relative_to(clone))
    tree = ast.parse(path.read_text(encoding="utf-8"), where)
    nested = inside(tree, lambda node: isinstance(node, FUNCTIONS))
    for_types = inside(tree, is_for_types)
    for node in ast.walk(tree):
        for target in targets(node):
            place = getattr(node, "lineno", 0)
            yield Import(where, place, name, target, id(node) in nested, id(node) in for_types)


def inside(tree: ast.AST, wanted: Callable[[ast.AST], bool]) -> set[int]:
    """The identities of all nodes in the nodes that are wanted."""
    outer = [node for node in ast.walk(tree) if wanted(node)]
    return {id(inner) for node in outer for inner in ast.walk(node)}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def targets(node: ast.AST) -> Iterator[str]:
    """What a statement imports; `from a import b` reaches `a.b`, a module or a name in one."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        yield from (f"{base}.{alias.name}" for alias in node.names)


def refuse(found: Import, order: list[str] | None) -> Iterator[str]:
    """Why this import may not be."""
    source, target = floor(found.source), floor(found.target)
    if target == BESIDE:
        if source not in (TOP, BESIDE):
            yield f"{found.target} is only for the command line and operators"
        return
    if source == BESIDE:
        yield f"{found.source} stands beside the house and may not import {found.target}"
    elif target > source:
        yield f"floor {source} may not import {found.target} of floor {target}"
    elif source == 4 and target == DOMAIN:
        yield f"a door may not import {found.target}; it sees records through the registry"
    elif source == target == 4 and found.source.split(".")[0] != found.target.split(".")[0]:
        yield f"a door may not import another door: {found.target}"
    elif source == target == DOMAIN:
        yield from refuse_domain(package(found.source), package(found.target), order)


def refuse_domain(source: str, target: str, order: list[str] | None) -> Iterator[str]:
    if source == target or order is None:
        return
    for name in (source, target):
        if name not in order:
            yield f"{name} is not listed in {DOMAINS_FILE}"
            return
    if layer(target) > layer(source):
        yield f"{source} may not import {target}, which lies in a layer above it"
    elif order.index(target) > order.index(source):
        yield f"{source} may not import {target}, which comes later in {DOMAINS_FILE}"


def layer(domain: str) -> int:
    """How high the domain's group lies; groups that build on the same ones lie side by side."""
    return LAYERS.get(domain.split(".")[1], len(LAYERS))


def floor(module: str) -> int:
    parts = module.split(".")
    if parts[0] == "infra":
        return 0 if parts[1:2] == ["kernel"] else BESIDE
    if parts[0] == "backend":
        # A domain is backend.<group>.<domain>; what lies directly in backend, or in its commands,
        # is a root.
        is_domain = len(parts) > 2 and parts[1] != "commands" and parts[1] not in ROOT_MODULES
        return DOMAIN if is_domain else TOP
    return FLOORS[parts[0]]


ROOT_MODULES = ("app", "worker", "cli", "domains", "demo")


def package(module: str) -> str:
    return ".".join(module.split(".")[:3])


def domain_order(clone: Path) -> list[str] | None:
    """The domains in the order in which `DOMAINS` lists them; None before that file is written."""
    path = clone / DOMAINS_FILE
    if not path.exists():
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    origin = {
        alias.asname or alias.name: package(f"{node.module}.{alias.name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = next((each for each in ast.walk(tree) if is_list_of_domains(each)), tree)
    names = [each for each in ast.walk(listed) if isinstance(each, ast.Name) and each.id in origin]
    names.sort(key=lambda each: (each.lineno, each.col_offset))
    return list(dict.fromkeys(origin[each.id] for each in names))


def is_list_of_domains(node: ast.AST) -> bool:
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == "DOMAINS"
    if isinstance(node, ast.Assign):
        return any(isinstance(each, ast.Name) and each.id == "DOMAINS" for each in node.targets)
    return False


def circles(imports: list[Import], known: set[str]) -> Iterator[str]:
    """Each circle of files once, named by the files in it."""
    edges: dict[str, set[str]] = {}
    for each in imports:
        if each.for_types:
            continue  # never executed, so it closes no circle; the floors hold for it all the same
        target = each.target if each.target in known else each.target.rpartition(".")[0]
        if target in known and target != each.source:
            edges.setdefault(each.source, set()).add(target)
    done: set[str] = set()
    for start in sorted(edges):
        yield from walk(start, edges, done, [])


def walk(node: str, edges: dict[str, set[str]], done: set[str], trail: list[str]) -> Iterator[str]:
    if node in trail:
        yield f"imports in a circle: {' -> '.join([*trail[trail.index(node) :], node])}"
        return
    if node in done:
        return
    for target in sorted(edges.get(node, ())):
        yield from walk(target, edges, done, [*trail, node])
    done.add(node)


def main() -> int:
    faults = check(Path(__file__).resolve().parents[2])
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
