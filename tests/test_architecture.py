"""The shape of the house: imports run one way, privates stay private, modules stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the ground up: a part may import those before it, and itself.
PARTS = ("corpus", "index", "assistant", "app")
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
