"""Saved questions, asked again after each change of the stories: what readers get now.

The questions are lines of a text file in the data folder, the last answers a JSON file beside it.
Answers are by quotes: the same stories give the same answer, so a difference comes of the change.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.question import LONGEST
from corpus.errors import CorpusError
from corpus.folder import write_file
from corpus.story import Story

MOST = 100
"""Questions that may be saved: each takes a fifth of a second after every change."""

_KEPT = 100  # differences
_QUESTIONS, _ANSWERS = "saved-questions.txt", "saved-answers.json"


@dataclass(frozen=True)
class Told:
    """What a reader got: the kind of answer, its text, and the stories it quotes."""

    kind: str
    text: str
    stories: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A question whose answer is another since some stories changed. `when`: UTC, ISO 8601."""

    when: str
    changed: tuple[str, ...]
    question: str
    before: Told
    after: Told


@dataclass
class _Kept:
    """What stands in the JSON file: stories by slug with their content hash, and answers."""

    stories: dict[str, str]
    answers: dict[str, Told]
    differences: list[Difference]


class SavedQuestions:
    """The questions of one data folder."""

    def __init__(self, folder: Path, always: Sequence[str] = ()) -> None:
        """Take the data folder, and questions that are asked in any case."""
        self._folder = folder
        self._always = tuple(always)
        self._looking = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask no more questions; a look that is under way ends before its next one."""
        self._stopped.set()

    def text(self) -> str:
        """Return the saved questions, one a line."""
        try:
            return (self._folder / _QUESTIONS).read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise CorpusError(
                f"The saved questions cannot be read ({error.strerror}): check the rights of "
                f"{self._folder / _QUESTIONS}."
            ) from error

    def save(self, text: str) -> int:
        """Save questions, one a line, and return how many there are.

        Raises CorpusError if there are too many, one is too long, or they cannot be written.
        """
        lines = list(
            dict.fromkeys(filter(None, (" ".join(raw.split()) for raw in text.split("\n"))))
        )
        if len(lines) > MOST:
            raise CorpusError(
                f"{len(lines)} questions are too many: keep the {MOST} that matter most."
            )
        if long := [line for line in lines if len(line) > LONGEST]:
            raise CorpusError(
                f"“{long[0][:60]} …” is too long for a question: ask in fewer than {LONGEST} "
                "characters."
            )
        write_file(self._folder / _QUESTIONS, "".join(f"{line}\n" for line in lines).encode())
        return len(lines)

    def questions(self) -> tuple[str, ...]:
        """Return every question that is asked, each once."""
        lines = [line.strip() for line in self.text().split("\n")]
        return tuple(dict.fromkeys(filter(None, (*self._always, *lines))))[
            : MOST + len(self._always)
        ]

    def look(self, stories: Sequence[Story], ask: Callable[[str], Answer]) -> None:
        """Ask every question and keep which answers are others than when last looked.

        Costs nothing if neither stories nor questions changed. Stopped on the way, it keeps
        nothing, and the next look compares with what was kept before.

        :param stories: all that are shown.
        :param ask: answers by quotes.
        :raises CorpusError: the answers cannot be written.
        """
        with self._looking:
            kept = self._read()
            now = {story.slug: story.content_hash for story in stories}
            questions = self.questions()
            if kept.stories == now and set(kept.answers) == set(questions):
                return
            same = kept.stories == now
            answers: dict[str, Told] = {}
            for question in questions:
                if self._stopped.is_set():
                    return
                known = kept.answers.get(question) if same else None
                answers[question] = known or _told(ask(question))
            new = _differences(kept.answers, answers, _changed(kept.stories, now))
            self._write(_Kept(now, answers, [*new, *kept.differences][:_KEPT]))

    def differences(self) -> tuple[Difference, ...]:
        """Return the answers that came to be others, the newest first."""
        return tuple(self._read().differences)

    def _read(self) -> _Kept:
        """Return what is kept; nothing where the file is not there or not whole."""
        try:
            raw = json.loads((self._folder / _ANSWERS).read_text("utf-8"))
            return _Kept(
                dict(raw["stories"]),
                {question: _as_told(told) for question, told in raw["answers"].items()},
                [
                    Difference(
                        d["when"], tuple(d["changed"]), d["question"],
                        _as_told(d["before"]), _as_told(d["after"]),
                    )
                    for d in raw["differences"]
                ],
            )  # fmt: skip
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return _Kept({}, {}, [])

    def _write(self, kept: _Kept) -> None:
        text = json.dumps(asdict(kept), ensure_ascii=False, indent=1)
        write_file(self._folder / _ANSWERS, text.encode("utf-8", "replace"))


def _told(answer: Answer) -> Told:
    stories = dict.fromkeys(citation.story for citation in answer.citations)
    return Told(answer.kind.value, answer.text, tuple(stories))


def _as_told(raw: Mapping[str, Any]) -> Told:
    return Told(raw["kind"], raw["text"], tuple(raw["stories"]))


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(slug for slug, _ in before.items() ^ now.items()) if before else ())


def _differences(
    before: Mapping[str, Told], after: Mapping[str, Told], changed: Sequence[str]
) -> list[Difference]:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    changed = tuple(dict.fromkeys(changed))
    return [
        Difference(when, changed, question, before[question], told)
        for question, told in after.items()
        if question in before and before[question] != told
    ]
