"""A run of words in a question, and whether what stands around it speaks for a place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.gazetteer import City
from corpus.names import place_prepositions, word_list
from corpus.spelling import Word

# From this many inhabitants a city is taken for one even at the start of a sentence or in a title.
_UNMISTAKABLE = 500_000
_SENTENCE_END = re.compile(r"[.!?:;。！？：؟\n]")


@dataclass(frozen=True)
class Place:
    """A run of words in a question, with what stands around it.

    `count` words of `listed` from `position` on; `all_small`: the question has no capitals but
    perhaps its first letter.
    """

    text: str
    listed: list[Word]
    position: int
    count: int
    all_small: bool

    @property
    def run(self) -> list[Word]:
        """The words themselves."""
        return self.listed[self.position : self.position + self.count]

    @property
    def folded(self) -> str:
        """The words as the index of names holds them."""
        return " ".join(word.folded for word in self.run)

    @property
    def capital(self) -> bool:
        """Whether the first word has a capital, or a script without capitals."""
        first = self.run[0]
        return first.capital or first.text[0].lower() == first.text[0].upper()

    def may_name(self, city: City) -> bool:
        """Whether these words may name a large city that no story is about."""
        if not self.capital:
            return self.all_small and self.place_expected() and city.population >= _UNMISTAKABLE
        if self.count > 1 or self.run[0].text[0].lower() == self.run[0].text[0].upper():
            return True
        if self.place_expected() and self.stands_alone():
            return True
        if city.population >= _UNMISTAKABLE:
            return True
        return not self.opens_sentence() and self.stands_alone()

    def opens_sentence(self) -> bool:
        """Whether nothing of the sentence stands before."""
        before = self.text[: self.run[0].start].rstrip(" \"'“«‘(¿¡„")
        return not before or bool(_SENTENCE_END.match(before[-1]))

    def place_expected(self) -> bool:
        """Whether a word like "in" stands before."""
        if self.position > 0:
            before = self.listed[self.position - 1]
            gap = self.text[before.end : self.run[0].start]
            if before.text.casefold() in place_prepositions() and gap in (" ", "'", "’"):
                return True
        return False

    def stands_alone(self) -> bool:
        """Whether no capital stands beside: in "Nelson Mandela" Nelson is no city."""
        for step, index in ((-1, self.position - 1), (1, self.position + self.count)):
            if not 0 <= index < len(self.listed):
                continue
            other = self.listed[index]
            edges = (other.end, self.run[0].start) if step < 0 else (self.run[-1].end, other.start)
            beside = self.text[edges[0] : edges[1]] in (" ", "-", "–")
            opens = step < 0 and (
                index == 0 or bool(_SENTENCE_END.search(self.text[: other.start].rstrip()[-1:]))
            )
            if beside and other.capital and not opens:
                return False
        return True

    def beside_place_noun(self) -> bool:
        """Whether a word like "city" stands within two words before or after."""
        nouns = word_list("place_nouns")
        around = [
            *self.listed[max(0, self.position - 2) : self.position],
            *self.listed[self.position + self.count : self.position + self.count + 2],
        ]
        return any(word.folded in nouns for word in around)
