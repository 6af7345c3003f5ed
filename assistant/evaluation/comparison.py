"""Two runs of the same questions: what differs, whether it can be luck, which questions changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.evaluation.judging import STAGES, Item, item_key
from assistant.evaluation.measures import MEASURES, Measure, faults, unit_totals
from assistant.evaluation.significance import Totals, holm, randomisation_test

SIGNIFICANT = 0.05
# What an outcome is worth to a reader; a wrong answer is worth more by the facts it does state.
_WORTH = {
    "right": 1.0,
    "rightly refused": 1.0,
    "wrongly refused": 0.0,
    "wrong": -0.5,
    "invented": -1.0,
    "open": 0.0,
}


@dataclass(frozen=True)
class Difference:
    """A measure before and after, over the questions of both runs.

    `chance`: how often luck alone gives as large a difference; of watched measures corrected for
    there being several of them.
    """

    measure: Measure
    before: float | None
    after: float | None
    chance: float

    @property
    def significant(self) -> bool:
        """Whether luck is no explanation."""
        return self.chance < SIGNIFICANT

    @property
    def lost(self) -> bool:
        """Whether a watched measure is significantly worse."""
        if not (self.measure.watched and self.significant) or None in (self.before, self.after):
            return False
        assert self.before is not None and self.after is not None
        return (self.after - self.before) * self.measure.better < 0


@dataclass(frozen=True)
class Change:
    """A question whose answer got better or worse; `gain` is by how much, at most 2 either way."""

    before: Item
    after: Item
    gain: float

    @property
    def key(self) -> str:
        """The question's name."""
        return item_key(self.after)

    @property
    def what(self) -> str:
        """What became of it, such as "right → wrong (chosen)"."""
        return f"{_outcome(self.before)} → {_outcome(self.after)}"


@dataclass(frozen=True)
class Comparison:
    """What a run found beside an earlier one.

    `pairs`: questions in both, `unpaired`: in one alone, or of other content. `changes`: those
    that got better or worse, what matters most first. `reworded`: answered in other words to the
    same worth. `losses`: right answers lost at each stage, before and after; `faults`: answers
    with other faults, such as "language at written", likewise.
    """

    pairs: int
    unpaired: int
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]
    reworded: int
    losses: Mapping[str, tuple[int, int]]
    faults: Mapping[str, tuple[int, int]]

    @property
    def better(self) -> tuple[Change, ...]:
        """The questions that got better."""
        return tuple(change for change in self.changes if change.gain > 0)

    @property
    def worse(self) -> tuple[Change, ...]:
        """The questions that got worse."""
        return tuple(change for change in self.changes if change.gain < 0)

    @property
    def lost(self) -> tuple[Difference, ...]:
        """The watched measures that are significantly worse."""
        return tuple(difference for difference in self.differences if difference.lost)


def compare(before: Sequence[Item], after: Sequence[Item], seed: int = 0) -> Comparison:
    """Return what differs between two runs, over the questions that are the same in both."""
    old = {item_key(item): item for item in before}
    pairs = [(old[item_key(i)], i) for i in after if _same(old.get(item_key(i)), i)]
    changes = [Change(o, n, round(worth(n) - worth(o), 4)) for o, n in pairs]
    moved = [change for change in changes if change.gain]
    moved.sort(key=lambda c: (-abs(c.gain), -c.after["answer"]["confidence"], c.key))
    older, newer = faults([o for o, _ in pairs]), faults([n for _, n in pairs])
    names = {item_key(item) for item in (*before, *after)}
    return Comparison(
        pairs=len(pairs),
        unpaired=len(names) - len(pairs),
        differences=_differences([o for o, _ in pairs], [n for _, n in pairs], seed),
        changes=tuple(moved),
        reworded=sum(
            not c.gain and c.before["answer"]["text"] != c.after["answer"]["text"] for c in changes
        ),
        losses={
            s: (sum(o["lost_at"] == s for o, _ in pairs), sum(n["lost_at"] == s for _, n in pairs))
            for s in STAGES
        },
        faults={f: (older.get(f, 0), newer.get(f, 0)) for f in sorted({*older, *newer})},
    )


def worth(item: Item) -> float:
    """Return what an answer is worth to a reader, from -2 to 1.

    Right or rightly refused 1; wrongly refused 0; wrong -0.5 and more by the share of facts it
    states; invented -1. Less by the share of its sentences that are not supported or grounded.
    """
    found = item["facts_found"]
    supported = [s for s in item["supported"] or item.get("grounded") or () if s is not None]
    value = _WORTH[item["outcome"]]
    if item["outcome"] == "wrong" and found:
        value += sum(found) / len(found)
    if supported:
        value -= 1 - sum(supported) / len(supported)
    return value


def _same(old: Item | None, new: Item) -> bool:
    """Tell whether both items are of one question, asked and judged alike."""
    if old is None or old["question"] != new["question"]:
        return False
    keys = ("facts", "stories", "section")
    return all(old["gold"][key] == new["gold"][key] for key in keys)


def _differences(
    before: Sequence[Item], after: Sequence[Item], seed: int
) -> tuple[Difference, ...]:
    totals = [(m, unit_totals(before, m), unit_totals(after, m)) for m in MEASURES]
    chances = [randomisation_test(old, new, seed) for _, old, new in totals]
    watched = [n for n, (m, _, _) in enumerate(totals) if m.watched]
    for n, chance in zip(watched, holm([chances[n] for n in watched]), strict=True):
        chances[n] = chance
    return tuple(
        Difference(m, _ratio(old), _ratio(new), chance)
        for (m, old, new), chance in zip(totals, chances, strict=True)
    )


def _ratio(totals: Totals) -> float | None:
    yes, of = np.sum(totals, axis=0)
    return round(float(yes / of), 4) if of else None


def _outcome(item: Mapping[str, Any]) -> str:
    return f"{item['outcome']} ({item['lost_at']})" if item["lost_at"] else str(item["outcome"])
