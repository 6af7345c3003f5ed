"""The kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any


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
    return {
        side: {Thing(name): _any_of(parts) for name, parts in _stored()[side].items()}
        for side in ("asked", "held")
    }


def _any_of(parts: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


@lru_cache(maxsize=1)
def _stored() -> dict[str, Any]:
    return tomllib.loads((files("assistant") / "asked_for.toml").read_text("utf-8"))
