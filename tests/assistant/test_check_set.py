"""The sentences that the checker is measured by keep their own rules."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from corpus.library import Library

CHECKS = Path(__file__).parent.parent / "checks"
Item = dict[str, Any]


def _read(name: str) -> list[Item]:
    lines = (CHECKS / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


DEVELOPMENT = _read("development.jsonl")
HELD_OUT = _read("held-out.jsonl")
ITEMS = DEVELOPMENT + HELD_OUT


def _stories(items: list[Item]) -> set[str]:
    return {quote["story"] for item in items for quote in item["quotes"]}


def _kinds(heading: str) -> set[str]:
    """Return the kinds that the README lists in the table with this heading."""
    readme = (CHECKS / "README.md").read_text("utf-8")
    table = readme.split(f"| {heading} | How it was made |\n")[1].split("\n\n")[0]
    return set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_every_sentence_has_an_id_of_its_own() -> None:
    ids = [item["id"] for item in ITEMS]
    assert len(set(ids)) == len(ids)


def test_no_sentence_stands_twice_with_the_same_quotes() -> None:
    cited = Counter((item["sentence"], json.dumps(item["quotes"])) for item in ITEMS)
    assert [sentence for sentence, count in cited.items() if count > 1] == []


def test_a_sentence_is_whole_and_of_a_listed_kind() -> None:
    keys = {"id", "language", "question", "sentence", "quotes", "true", "kind"}
    kinds = {True: _kinds("True"), False: _kinds("False")}
    for item in ITEMS:
        assert set(item) == keys, item
        assert item["question"].strip() and item["sentence"].strip() and item["quotes"], item
        assert item["kind"] in kinds[item["true"]], item


def test_quotes_are_exact_words_of_their_stories() -> None:
    bodies = {story.slug: story.body for story in Library(None).stories()}
    for item in ITEMS:
        for quote in item["quotes"]:
            assert quote["quote"] in bodies[quote["story"]], item["id"]


def test_the_halves_share_no_story_and_alternate_by_slug() -> None:
    slugs = sorted(story.slug for story in Library(None).stories())
    assert _stories(DEVELOPMENT) <= set(slugs[::2])
    assert _stories(HELD_OUT) <= set(slugs[1::2])


def test_there_are_enough_of_either_kind_to_measure_by() -> None:
    for true, heading in ((True, "True"), (False, "False")):
        items = [item for item in ITEMS if item["true"] is true]
        assert len(items) >= 150
        assert sum(item["language"] != "en" for item in items) >= 60
        assert {item["kind"] for item in items} == _kinds(heading)
