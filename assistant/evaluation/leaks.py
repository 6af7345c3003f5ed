"""Whether words of single test questions were built into the assistant, as special cases.

`python -m assistant.evaluation.leaks tests/questions` names each sequence of words that stands in
one question alone and in the code, a prompt or a list of phrases too; exit status 1 if there are
any. The stories are left out: they are what the questions are about.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.evaluation.questions import Dialogue, load_questions
from corpus.library import Library
from index.words import content_words, words

ROOT = Path(__file__).parents[2]
# What decides how a question is answered; what measures answers does not. JSON there holds fitted
# numbers and no words.
_PARTS = ("app.py", "corpus", "index", "assistant")
_MEASURING = ROOT / "assistant" / "evaluation"
_KINDS = (".py", ".toml", ".js")
# Words in a row that are hardly shared by accident, and how many of them must carry meaning.
_ROW, _MEANING = 5, 2
# A word is rare if so few dialogues have it at most.
_RARE = 2

Words = tuple[str, ...]
# Looked at: everyday words, or an example in a comment. What is added here is a reviewed line.
ACCEPTED = frozenset(
    {
        ("cite", "answer"),
        ("citi", "that", "won", "in", "2017"),
        ("differ", "matter"),
        ("won", "for", "the", "first", "time"),
    }
)


@dataclass(frozen=True, order=True)
class Leak:
    """Words of one question, as stems, that stand in a file too."""

    file: str
    line: int
    question: str
    words: Words

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: “{' '.join(self.words)}” stands in {self.question} alone"


def leaks(
    dialogues: Sequence[Dialogue], files: Iterable[Path], told: Iterable[str] = ()
) -> list[Leak]:
    """Return what of single questions stands in the files.

    Looked for are rows of five words, and of English questions pairs of rare words beside each
    other, that neither another question nor a story has.

    :param files: what was written by people who know the questions.
    :param told: the texts of the stories; names and terms that stand there belong to all.
    """
    rows, pairs = _owned(dialogues, _rows), _rare(dialogues)
    for text in told:
        for owned, parts in ((rows, _rows(text)), (pairs, _pairs(text))):
            for part in parts:
                owned.pop(part, None)
    found = set()
    for file in files:
        lines = file.read_text("utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            # A row may go on in the next line; a pair there would mostly be of two phrases.
            both = line + "\n" + (lines[number] if number < len(lines) else "")
            for owned, seen in ((rows, _rows(both)), (pairs, _pairs(line))):
                found |= {Leak(_named(file), number, owned[s], s) for s in seen if s in owned}
    return _once(sorted(leak for leak in found if leak.words not in ACCEPTED))


def files_to_look_at(root: Path = ROOT) -> list[Path]:
    """Return the files that decide how a question is answered."""
    found = [root / part for part in _PARTS if (root / part).is_file()]
    for part in _PARTS:
        found += (f for f in sorted((root / part).rglob("*")) if f.suffix in _KINDS)
    return [file for file in found if _MEASURING not in file.parents]


def story_texts() -> list[str]:
    """Return the bundled stories with what stands over them."""
    return [
        "\n".join((s.title, s.city, s.country, s.region, s.award, s.body))
        for s in Library(None).stories()
    ]


def _owned(
    dialogues: Sequence[Dialogue], parts: Callable[[str], Iterable[Words]]
) -> dict[Words, str]:
    """Return the parts that one dialogue alone has, with its id; twins differ by a word or two."""
    owners: dict[Words, set[str]] = defaultdict(set)
    for dialogue in dialogues:
        for question in dialogue:
            for part in parts(question.question):
                owners[part].add(question.id)
    return {part: next(iter(ids)) for part, ids in owners.items() if len(ids) == 1}


def _rare(dialogues: Sequence[Dialogue]) -> dict[Words, str]:
    """Return the pairs of rare words that one English dialogue alone has, with its id.

    Of other languages it is not known which words carry meaning.
    """
    having = Counter(
        word
        for dialogue in dialogues
        for word in {w for q in dialogue for w in content_words(q.question)}
    )
    pairs = _owned([d for d in dialogues if d[0].language == "en"], _pairs)
    return {pair: id for pair, id in pairs.items() if max(having[word] for word in pair) <= _RARE}


def _rows(text: str) -> Iterator[Words]:
    said = words(text)
    for start in range(len(said) - _ROW + 1):
        row = tuple(said[start : start + _ROW])
        if len(content_words(" ".join(row))) >= _MEANING:
            yield row


def _pairs(text: str) -> Iterator[Words]:
    said = content_words(text)
    yield from zip(said, said[1:], strict=False)


def _once(found: Sequence[Leak]) -> list[Leak]:
    """Return each sequence once a file: a row over two lines is seen from both."""
    return list({(leak.file, leak.words): leak for leak in reversed(found)}.values())[::-1]


def _named(file: Path) -> str:
    return str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)


def main(arguments: Sequence[str]) -> int:
    """Print what stands in single questions and in the assistant; return the exit status."""
    try:
        dialogues = load_questions(map(Path, arguments))
    except (AssistantError, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    found = leaks(dialogues, files_to_look_at(), story_texts())
    sys.stdout.write("".join(f"{leak}\n" for leak in found))
    sys.stdout.write(f"{len(found)} leaks of {len(dialogues)} questions and conversations\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
