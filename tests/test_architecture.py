"""The shape of the house: imports run one way, privates stay private, modules stay small."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the ground up: a part may import those before it, and itself.
PARTS = ("corpus", "index", "assistant", "app")
# Which packages an import name comes from; looked up once, for it reads them all.
OWNERS = packages_distributions()
MODULES = sorted(
    [ROOT / "app.py", *(path for part in PARTS[:-1] for path in (ROOT / part).rglob("*.py"))]
)


def _part(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each import: name is "" for `import module`."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=MODULES, ids=_named)
def module(request: pytest.FixtureRequest) -> Path:
    if not request.param.exists():
        pytest.fail(f"{_named(request.param)} is missing")
    return request.param


def test_imports_run_one_way(module: Path) -> None:
    allowed = PARTS[: PARTS.index(_part(module)) + 1]
    upward = [
        name
        for name, _ in _imports(module)
        if (part := name.split(".")[0]) in PARTS and part not in allowed
    ]
    assert not upward, f"{_part(module)} may import {allowed} only"


def test_private_names_stay_in_their_package(module: Path) -> None:
    reached = [
        f"{source}.{name}"
        for source, name in _imports(module)
        if source.split(".")[0] in PARTS
        and source.split(".")[0] != _part(module)
        and any(
            piece.startswith("_") and piece != "__main__" for piece in (*source.split("."), name)
        )
    ]
    assert not reached


def test_a_module_is_at_most_400_lines_long(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= 400


def test_a_name_says_what_a_module_is(module: Path) -> None:
    assert not {"utils", "helpers", "manager", "handler", "common", "misc"} & {
        piece.removesuffix(".py") for piece in module.relative_to(ROOT).parts
    }


def _package(requirement: str) -> str:
    """Return the normalised name of the package that `requirement` asks for."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {_package(requirement) for requirement in project["dependencies"]}


def test_a_package_that_is_imported_is_named_as_a_dependency(module: Path) -> None:
    wanted = {name.split(".")[0] for name, _ in _imports(module)}
    foreign = wanted - set(PARTS) - set(sys.stdlib_module_names)
    unnamed = {name for name in foreign if not set(map(_package, OWNERS[name])) & _declared()}
    assert not unnamed


def test_every_dependency_is_pinned_to_one_version() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", pin) for pin in pins)
    assert _declared() <= {_package(pin) for pin in pins}
