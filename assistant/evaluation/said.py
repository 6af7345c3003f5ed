"""What the language model says of sentences of stories that its adapter has not seen.

The numbers that weigh its word are fitted on this (`fitting_refusal`, `fitting_additions`): what it
says of stories that it was taught by is surer than what it will say of a new one.
`fitting_adapter` makes it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from assistant import alone
from assistant.answer import Citation
from assistant.sufficiency import log_odds

_FILE = Path("tests/told/said.json")


class Said:
    """The log-odds that a sentence states a part of what a question asks, as the model says."""

    def __init__(self, odds: dict[str, float] | None = None) -> None:
        """Take what was said, by prompt."""
        self._odds = odds or {}

    @classmethod
    def load(cls, file: Path = _FILE) -> Said:
        """Return what a file holds."""
        return cls(json.loads(file.read_text("utf-8")))

    def store(self, file: Path = _FILE) -> None:
        """Write it to a file."""
        file.write_text(json.dumps(self._odds, indent=0, sort_keys=True) + "\n", "utf-8")

    def add(self, question: str, quote: Citation, probability: float) -> None:
        """Add how likely the model says that a quote states it.

        :param question: in its stand-alone wording.
        """
        self._odds[_name(question, quote)] = round(log_odds(probability), 2)

    def of(self, question: str, quote: Citation) -> float | None:
        """Return what it says of a quote, as log-odds; None if it was not asked."""
        return self._odds.get(_name(question, quote))


def _name(question: str, quote: Citation) -> str:
    """Return a short name of a prompt: the file would be five times as long with the words."""
    return hashlib.sha256(alone.asked(question, quote).content.encode()).hexdigest()[:12]
