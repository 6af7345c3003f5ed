"""Answers over the real stories, whatever is asked and by how many at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from assistant.answer import (
    Answer,
    EvidenceFound,
    Finished,
    Kind,
    Reason,
    Seconds,
    TextAdded,
)
from assistant.question import LONGEST, Scope
from assistant.service import Assistant
from corpus.library import Library
from index.embedding import Encoder
from index.store import Store

pytestmark = pytest.mark.slow

CORK = "How many people look after the Learning Neighbourhoods of Cork, and on what hours?"
ASKED = [
    CORK,
    "What does Wuhan do for older residents?",
    "Quelles fêtes organise la ville de Cork ?",
    "¿Cómo financia Medellín el aprendizaje?",
    "How does Espoo use its libraries?",
    "Which cities hold learning festivals?",
    "What was the weather in Tunis on the day of the award?",
    "مدينة تونس ماذا تفعل للشباب؟",
]
BAD = {
    "empty": "",
    "blank": " \n\t ",
    "invisible": "\u200b\u202e\u2066",
    "20,000 characters": "Cork " * 4_000,
    "one long word": "a" * 20_000,
    "as long as may be": ("Cork? " * LONGEST)[:LONGEST],
    "control characters": "\x1b[2J\x00\x07What does Cork do?\x08",
    "right to left": "\u202eWhat does Cork do?\u202c\u200f",
    "HTML": "<script>alert(1)</script><img src=x onerror=y> What does Cork do?",
    "Markdown": "# What\n**does** [Cork](javascript:x) `do`? | a | b |",
    "braces": "{limit} %s {0} What does Cork do? {city}",
    "search syntax": '" OR NEAR(a b) * : ^ - AND NOT (',
    "SQL": "'; DROP TABLE passages; --",
    "unexpected language": "ⵎⴰ ⵜⵙⴽⵔ ⵜⵎⴷⵉⵏⵜ ⵏ ⵜⵓⵏⵙ?",
    "Amharic": "ባሕር ዳር ምን ያደርጋል?",
    "mixed": "Cork 科克 كورك Корк?",
    "emoji": "🛶🏽‍♀️?",
    "combining": "C" + "\u0301" * 500 + "ork",
    "marks": "?!…;:",
    "half a pair": "\ud83dCork\ud800",
    "number": "2015",
}


@pytest.fixture(scope="module")
def assistant(all_stories: tuple[Store, Encoder]) -> Assistant:
    return Assistant(Library(None), *all_stories)


def assert_quotes_stand_in_the_stories(answer: Answer) -> None:
    library = Library(None)
    for citation in answer.citations:
        story = library.get(citation.story)
        assert story.body[citation.start : citation.end] == citation.quote
        assert (citation.city, citation.year) == (story.city, story.year)
        assert set(citation.sources) <= set(story.sources)


@pytest.mark.parametrize("typed", BAD.values(), ids=BAD)
def test_bad_input_gets_an_honest_answer(typed: str, assistant: Assistant) -> None:
    answer, _ = assistant.answer(typed)
    assert answer.kind in Kind and answer.text.strip()
    assert "Traceback" not in answer.text
    assert_quotes_stand_in_the_stories(answer)
    answer.to_json()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        (BAD["blank"], Reason.EMPTY),
        (BAD["invisible"], Reason.EMPTY),
        (BAD["20,000 characters"], Reason.TOO_LONG),
        (BAD["one long word"], Reason.TOO_LONG),
    ],
)
def test_what_is_no_question_is_refused_with_its_reason(
    typed: str, reason: Reason, assistant: Assistant
) -> None:
    answer, retrieved = assistant.answer(typed)
    assert answer.reason is reason and retrieved == ()


def test_a_filter_that_leaves_no_story_is_told(assistant: Assistant) -> None:
    answer, _ = assistant.answer(CORK, scope=Scope(country="Atlantis"))
    assert answer.reason is Reason.NO_STORY_SELECTED


def test_a_filter_is_hard(assistant: Assistant) -> None:
    answer, retrieved = assistant.answer(CORK, scope=Scope(city="Wuhan"))
    assert {passage.story for passage in retrieved} == {"2024-wuhan"}
    assert {citation.city for citation in answer.citations} <= {"Wuhan"}


@pytest.mark.parametrize("typed", [*ASKED, "", BAD["one long word"]], ids=lambda t: t[:20])
def test_events_come_in_order_and_agree_with_the_answer(typed: str, assistant: Assistant) -> None:
    first, *texts, last = assistant.ask(typed)
    assert isinstance(first, EvidenceFound) and isinstance(last, Finished)
    assert texts and all(isinstance(event, TextAdded) for event in texts)
    assert "".join(event.text for event in texts).strip() == last.answer.text.strip()
    assert first.citations == last.answer.citations
    seconds = last.answer.seconds
    assert 0 < seconds.evidence <= seconds.first_text <= seconds.total


@pytest.mark.parametrize("typed", ASKED, ids=lambda t: t[:20])
def test_every_quote_stands_in_its_story(typed: str, assistant: Assistant) -> None:
    answer, retrieved = assistant.answer(typed)
    assert_quotes_stand_in_the_stories(answer)
    bodies = {story.slug: story.body for story in Library(None).stories()}
    assert retrieved
    assert all(0 <= p.start < p.end <= len(bodies[p.story]) for p in retrieved)


def test_a_refusal_names_stories_that_come_close(assistant: Assistant) -> None:
    for typed in ASKED:
        answer, _ = assistant.answer(typed)
        if answer.kind is Kind.NOT_FOUND:
            assert 0 < len({near.story for near in answer.nearest}) == len(answer.nearest)


def answers(assistant: Assistant, asked: list[str]) -> Iterator[Answer]:
    for typed in asked:
        yield replace(assistant.answer(typed)[0], seconds=Seconds())


def test_twenty_who_ask_at_once_get_the_answers_of_one_by_one(assistant: Assistant) -> None:
    asked = (ASKED * 3)[:20]
    one_by_one = list(answers(assistant, asked))
    with ThreadPoolExecutor(20) as threads:
        at_once = list(threads.map(lambda typed: next(answers(assistant, [typed])), asked))
    assert at_once == one_by_one
