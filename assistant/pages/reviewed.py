"""A draft while a person looks at it on the staff page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.reading.confirmation import FIELDS, confirmed
from corpus.reading.draft import Draft


@dataclass(frozen=True)
class Reviewed:
    """A draft, and what a person said about its facts so far; None: nothing yet."""

    draft: Draft
    said: Mapping[str, str] | None = None

    def words(self, name: str) -> str:
        """Return what a field shows: what was said, else what was found."""
        if self.said is not None:
            return self.said.get(name, "")
        if name == "slug":
            return self.draft.slug
        proposal = self.draft.proposals.get(name)
        if proposal is None:
            return ""
        value = proposal.value
        return ", ".join(value) if isinstance(value, tuple) else str(value)

    def facts(self, countries: Mapping[str, str]) -> dict[str, Any]:
        """Return what is confirmed; what was emptied is None. Raises CorpusError on a bad value."""
        words = {name: self.words(name) for name in FIELDS}
        emptied = {name: None for name, value in words.items() if not value.strip()}
        if "country" in emptied:
            emptied["country_code"] = None
        return {**emptied, **confirmed(words, countries)}

    def label(self, number: int) -> str:
        """Return the name of the draft in a list of several."""
        return f"{number}. {self.words('city') or 'city not told'} ({self.draft.name})"


def said_in(inputs: Sequence[Any]) -> dict[str, str]:
    """Return what the inputs hold, in the order of FIELDS, as words."""
    return {
        name: ", ".join(value) if isinstance(value, list) else str(value or "")
        for name, value in zip(FIELDS, inputs, strict=True)
    }
