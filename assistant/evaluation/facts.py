"""Whether a text states a fact, whatever way it writes numbers, letters and quotation marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        "٬": ",",
        "٫": ".",
        "\u00ad": None,
    }
)
# One to three digits, then groups of three, all parted by the same mark: 1,300 and 1 300 000 but
# neither 1.3 nor 0.250 nor the end of 12.1.300.
_THOUSANDS = re.compile(r"(?<!\d)(?<!\d[.,])[1-9]\d{0,2}([,. '])\d{3}(?:\1\d{3})*(?!\d)")
# A letter of the Latin alphabet or a digit goes on with a word; 年 after 2011 does not.
_WORD = "0-9a-z\u00aa\u00ba\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"


def normalize(text: str) -> str:
    """Return `text` in the one form in which texts and facts are compared.

    NFKC and casefold; decimal digits as 0-9; quotation marks as ' and "; spaces as one blank;
    whole numbers without thousands separators.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(_digit(character) for character in plain).translate(_MARKS)
    plain = re.sub(r"\s+", " ", plain)
    return _THOUSANDS.sub(lambda number: number[0].replace(number[1], ""), plain)


def states(text: str, fact: Sequence[str]) -> bool:
    """Tell whether any of the fact's variants stands in the text.

    A variant in ASCII must not stand inside a longer word or number: 8 is not in 18, 8,000 or 1.8.
    """
    plain = normalize(text)
    return any(_occurs(plain, normalize(variant).strip()) for variant in fact)


def states_all(text: str, facts: Sequence[Sequence[str]]) -> bool:
    """Tell whether the text states every one of the facts."""
    return all(states(text, fact) for fact in facts)


def count_words(text: str) -> int:
    """Return the number of words; in scripts without blanks each character counts as one."""
    return len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+", text))


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character, character))


def _occurs(plain: str, variant: str) -> bool:
    if not variant:
        return False
    if not variant.isascii():
        return variant in plain
    before = f"(?<![{_WORD}])" if variant[0].isalnum() else ""
    after = f"(?![{_WORD}])" if variant[-1].isalnum() else ""
    if variant[0].isdigit():
        before += r"(?<!\d[.,])"
    if variant[-1].isdigit():
        after += r"(?![.,]\d)"
    return re.search(before + re.escape(variant) + after, plain) is not None
