"""The kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
from enum import StrEnum


class Thing(StrEnum):
    """A kind of thing that a question word asks for."""

    AMOUNT = "amount"
    DATE = "date"
    REASON = "reason"


# Question words by language, joined into one pattern a kind: they hardly collide, and a question
# may mix languages.
_ASKED = {
    Thing.AMOUNT: re.compile(
        r"\bhow (?:many|much|large|big|old|long|often|far|high|tall|wide|heavy|great)\b"
        r"|\bwhat (?:share|percentage|proportion|per ?cent|sum|amount|slice|fraction|number|price|"
        r"fee|rate|annual|yearly|budget|wages?|salary|size)\b"
        r"|\bwhich (?:share|percentage|proportion|sum|amount|number)\b|\bby how much\b|\bcosts?\b"
        r"|\bcombien\b|\bquel(?:le)? (?:part|pourcentage|montant|somme|taux|proportion|nombre)\b"
        r"|\bcu[aá]nt[oa]s?\b|\bqu[eé] (?:porcentaje|proporci[oó]n|cantidad|parte)\b"
        r"|\bquant[oaie]s?\b|\bque (?:percentagem|propor[cç][aã]o|parte|quantia)\b"
        r"|\bwie ?viele?\b|\bwelche[rn]? (?:anteil|summe|betrag|prozentsatz)\b|\bwie (?:hoch|gro[sß]|"
        r"alt|lange|oft)\b|\bqual[e'] (?:percentuale|somma|quota)\b"
        r"|πόσ|\bсколько\b|\bскільки\b|\bkaç\b|\bne kadar\b|\bكم\b"
        r"|多少|几|幾|몇|얼마|どのくらい|いくつ|いくら"
        r"|何人|कितन|\bberapa\b",
        re.IGNORECASE,
    ),
    Thing.DATE: re.compile(
        r"\bwhen\b|\b(?:which|what) (?:year|month|date|day|season)\b|\bhow long ago\b|\bquand\b"
        r"|\bcu[aá]ndo\b|\bquando\b|\bwann\b|\bquelle ann[eé]e\b|\bqu[eé] a[nñ]o\b|\bque ano\b"
        r"|\bwelche[mns]? jahr\b|πότε|\bкогда\b|\bколи\b|\bne zaman\b|متى"
        r"|何时|何時|哪年|哪一年|언제|いつ|कब"
        r"|\bkapan\b",
        re.IGNORECASE,
    ),
    Thing.REASON: re.compile(
        r"\bwhy\b|\bfor what reason\b|\bpourquoi\b|\bpor ?qu[eé]\b|\bwarum\b|\bperch[eé]\b|γιατί"
        r"|\bпочему\b|\bчому\b|\bneden\b|\bniçin\b|لماذا|为什么|為什麼|왜|なぜ|क्यों|\bmengapa\b",
        re.IGNORECASE,
    ),
}
_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|third|quarter|"
    r"twice|double|doubled"
)
_HELD = {
    Thing.AMOUNT: re.compile(rf"\d|\b(?:{_NUMBER_WORDS})s?\b", re.IGNORECASE),
    Thing.DATE: re.compile(
        r"\b(?:1[89]|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|"
        r"October|November|December|spring|summer|autumn|winter)\b"
    ),
    Thing.REASON: re.compile(
        r"\b(?:because|since|so that|in order|due to|reason|therefore|thus|as a result|to \w+|"
        r"after|for)\b",
        re.IGNORECASE,
    ),
}


def things_asked(question: str) -> frozenset[Thing]:
    """Return the kinds of thing a question asks for, in any of the languages known here."""
    return frozenset(thing for thing, words in _ASKED.items() if words.search(question))


def holds(sentence: str, thing: Thing) -> bool:
    """Tell whether an English sentence holds a thing of the kind."""
    return _HELD[thing].search(sentence) is not None
