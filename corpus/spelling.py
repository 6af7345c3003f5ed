"""Words of a text in any script, brought to a form in which spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not take apart, as people without that key write them.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None}
)
_ARABIC_PREFIXES = (
    "و",
    "ف",
    "ب",
    "ل",
    "ك",
    "ال",
    "لل",
    "وال",
    "بال",
    "فال",
    "كال",
    "وب",
    "ول",
    "ولل",
    "وبال",
)
_HEBREW_PREFIXES = ("ב", "ל", "מ", "ה", "ו", "ש", "כ", "וב", "שב", "של")
_ETHIOPIC_PREFIXES = ("በ", "ከ", "የ", "ለ")
# Scripts without spaces between words (or, in Korean, before particles), with their vowel signs.
_JOINED = (
    "\u0e01-\u0e4e\u0e80-\u0edf\u1000-\u1049\u1780-\u17d3"
    "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
# Signs that stand over, under or beside a letter; Python's \w leaves them out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0966-\u0dff"
)
_WORD = re.compile(f"[{_JOINED}]+|(?:(?![{_JOINED}])[^\\W_]|[{_MARKS}])+")
# Last vowels and Slavic soft signs; with the Greek s of some cases (ς folds to σ).
_CASE_ENDING = re.compile("(?:[aeiouyаеиоуыьйяюії]+|[αεηιουω]+σ?)$")
_IS_JOINED = re.compile(f"[{_JOINED}]")
# Endings that case and person add to a name, by script. What is left must still be a known stem.
_ENDINGS = {
    "GREEK": frozenset("α ασ αι εσ η ησ ο οι οσ ου ον ουσ ων ι ιου ιο ε υ".split()),
    "CYRILLIC": frozenset(
        "а у е и ы о ом ой ою ем ь ю я й ей ею ев ов ам ах ами ям ях ями і ї ію ії ові еві".split()
    ),
    "LATIN": frozenset(
        """a e i o u y s n en es er em om ou ov ie ii an on in ba be ban ben bol nak nek hoz val vel
        sta ssa lla lle ksi ga ni nin nun de da den dan te ta ten tan ye ya yi as os us is am im um
        ai oje uose iem ke ovi ami ach owi skiej""".split()
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A word of a text: as it stands there, folded, its script, and its place."""

    text: str
    folded: str
    script: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether the word starts with a capital letter."""
        return self.text[0].isupper()


def words(text: str) -> list[Word]:
    """Return the words of a text in order; marks such as vowel signs belong to their word.

    Where a script that writes words together meets another, a word ends.
    """
    return [
        Word(match[0], fold(match[0]), script(match[0]), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


def is_joined(character: str) -> bool:
    """Return whether a character is of a script that writes words together, or with particles.

    Thai, Lao, Burmese, Khmer, Chinese, Japanese; and Korean, whose particles follow without space.
    """
    return character >= "\u0e00" and _IS_JOINED.match(character) is not None


def key(name: str) -> str:
    """Return a name as the index holds it: its folded words with one space between them."""
    return " ".join(map(fold, _WORD.findall(name)))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return a word without case, accents and letter variants that people often leave out."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded)
    kept = "".join(part for part in parts if not _is_accent(part))
    return unicodedata.normalize("NFC", kept).translate(_LETTERS)


def script(word: str) -> str:
    """Return the script of a word's first letter: "LATIN", "CJK", "HANGUL", …"""
    if word[0].isascii():
        return "LATIN" if word[0].isalpha() else "DIGIT"
    return unicodedata.name(word[0], "UNKNOWN").split(" ")[0]


def has_case(name: str) -> bool:
    """Return whether the script of a name tells capitals from small letters."""
    return name[:1].upper() != name[:1].lower()


def stem(folded: str) -> str:
    """Return the part of a folded name that stays when case endings change."""
    stripped = _CASE_ENDING.sub("", folded)
    return stripped if len(stripped) >= 4 else folded


def without_ending(word: Word) -> list[str]:
    """Return what may be the stem of an inflected word, longest first."""
    endings = _ENDINGS.get(word.script)
    if endings is None:
        return []
    longest = min(6, len(word.folded) - 4)
    cut = [
        word.folded[:-length]
        for length in range(1, longest + 1)
        if word.folded[-length:] in endings
    ]
    return list(dict.fromkeys(stem(each) for each in (word.folded, *cut)))


def without_prefix(word: Word) -> list[str]:
    """Return what may be the name behind a preposition or article written together with it."""
    if word.script == "ARABIC":
        cut = [word.folded[len(p) :] for p in _ARABIC_PREFIXES if word.folded.startswith(p)]
        cut = [each for each in cut if len(each) >= 3]
        return cut + ["ال" + each for each in cut]
    prefixes = {"HEBREW": _HEBREW_PREFIXES, "ETHIOPIC": _ETHIOPIC_PREFIXES}.get(word.script, ())
    cut = [word.folded[len(p) :] for p in prefixes if word.folded.startswith(p)]
    return [each for each in cut if len(each) >= 3]


def _is_accent(character: str) -> bool:
    return (
        "\u0300" <= character <= "\u036f"
        or "\u064b" <= character <= "\u0652"
        or character == "\u0670"
        or "\u0591" <= character <= "\u05c7"
    )
