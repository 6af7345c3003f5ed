"""Whether written sentences say what they cite, by a measure that the assistant has no part in."""

from dataclasses import replace

import pytest

from assistant.answer import Mode, Sentence
from assistant.evaluation.comparison import compare
from assistant.evaluation.grounding import is_grounded, sentences_grounded
from assistant.evaluation.judging import item
from assistant.evaluation.measures import summarize
from assistant.evaluation.page import page
from assistant.evaluation.runner import result
from assistant.evaluation.table import table, told
from assistant.evaluation.way import way
from tests.assistant.evaluation.judged import GOLD, answered, ask, cite, judge

QUOTE = "Cork, Ireland (2015): The festival draws 10,000 people and 120 volunteers every spring."


def written(text: str, **changes):
    said = (Sentence(text, (1,), quoted=False),)
    return replace(answered(cite(0, 33)), mode=Mode.WRITTEN, sentences=said, **changes)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The festival of Cork draws 10 000 people.", True),
        ("Every spring, volunteers of the festival draw people.", True),
        ("The festival of Cork draws 12,000 people.", False),
        ("The mayor pays every teacher a bonus.", False),
        ("Le festival attire de nombreuses personnes chaque année.", None),
    ],
)
def test_numbers_and_most_words_must_stand_in_the_quotes(sentence: str, expected: bool | None):
    assert is_grounded(sentence, [QUOTE]) is expected


def test_quotes_are_not_judged_as_written_sentences():
    assert sentences_grounded(answered(cite(0, 33))) is None


def test_an_ungrounded_sentence_passed_the_checks_and_is_told_there():
    good = item(judge(ask(), written("Two staff members work part-time."), GOLD))
    bad = item(judge(ask(), written("Two part-time mayors sing opera in June."), GOLD))
    assert good["grounded"] == [True] and good["faults"] == {}
    assert bad["grounded"] == [False] and bad["faults"] == {"ungrounded": "checked"}
    assert [s.stage for s in way({**bad, "checked": "…"}) if s.verdict is False] == ["checked"]
    found = compare([good], [bad])
    assert found.faults == {"ungrounded at checked": (0, 1)} and len(found.worse) == 1
    assert "ungrounded at checked" in told(found)
    assert "ungrounded at checked: 1" in table(summarize([bad]))
    assert "ungrounded at checked" in page(result([bad], {}), found)


@pytest.mark.parametrize(("language", "stage"), [("en", "understood"), ("fr", "written")])
def test_another_language_is_the_fault_of_who_mistook_it(language: str, stage: str):
    question = ask(language="fr", question="Combien ?")
    answer = written("Two staff members work part-time.", language=language)
    assert item(judge(question, answer, GOLD))["faults"]["language"] == stage
