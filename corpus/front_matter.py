"""The YAML block at the top of a story file: what it must hold, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from corpus.faults import Fault, html_faults
from corpus.vocabulary import COUNTRY_CODES, REGIONS, THEMES

REQUIRED = (
    "title",
    "city",
    "country",
    "country_code",
    "region",
    "award",
    "year",
    "language",
    "themes",
)
OPTIONAL = ("population", "status")
_LONGEST = 20_000
# The base loader leaves every scalar a text, so `country_code: NO` stays Norway and is not False.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass
class FrontMatter:
    """The values read so far, the line the body starts at, and what was wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    body_line: int = 1
    faults: list[Fault] = field(default_factory=list)


def read_front_matter(lines: list[str], name: str) -> FrontMatter:
    """Return the front matter of a story file given as lines; faults are told, not raised."""
    front = FrontMatter()
    if not lines or lines[0].rstrip() != "---":
        front.faults.append(
            Fault(name, 1, "front-matter", "The file must start with a line of three hyphens.")
        )
        return front
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if closing is None:
        front.faults.append(
            Fault(name, 1, "front-matter", "The front matter is not closed by a line “---”.")
        )
        return front
    front.body_line = closing + 2
    text = "\n".join(lines[1:closing])
    pairs, faults = _pairs(text, name)
    front.faults.extend(faults)
    if pairs is None:
        return front
    for key, node in pairs.items():
        _take(front, key, node, name)
    for key in REQUIRED:
        if key not in pairs:
            front.faults.append(Fault(name, 1, "missing-key", f"The key “{key}” is missing."))
    return front


def _pairs(text: str, name: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    """Return the key → YAML node pairs, or None where the block is no YAML mapping."""
    if len(text) > _LONGEST:
        message = f"The front matter is longer than {_LONGEST:,} characters; is “---” missing?"
        return None, [Fault(name, 1, "front-matter", message)]
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 2 if mark else 1
        return None, [Fault(name, line, "front-matter", f"Not valid YAML: {error.problem}.")]
    except (yaml.YAMLError, RecursionError):
        return None, [Fault(name, 1, "front-matter", "Not valid YAML.")]
    if not isinstance(root, yaml.MappingNode):
        message = "The front matter must be lines of the form “key: value”."
        return None, [Fault(name, 2, "front-matter", message)]
    pairs: dict[str, Any] = {}
    faults: list[Fault] = []
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 2
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in pairs:
            faults.append(Fault(name, line, "duplicate-key", f"The key “{key}” stands twice."))
        elif key not in REQUIRED and key not in OPTIONAL:
            close = get_close_matches(str(key), REQUIRED + OPTIONAL, 1)
            hint = f"; is “{close[0]}” meant?" if close else "."
            faults.append(Fault(name, line, "unknown-key", f"The key “{key}” is unknown{hint}"))
        else:
            pairs[key] = value_node
    return pairs, faults


def _take(front: FrontMatter, key: str, node: Any, name: str) -> None:
    line = node.start_mark.line + 2
    if key == "themes":
        front.values[key] = _themes(front, node, name)
        return
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        front.faults.append(
            Fault(name, line, "empty-value", f"“{key}” must have one value after the colon.")
        )
        return
    value = " ".join(node.value.split())
    fault = _CHECKS[key](value) if key in _CHECKS else None
    if fault:
        front.faults.append(Fault(name, line, *fault))
    else:
        front.faults += html_faults(value, line, name)
        front.values[key] = int(value) if key in ("year", "population") else value


def _themes(front: FrontMatter, node: Any, name: str) -> tuple[str, ...]:
    line = node.start_mark.line + 2
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        message = "“themes” must be a list with one theme or more: themes: [governance, health]."
        front.faults.append(Fault(name, line, "themes", message))
        return ()
    themes: list[str] = []
    for item in node.value:
        at = item.start_mark.line + 2
        theme = item.value if isinstance(item, yaml.ScalarNode) else "?"
        if theme not in THEMES:
            message = f"The theme “{theme}” is unknown" + _hint(theme, tuple(THEMES))
            front.faults.append(Fault(name, at, "unknown-theme", message))
        elif theme in themes:
            message = f"The theme “{theme}” stands twice."
            front.faults.append(Fault(name, at, "duplicate-theme", message))
        else:
            themes.append(theme)
    return tuple(themes)


def _hint(value: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(value, known, 1)
    return f"; is “{close[0]}” meant?" if close else f"; known are: {', '.join(known)}."


def _region(value: str) -> tuple[str, str] | None:
    if value in REGIONS:
        return None
    return "unknown-region", f"The region “{value}” is unknown" + _hint(value, REGIONS)


def _country_code(value: str) -> tuple[str, str] | None:
    if value in COUNTRY_CODES:
        return None
    return "unknown-country-code", f"“{value}” is no country code; two capital letters such as IE."


def _year(value: str) -> tuple[str, str] | None:
    if re.fullmatch(r"(19|20)[0-9]{2}", value):
        return None
    return "year", f"The award year “{value}” is not a year of four digits, such as 2021."


def _population(value: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[1-9][0-9]{0,9}", value):
        return None
    return "population", f"The population “{value}” must be digits only, such as 144000."


def _language(value: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return None
    return "language", f"“{value}” is no language code, such as en or pt-BR."


_CHECKS: dict[str, Callable[[str], tuple[str, str] | None]] = {
    "region": _region,
    "country_code": _country_code,
    "year": _year,
    "population": _population,
    "language": _language,
}
