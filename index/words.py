"""Words as the lexical index knows them: folded, stemmed, with numbers in one form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from threading import Lock

import snowballstemmer

# Words that carry a question's form and not its matter. The stories are told in sentences, not
# in questions, so their frequency there would make "which" or "how" look rare and telling.
_FUNCTION_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing done down during each ever few for from
    further get gets got had has have having he her here hers him his how i if in into is it its
    itself just kind let like ll many may me might more most much must my near no nor not of off
    on once one only or other our out over own per s same shall she should so some such t than
    that the their them then there these they this those through to too under until up upon us ve
    very was we were what when where whether which while who whom whose why will with within would
    yes yet you your tell say says story stories please give gave according exactly""".split()
)
# A blank parts thousands only where groups of three digits follow it.
_TOKEN = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,']\d+)*|[^\W\d_]+")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_stemmer = snowballstemmer.stemmer("english")
# The stemmer keeps the word in hand as its state; questions are asked in several threads.
_stemming = Lock()


def words(text: str) -> list[str]:
    """Return the index words of a text, in order.

    Letters are case-folded and stripped of accents, English endings are stemmed, "10,000" and
    "10 000" become "10000", "1.3" stays one word; scripts written without spaces give pairs of
    neighbouring characters.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        token = match.group()
        if token[0].isdigit():
            found.append(_number(token))
        elif _HAN.search(token):
            found.extend(token[i : i + 2] for i in range(max(1, len(token) - 1)))
        else:
            found.append(_stem(token.casefold()))
    return found


def content_words(text: str) -> list[str]:
    """Return the index words of a question that carry its matter, each once."""
    kept = dict.fromkeys(w for w in words(text) if w not in _function_stems())
    return list(kept)


def fold(text: str) -> str:
    """Return a text case-folded and without accents."""
    # Twice, because a compatible letter can hide a capital: "ᴬ" is "A" once decomposed.
    decomposed = text
    for _ in range(2):
        decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _number(token: str) -> str:
    """Drop the separators of thousands; others part the decimals and become a full stop."""
    token = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in token)
    groups = re.split(r"[.,' ]", token)
    if all(len(group) == 3 for group in groups[1:]):
        return "".join(groups)
    return "".join(groups[:-1]) + "." + groups[-1]


@lru_cache(maxsize=50_000)
def _stem(token: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(fold(token)))


@lru_cache(maxsize=1)
def _function_stems() -> frozenset[str]:
    return frozenset(_stem(word) for word in _FUNCTION_WORDS)
