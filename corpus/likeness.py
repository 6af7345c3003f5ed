"""Stories that say the same: exact duplicates, and near ones side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from zlib import crc32

from corpus.story import Story

_WORD = re.compile(r"\w+")
# Runs of this many words are hardly ever the same by chance.
_RUN = 6
# One run in so many is kept, chosen by its digest, so that two texts keep the same ones
# (mod-p sketches: Broder, "On the resemblance and containment of documents", 1997).
_KEPT = 4
_NEAR = 0.12
_REMEMBERED = 20_000
_MOST_SHOWN = 3
_ALIKE = 0.5


@dataclass(frozen=True)
class Likeness:
    """A story that says much of what another says.

    `share`: of the new story's runs of six words, about how many the known one has, 0 to 1.
    `pairs`: paragraphs of the new story, each with the one of the known story most like it.
    """

    known: Story
    share: float
    pairs: tuple[tuple[str, str], ...]


def same_text(story: Story, stories: Iterable[Story]) -> Story | None:
    """Return a story with the very words of this one, whatever its facts; None if there is none."""
    words = _digest(story.body)
    return next((known for known in stories if _digest(known.body) == words), None)


def alike(story: Story, stories: Iterable[Story]) -> tuple[Likeness, ...]:
    """Return the stories that share much of their wording with this one, the most alike first."""
    sketch = _sketch(story.body)
    if not sketch:
        return ()
    found = []
    for known in stories:
        share = len(sketch & _sketch(known.body)) / len(sketch)
        if share >= _NEAR:
            found.append((share, known))
    found.sort(key=lambda pair: -pair[0])
    return tuple(
        Likeness(known, share, _pairs(story, known)) for share, known in found[:_MOST_SHOWN]
    )


@lru_cache(maxsize=_REMEMBERED)
def _digest(body: str) -> bytes:
    return sha256(" ".join(_WORD.findall(body.casefold())).encode("utf-8", "replace")).digest()


@lru_cache(maxsize=_REMEMBERED)
def _sketch(body: str) -> frozenset[int]:
    """Return the digests of those runs of words that are kept."""
    words = _WORD.findall(body.casefold())
    runs = (" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
    digests = (crc32(run.encode("utf-8", "replace")) for run in runs)
    return frozenset(digest for digest in digests if digest % _KEPT == 0)


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
