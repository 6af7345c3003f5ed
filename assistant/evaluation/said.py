"""What the language model says of sentences of stories by whose questions it was not taught.

The numbers that weigh its word are fitted on this (`fitting_refusal`, `fitting_additions`): of
stories that it was taught by it is surer than it will be of a new one. `fitting_adapter` makes it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from assistant import alone
from assistant.answer import Citation
from assistant.sufficiency import log_odds

TOLD = Path("tests/told")
# The fold of stories by whose questions the adapter is not taught when it says this.
LEFT_OUT = 2
_NAME = "said.json"


class Said:
    """The log-odds that a sentence states a part of what a question asks, as the model says."""

    def __init__(self, odds: dict[str, float] | None = None) -> None:
        """Take what was said, by prompt."""
        self._odds = odds or {}

    @classmethod
    def load(cls, folder: Path = TOLD) -> Said:
        """Return what a folder's file holds."""
        return cls(json.loads((folder / _NAME).read_text("utf-8")))

    def store(self, folder: Path = TOLD) -> None:
        """Write it to the folder's file."""
        text = json.dumps(self._odds, indent=0, sort_keys=True)
        (folder / _NAME).write_text(text + "\n", "utf-8")

    def add(self, question: str, quote: Citation, probability: float) -> None:
        """Add how likely the model says that a quote states it.

        :param question: in its stand-alone wording.
        """
        self._odds[_digest(question, quote)] = round(log_odds(probability), 2)

    def of(self, question: str, quote: Citation) -> float | None:
        """Return what it says of a quote, as log-odds; None if it was not asked."""
        return self._odds.get(_digest(question, quote))


def _digest(question: str, quote: Citation) -> str:
    """Return a short name of a prompt: with the words the file would be five times as long."""
    prompt = (*alone.taught().messages, alone.asked(question, quote))
    words = "\n".join(message.content for message in prompt)
    return hashlib.sha256(words.encode()).hexdigest()[:12]
