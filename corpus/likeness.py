"""Stories that say the same: exact duplicates, and near ones side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.story import Story

_WORD = re.compile(r"\w+")
# Runs of this many words are hardly ever the same by chance.
_RUN = 6
_SAMPLED = 80
_NEAR = 0.12
_MOST_SHOWN = 3
_ALIKE = 0.5


@dataclass(frozen=True)
class Likeness:
    """A story that says much of what another says.

    `share`: of the new story's runs of six words, how many the known one has, 0 to 1.
    `pairs`: paragraphs of the new story, each with the one of the known story most like it.
    """

    known: Story
    share: float
    pairs: tuple[tuple[str, str], ...]


def same_text(story: Story, stories: Iterable[Story]) -> Story | None:
    """Return a story with the very words of this one, whatever its facts; None if there is none."""
    words = _plain(story.body)
    size = len(story.body)
    return next(
        (s for s in stories if abs(len(s.body) - size) <= size // 4 and _plain(s.body) == words),
        None,
    )


def alike(story: Story, stories: Iterable[Story]) -> tuple[Likeness, ...]:
    """Return the stories that share much of their wording with this one, the most alike first."""
    runs = _runs(_WORD.findall(story.body.casefold()))
    if not runs:
        return ()
    found = []
    for known in stories:
        text = f" {_plain(known.body)} "
        share = sum(run in text for run in runs) / len(runs)
        if share >= _NEAR:
            found.append((share, known))
    found.sort(key=lambda pair: -pair[0])
    return tuple(
        Likeness(known, share, _pairs(story, known)) for share, known in found[:_MOST_SHOWN]
    )


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _runs(words: list[str]) -> list[str]:
    """Return runs of words from all over a text, at most as many as are worth looking for."""
    count = max(0, len(words) - _RUN + 1)
    step = max(1, count // _SAMPLED)
    return [f" {' '.join(words[at : at + _RUN])} " for at in range(0, count, step)]


def _pairs(story: Story, known: Story) -> tuple[tuple[str, str], ...]:
    others = [p.text for section in known.sections for p in section.paragraphs]
    pairs = []
    for section in story.sections:
        for paragraph in section.paragraphs:
            ratio, other = max((_ratio(paragraph.text, other), other) for other in others)
            if ratio >= _ALIKE:
                pairs.append((ratio, paragraph.text, other))
    pairs.sort(key=lambda pair: -pair[0])
    return tuple((own, other) for _, own, other in pairs[:_MOST_SHOWN])


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
