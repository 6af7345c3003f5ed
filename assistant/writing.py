"""An answer written by a language model from the quotes, sentence by sentence.

The model reads a few quotes that state what is asked (`alone`) and answers from them. Its words are
prompts.toml's; what it writes is not shown before it was checked (`checking`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError

from assistant.answer import Citation
from assistant.language_model import Message
from index.sentences import sentence_spans

# An answer of three sentences takes about 100 tokens, in some scripts twice as many.
LONGEST = 160
_ENDS = ".!?。！？؟।۔…"
_CLOSES = "”\"'’»)」』"
# The tags behind a sentence or within it, and the full stop that some set behind them.
_TAGS = re.compile(rf"(?:\s*\[\d+(?:\s*,\s*\d+)*\])+[{_ENDS}]?")
_TAG = re.compile(r"\[[^\[\]]*\]?")
# "Here is what they do: 1." tells nothing; what follows does.
_ANNOUNCES = re.compile(r"[:：]\s*(?:\d+[.)]?|[-*•])?$")
# Brackets that some models write instead, for which the tags' own are put.
_BRACKETS = str.maketrans("【】［］", "[][]")


@dataclass(frozen=True)
class Draft:
    """A sentence as the model wrote it, without tags, and those of its tags that exist."""

    text: str
    citations: tuple[int, ...]


def reading(question: str, citations: Sequence[Citation], language: str) -> tuple[Message, ...]:
    """Return what the model reads: the rules, examples, the quotes and the question.

    :param question: in its stand-alone wording.
    :param citations: the quotes, tagged with their numbers.
    :param language: the code of the language to write in.
    """
    words = prompts()
    quotes = "\n".join(
        words["quote"].format(n=c.n, city=c.city, year=c.year, quote=c.quote) for c in citations
    )
    return (*beginning(), Message("user", _question(quotes, question, _name(language))))


@lru_cache(maxsize=1)
def beginning() -> tuple[Message, ...]:
    """Return the part of every prompt that never changes: the rules and the examples."""
    messages = [Message("system", prompts()["system"])]
    for each in prompts()["examples"]:
        asked = _question(each["quotes"], each["question"], each["language"])
        messages += [Message("user", asked), Message("assistant", each["answer"])]
    return tuple(messages)


def drafts(pieces: Iterable[str], numbers: Collection[int]) -> Iterator[Draft]:
    """Yield the sentences of a model's reply, each as soon as it is complete.

    :param pieces: the reply as it arrives.
    :param numbers: those of the quotes; other tags are invented and left out.
    :raises ModelFailure: the model does not do it.
    """
    arrived = ""
    for piece in pieces:
        arrived += piece.translate(_BRACKETS)
        while end := _tagged(arrived):
            yield from _drafts(arrived[:end], numbers)
            arrived = arrived[end:]
    # The last of what has no tag behind it may be half a sentence: the room had an end.
    last = _tagged(arrived + "\n")
    yield from _drafts(arrived[:last], numbers)
    yield from (draft for draft in _drafts(arrived[last:], numbers) if _ends(draft.text))


def _tagged(text: str) -> int:
    """Return where the first sentence ends that has tags behind it; 0 as long as none does."""
    for tags in _TAGS.finditer(text):
        rest = text[tags.end() :]
        following = rest.lstrip()
        if not following:
            # Another tag, a full stop or the rest of the sentence may still arrive.
            return tags.end() if "\n" in rest else 0
        if following[0] == "[" and "]" not in following:
            return 0
        if following[0].islower() or following[0] in ",;:)[":
            continue
        before = text[: tags.start()].rstrip()
        # "Dr." ends no sentence; without any full stop a capital begins the next.
        ended = _ends(before) and sentence_spans(before + " A")[-1][0] > len(before)
        begins = following[0].isupper() and not _ends(before)
        if ended or begins or tags[0][-1] in _ENDS or "\n" in rest[: -len(following)]:
            return tags.end()
    return 0


def _drafts(text: str, numbers: Collection[int]) -> Iterator[Draft]:
    """Yield the sentences of a text, all with the tags that stand in it."""
    tags = " ".join(re.findall(r"\[[\d\s,]+\]", text))
    named = dict.fromkeys(int(n) for n in re.findall(r"\d+", tags))
    citations = tuple(n for n in named if n in numbers)
    # Tags before a mark go with the blank before them; of two full stops around tags one stays.
    plain = re.sub(rf"\s*\[[^\[\]]*\](?=[,;{_ENDS}])", "", text)
    plain = re.sub(r"\s+", " ", _TAG.sub("", plain)).strip()
    plain = re.sub(rf"(?<!\.)([{_ENDS}])\1$", r"\1", plain)
    plain = _without_opening(plain)
    for start, end in sentence_spans(plain):
        if not _ANNOUNCES.search(plain[start:end]):
            yield Draft(plain[start:end], citations)


def _without_opening(text: str) -> str:
    rest = _opening().sub("", text)
    return text if rest == text else rest[:1].upper() + rest[1:]


def _ends(text: str) -> bool:
    return text.rstrip().rstrip(_CLOSES)[-1:] in tuple(_ENDS)


def _question(quotes: str, question: str, language: str) -> str:
    words = prompts()["question"]
    return str(words.format(quotes=quotes, question=question, language=language))


def _name(language: str) -> str:
    """Return the English name of a language; models know languages by it."""
    try:
        return Locale.parse(language).get_display_name("en") or "English"
    except (ValueError, UnknownLocaleError):
        return "the language of the question"


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in prompts()["openings"])
    return re.compile(rf"^(?:{words})\s*(?:[,:;–،，、]\s*|[.。](?!\s*\d)\s*)", re.IGNORECASE)


@lru_cache(maxsize=1)
def prompts() -> dict[str, Any]:
    """Return what the language model is told, by its names in prompts.toml."""
    return tomllib.loads((files("assistant") / "prompts.toml").read_text("utf-8"))
