"""How far a figure can be trusted: intervals by the bootstrap, tests by randomisation.

Both draw whole conversations, not their turns, because the turns of one stand or fall together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 10_000
_RESAMPLES = 1_000
# Up to this many differing units all ways of swapping them are tried: 4,096 of 12.
_EXACT = 12

Totals = NDArray[np.float64]
"""Of each unit (a question or conversation) numerator and denominator of a share, (units, 2)."""


def intervals(totals: Sequence[Totals], seed: int = 0) -> list[tuple[float, float] | None]:
    """Return the 95% interval of each share by the percentile bootstrap over the same units.

    :param totals: for each measure, the units' numerators and denominators.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    if not totals or not len(totals[0]):
        return [None] * len(totals)
    units = len(totals[0])
    random = np.random.default_rng(seed)
    drawn = random.multinomial(units, np.full(units, 1 / units), size=_RESAMPLES).astype(float)
    return [_interval(drawn @ one) for one in totals]


def _interval(resampled: Totals) -> tuple[float, float] | None:
    told = resampled[resampled[:, 1] > 0]
    if not len(told):
        return None
    low, high = np.percentile(told[:, 0] / told[:, 1], [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def randomisation_test(before: Totals, after: Totals, seed: int = 0) -> float:
    """Return the chance of a difference as large if it did not matter which run was which (p).

    Two-sided and paired: a unit's two results are swapped at random. With few differing units all
    swaps are tried, else 10,000 are drawn.

    :param before: the units' numerators and denominators in one run; `after`: in the other.
    Source: Fisher's randomisation test as in Smucker, Allan and Carterette, CIKM 2007.
    """
    differing = np.any(before != after, axis=1)
    count = int(differing.sum())
    if not count:
        return 1.0
    gain = (after - before)[differing]
    if exact := count <= _EXACT:
        swaps = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    else:
        swaps = np.random.default_rng(seed).integers(0, 2, size=(ROUNDS, count))
    moved = swaps @ gain
    observed = abs(_share(after.sum(axis=0)) - _share(before.sum(axis=0)))
    found = np.abs(_shares(after.sum(axis=0) - moved) - _shares(before.sum(axis=0) + moved))
    as_large = int((found >= observed - 1e-12).sum())
    return as_large / len(swaps) if exact else (as_large + 1) / (len(swaps) + 1)


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values that stay valid though several are looked at.

    Source: Holm, A simple sequentially rejective multiple test procedure (1979).
    """
    adjusted = [0.0] * len(chances)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[i]))
        adjusted[i] = highest
    return adjusted


def _shares(totals: Totals) -> Totals:
    return np.asarray(
        np.divide(totals[:, 0], totals[:, 1], out=np.zeros(len(totals)), where=totals[:, 1] > 0)
    )


def _share(total: Totals) -> float:
    return float(total[0] / total[1]) if total[1] else 0.0
