"""What is written about the project, held against the project."""

import argparse
import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest

from assistant.__main__ import COMMANDS, make_parser
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = DOCS[0].read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
SOURCES = [
    ROOT / "app.py",
    *chain.from_iterable((ROOT / part).rglob("*.py") for part in ("corpus", "index", "assistant")),
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# A file of the project, as code spans name it: with a folder, so that it can be found.
FILE = re.compile(r"`((?:app|tests|index|assistant|corpus|docs)/[\w./-]+\.\w+)`")
VARIABLE = re.compile(r"\b(?:LEARNING_CITY_[A-Z_]+|HF_ENDPOINT)\b")
# What stands for another thing each time: an emphasised word in the docs, a value in the code.
ANYTHING = "\0"


def _anchors(text: str) -> set[str]:
    """Return the anchors that a page's headings get where it is shown."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def _links() -> Iterator[tuple[Path, str]]:
    for page in DOCS:
        for target in LINK.findall(page.read_text("utf-8")):
            if not re.match(r"\w+:", target):
                yield page, target


@pytest.mark.parametrize(
    ("page", "target"), [*_links()], ids=lambda value: str(value).split("/")[-1]
)
def test_a_link_or_picture_leads_somewhere(page: Path, target: str):
    path, _, anchor = unquote(target).partition("#")
    file = (page.parent / path).resolve() if path else page
    assert file.exists() and file.is_relative_to(ROOT)
    if anchor:
        assert anchor in _anchors(file.read_text("utf-8"))


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_a_file_that_is_named_exists(page: Path):
    named = FILE.findall(page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_opens_with_the_two_commands_and_then_a_picture():
    assert README.index("make run") < README.index("make test") < README.index("![")
    assert README.index("![") < README.index("\n## ")


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_stands_in_the_readme(field):
    assert f"| `{PREFIX}{field.name.upper()}` |" in README


def test_the_readme_and_the_code_know_the_same_variables():
    tests = [ROOT / "tests/conftest.py"]
    used = {
        name for file in (*SOURCES, *tests) for name in VARIABLE.findall(file.read_text("utf-8"))
    }
    used |= {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}
    assert set(VARIABLE.findall(README)) == used


def test_defaults_are_the_ones_that_are_told():
    rows = dict(re.findall(r"^\| `(LEARNING_CITY_\w+)` \| (.+?) \|", README, re.MULTILINE))
    assert rows["LEARNING_CITY_HOST"] == f"`{Settings.host}`"
    assert rows["LEARNING_CITY_PORT"] == f"`{Settings.port}`"
    assert rows["LEARNING_CITY_CHROMA"] == "empty" and Settings.chroma == ""
    assert rows["LEARNING_CITY_LLM"] == f"`{Settings.llm}`"
    assert rows["LEARNING_CITY_LLM_MODEL"] == f"`{Settings.llm_model}`"
    assert rows["LEARNING_CITY_LLM_KEY"] == "empty" and Settings.llm_key == ""
    assert rows["LEARNING_CITY_LLM_SECONDS"] == f"`{Settings.llm_seconds:g}`"


def _commands() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (
        action
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return commands.choices


def test_every_command_and_no_other_stands_in_the_readme():
    section = README.split("\n## Command line\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)", section, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_options_that_are_told_exist(name: str):
    options = set(
        chain.from_iterable(action.option_strings for action in _commands()[name]._actions)
    )
    rows = re.findall(rf"^\| `{name}\b.*$", README, re.MULTILINE)
    examples = [
        line
        for page in DOCS
        for line in re.findall(rf"learning-city {name}\b.*$", page.read_text("utf-8"), re.MULTILINE)
    ]
    for line in (*rows, *(example.split("`")[0].split("#")[0] for example in examples)):
        assert set(re.findall(r"--\w+", line)) <= options, line


def test_make_targets_that_are_told_exist():
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    told = re.findall(
        r"(?:^|`)make (\w+)", "\n".join(p.read_text("utf-8") for p in DOCS), re.MULTILINE
    )
    assert told and set(told) <= set(targets)


def test_the_reviewed_numbers_are_told():
    told = (ROOT / "docs/evaluation.md").read_text("utf-8")
    for part in ("index", "assistant"):
        for file in (ROOT / part).glob("*.json"):
            assert f"`{part}/{file.name}`" in told


def _texts() -> str:
    """Return all texts in the code, a mark in the place of each value, and the phrases."""
    texts = []
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (n.value if isinstance(n, ast.Constant) else ANYTHING for n in node.values)
                texts.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    phrases = tomllib.loads((ROOT / "assistant/phrases.toml").read_text("utf-8"))["en"]
    return "\n".join([*texts, *phrases.values()]).replace("`", "")


def _messages() -> list[str]:
    section = OPERATIONS.split("\n## Messages, and what to do\n")[1]
    cells = re.findall(r"^\| (.+?) \| .+ \|$", section, re.MULTILINE)
    return [cell for cell in cells if cell not in ("Message", "---")]


TEXTS = _texts()


@pytest.mark.parametrize("message", _messages())
def test_a_message_that_is_explained_is_one_that_is_given(message: str):
    plain = re.sub(r"\*[^*]+\*|\b\d+\b", ANYTHING, message).replace("`", "")
    pieces = re.split(rf"[{ANYTHING}…();'“”]|\.\s", plain)
    telling = [piece.strip(" :,.") for piece in pieces if len(piece.strip(" :,.")) >= 5]
    assert telling and [piece for piece in telling if piece not in TEXTS] == []
