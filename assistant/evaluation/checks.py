"""How well the checker tells true sentences from false ones.

`python -m assistant.evaluation.checks tests/checks` prints precision and recall of "supported" and
of "rejected" for each file of sentences, and the share judged rightly by kind and by language.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from assistant.checking import Checked, Checker, Quote
from corpus.library import Library
from index.embedding import Encoder


@dataclass(frozen=True)
class Item:
    """A sentence with the quotes it cites; `true` if they support it, `kind`: how it was made."""

    id: str
    sentence: str
    quotes: tuple[Quote, ...]
    language: str
    kind: str
    true: bool
    story: str


@dataclass(frozen=True)
class Judged:
    """A sentence and what the checker made of it, in seconds."""

    item: Item
    checked: Checked
    seconds: float

    @property
    def right(self) -> bool:
        """Whether it was shown if true and rejected if not."""
        return self.checked.supported == self.item.true


def read_items(path: Path) -> list[Item]:
    """Return the sentences of a file; the keys are told in tests/checks/README.md."""
    stories = {story.slug: story for story in Library(None).stories()}
    found = []
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        quotes = []
        for cited in raw["quotes"]:
            story = stories[cited["story"]]
            quotes.append(Quote(cited["quote"], story.city, story.country, story.year))
        found.append(
            Item(
                raw["id"],
                raw["sentence"],
                tuple(quotes),
                raw["language"],
                raw["kind"],
                raw["true"],
                raw["quotes"][0]["story"],
            )
        )
    return found


def judge(checker: Checker, items: Sequence[Item]) -> list[Judged]:
    """Return what the checker makes of each sentence."""
    found = []
    for item in items:
        start = time.perf_counter()
        checked = checker.check(item.sentence, item.quotes, item.language)
        found.append(Judged(item, checked, time.perf_counter() - start))
    return found


def precision(judged: Sequence[Judged], supported: bool) -> float:
    """Return the share of those taken as supported (or as not) that are so; 1 if there is none."""
    taken = [j for j in judged if j.checked.supported == supported]
    return sum(j.right for j in taken) / len(taken) if taken else 1.0


def recall(judged: Sequence[Judged], supported: bool) -> float:
    """Return the share of what is supported (or is not) that is taken as such; 1 if none is."""
    there = [j for j in judged if j.item.true == supported]
    return sum(j.right for j in there) / len(there) if there else 1.0


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines of a report."""
    for supported, name in ((True, "supported"), (False, "rejected")):
        n = sum(j.item.true == supported for j in judged)
        yield (
            f"{name:10} precision {precision(judged, supported):.3f}  "
            f"recall {recall(judged, supported):.3f} of {n}"
        )
    yield f"median {1000 * median(j.seconds for j in judged):.0f} ms a sentence"
    for heading, group in (("by kind", lambda j: j.item.kind), ("by language", _language)):
        yield f"{heading}: true ones shown, false ones rejected"
        for name in sorted({group(j) for j in judged}):
            members = [j for j in judged if group(j) == name]
            yield f"  {name:18}" + "".join(_share(members, true) for true in (True, False))


def _language(judged: Judged) -> str:
    return judged.item.language


def _share(judged: Sequence[Judged], true: bool) -> str:
    members = [j for j in judged if j.item.true == true]
    return f"{sum(j.right for j in members):6} of {len(members):3}" if members else " " * 13


def main(arguments: Sequence[str]) -> None:
    """Print the report for each file, or for the files of each folder."""
    checker = Checker(Encoder())
    for argument in map(Path, arguments):
        for path in sorted(argument.glob("*.jsonl")) if argument.is_dir() else [argument]:
            judged = judge(checker, read_items(path))
            sys.stdout.write("\n".join([f"{path.name}", *report(judged), "", ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
