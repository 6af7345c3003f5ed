"""The kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Thing(StrEnum):
    """A kind of thing that a question word asks for."""

    AMOUNT = "amount"
    SHARE = "share"
    MONEY = "money"
    DATE = "date"
    REASON = "reason"


def things_asked(question: str) -> frozenset[Thing]:
    """Return the kinds of thing a question asks for, in any of the languages known here."""
    return frozenset(t for t, words in _patterns()["asked"].items() if words.search(question))


def holds(sentence: str, thing: Thing) -> bool:
    """Tell whether an English sentence holds a thing of the kind."""
    return _patterns()["held"][thing].search(sentence) is not None


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Mapping[Thing, re.Pattern[str]]]:
    stored = tomllib.loads((files("assistant") / "asked_for.toml").read_text("utf-8"))
    return {
        side: {
            Thing(name): re.compile("|".join(parts), re.IGNORECASE) for name, parts in of.items()
        }
        for side, of in stored.items()
    }
