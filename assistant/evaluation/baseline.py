"""The committed run that later ones are compared with: small, and a line a question."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.evaluation.judging import Item

# All that a comparison and the measures look at. Times are left out: they change at each run.
_KEPT = (
    "id question expected outcome right right_in_quotes facts_found refused lost_at gold_cited "
    "passage_rank story_rank facts_rank supported cited exact language_kept"
).split()
# What most questions have none of stands only where there is some.
_KEPT_IF_ANY = ("grounded", "faults")
_KEPT_OF_GOLD = ("facts", "stories", "section")
_KEPT_OF_ANSWER = ("text", "confidence")
_NOT_KEPT_OF_METRICS = ("seconds", "confidence", "intervals")
# A quote by its place, in the text of an answer: the stories hold the words already.
_PLACE = re.compile(r"\{([a-z0-9-]+):(\d+)-(\d+)\}")


def write_baseline(file: Path, result: Mapping[str, Any]) -> None:
    """Write what a later run is compared with."""
    figures = {
        "all": _figures(result["metrics"]["all"]),
        **{f"set {name}": _figures(f) for name, f in result["metrics"]["by_set"].items()},
    }
    lines = [
        json.dumps(_slim(item), ensure_ascii=False, separators=(",", ":"))
        for item in result["items"]
    ]
    head = json.dumps({"settings": result["settings"], "metrics": figures}, indent=1)
    body = ",\n".join(lines)
    file.write_text(f'{head[:-2]},\n "items": [\n{body}\n]}}\n', encoding="utf-8")


def read_baseline(file: Path, bodies: Mapping[str, str]) -> tuple[Item, ...]:
    """Return the items of an earlier run, from a baseline or from what `evaluate --json` wrote.

    :param bodies: the stories' texts by slug, for the words of quotes that are kept by place.
    :raises AssistantError: the file is something else.
    """
    try:
        items = json.loads(file.read_text(encoding="utf-8"))["items"]
        return tuple(_restored(_kept(item), bodies) for item in items)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssistantError(
            f"'{file}' is not an earlier evaluation: name a file that `evaluate` wrote with "
            "--json or --renew."
        ) from error


def _kept(item: Item) -> dict[str, Any]:
    """Return the part of an item that comparisons need."""
    kept = {key: item[key] for key in _KEPT} | {
        "gold": {key: item["gold"][key] for key in _KEPT_OF_GOLD},
        "answer": {key: item["answer"][key] for key in _KEPT_OF_ANSWER},
    }
    kept |= {key: item[key] for key in _KEPT_IF_ANY if item.get(key)}
    return kept | ({"turn": item["turn"]} if "turn" in item else {})


def _slim(item: Item) -> dict[str, Any]:
    """Return what is kept of an item, its quotes by their places."""
    kept = _kept(item)
    for citation in item["answer"]["citations"]:
        place = f"{{{citation['story']}:{citation['start']}-{citation['end']}}}"
        kept["answer"]["text"] = kept["answer"]["text"].replace(citation["quote"], place)
    return kept


def _restored(item: dict[str, Any], bodies: Mapping[str, str]) -> dict[str, Any]:
    def words(place: re.Match[str]) -> str:
        story, start, end = place.groups()
        return bodies[story][int(start) : int(end)] if story in bodies else place[0]

    item["answer"]["text"] = _PLACE.sub(words, item["answer"]["text"])
    return item


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in figures.items() if key not in _NOT_KEPT_OF_METRICS}
