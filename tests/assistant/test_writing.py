"""What a language model writes, cut into sentences with the tags that exist, however it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.language_model import LanguageModel, Message
from assistant.writing import LONGEST, Draft, beginning, drafts, reading
from tests.assistant import model_stand_in as stand_in
from tests.assistant.cork import citation
from tests.assistant.model_stand_in import Server

READ = (Message("user", "…"),)
ONE = (1,)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def written(server: Server, text: str) -> list[Draft]:
    """Return what becomes of a text that arrives three letters at a time."""
    server.text = text
    model = LanguageModel(server.address, "m", "", 30)
    return list(drafts(model.stream(READ, LONGEST), (1, 2)))


CUT = {
    "one sentence": ("Cork has 73. [1]", [("Cork has 73.", ONE)]),
    "tag before the stop": ("Cork has 73 [1].", [("Cork has 73.", ONE)]),
    "stops on both sides": ("Cork has 73. [1].", [("Cork has 73.", ONE)]),
    "no stop": ("Cork has 73 [1]\nIt grew [2]", [("Cork has 73", ONE), ("It grew", (2,))]),
    "two": ("Cork has 73. [1] It grew. [2]", [("Cork has 73.", ONE), ("It grew.", (2,))]),
    "two tags": ("Cork has 73. [1][2]", [("Cork has 73.", (1, 2))]),
    "two in one": ("Cork has 73. [2, 1]", [("Cork has 73.", (2, 1))]),
    "tags apart": ("Cork has 73. [1] [2] More. [1]", [("Cork has 73.", (1, 2)), ("More.", ONE)]),
    "within": ("Cork [1] has 73 of them [2].", [("Cork has 73 of them.", (1, 2))]),
    "at a comma": ("Cork has 73 [1], Lyon 6. [2]", [("Cork has 73, Lyon 6.", (1, 2))]),
    "several behind one": ("It began. It grew. [1]", [("It began.", ONE), ("It grew.", ONE)]),
    "invented": ("Cork has 73. [7]", [("Cork has 73.", ())]),
    "invented and real": ("Cork has 73. [7][1][0]", [("Cork has 73.", ONE)]),
    "twice the same": ("Cork has 73. [1][1]", [("Cork has 73.", ONE)]),
    "in words": ("Cork has 73. [Quote 1]", [("Cork has 73.", ())]),
    "half a tag": ("Cork has 73. [1", [("Cork has 73.", ())]),
    "no tag": ("Cork has 73. It grew.", [("Cork has 73.", ()), ("It grew.", ())]),
    "half a sentence": ("Cork has 73. [1] It then gr", [("Cork has 73.", ONE)]),
    "half, untagged": ("Cork has 73. It then gr", [("Cork has 73.", ())]),
    "abbreviation": ("By Dr. [1] O'Neill of Cork. [2]", [("By Dr. O'Neill of Cork.", (1, 2))]),
    "an opening yes": ("Yes, it has 73. [1]", [("It has 73.", ONE)]),
    "a yes alone": ("Yes. It has 73. [1] No. [2]", [("It has 73.", ONE)]),
    "a number's No.": ("No. 5 is a school. [1]", [("No. 5 is a school.", ONE)]),
    "announced": ("Here is what Cork does: [1] It has 73. [1]", [("It has 73.", ONE)]),
    "a list": ("Cork does this: 1. It has 73. [1]", [("It has 73.", ONE)]),
    "French": (
        "À Cork, 73 personnes. [1] Est-ce vrai ? [2]",
        [("À Cork, 73 personnes.", ONE), ("Est-ce vrai ?", (2,))],
    ),
    "Chinese": ("科克有73人。[1]他们兼职。[2]", [("科克有73人。", ONE), ("他们兼职。", (2,))]),
    "Chinese brackets": ("科克有73人【1】。他们【2】", [("科克有73人。", ONE), ("他们", (2,))]),
    "Arabic": ("في كورك 73 شخصا. [1] هل كبر؟ [2]", [("في كورك 73 شخصا.", ONE), ("هل كبر؟", (2,))]),
    "Hindi": ("कॉर्क में 73 लोग हैं। [1] वे बढ़े। [2]", [("कॉर्क में 73 लोग हैं।", ONE), ("वे बढ़े।", (2,))]),
    "Japanese, within": ("コークには[1]73人います。[2]", [("コークには73人います。", (1, 2))]),
    "nothing": ("", []),
    "tags alone": ("[1] [2]", []),
    "only blanks": (" \n\n ", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CUT.values(), ids=CUT.keys())
def test_sentences_come_with_the_tags_that_exist_and_none_that_do_not(
    server: Server, text, expected
):
    became = written(server, text)
    assert [(draft.text, draft.citations) for draft in became] == expected
    assert all("[" not in draft.text and "]" not in draft.text for draft in became)


def test_a_sentence_comes_as_soon_as_it_is_complete_and_closing_stops_the_model(server: Server):
    server.text, server.manner = "Cork has 73. [1]", stand_in.endlessly
    with closing(LanguageModel(server.address, "m", "", 30).stream(READ, LONGEST)) as pieces:
        assert next(drafts(pieces, ONE)) == Draft("Cork has 73.", ONE)
    assert server.closed.wait(1)


@pytest.mark.parametrize(
    ("code", "name"),
    [("fr", "French"), ("zh", "Chinese"), ("xx", "the language"), ("", "the language")],
)
def test_the_model_is_told_the_language_by_name(code: str, name: str):
    read = reading("Who?", [citation(1, "In 2015.")], code)
    assert f"Answer in {name}" in read[-1].content


def test_every_prompt_begins_with_the_same_so_that_it_is_read_once():
    first = reading("Who?", [citation(1, "Seventy-three people.")], "en")
    second = reading("When?", [citation(1, "In 2015."), citation(2, "And later.")], "fr")
    assert first[:-1] == second[:-1] == beginning()
    assert "[2] Cork (2015): And later." in second[-1].content


def test_braces_in_a_question_or_quote_are_only_braces():
    read = reading("{quotes} {0} {question}?", [citation(1, "A {city} of {n} {{things}}.")], "en")
    assert "{quotes} {0} {question}?" in read[-1].content
    assert "A {city} of {n} {{things}}." in read[-1].content
