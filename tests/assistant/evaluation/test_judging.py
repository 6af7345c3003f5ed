"""What is judged of one answer, on cases small enough to work out by hand."""

import dataclasses

import pytest

from assistant.answer import Answer, Kind, Mode, Sentence
from assistant.evaluation.judging import STAGES, Judged, item
from tests.assistant.evaluation.judged import (
    BODY,
    GOLD,
    INCOMPLETE,
    INVENTED,
    NOT_RETRIEVED,
    OTHER,
    RIGHT,
    RIGHTLY_REFUSED,
    SMALL_TALK,
    UNANSWERABLE,
    WRONGLY_REFUSED,
    answered,
    ask,
    cite,
    judge,
    refused,
)


def test_an_answer_is_right_if_it_states_all_facts():
    assert RIGHT.right and RIGHT.facts_found == (True, True)
    assert INCOMPLETE.right is False and INCOMPLETE.facts_found == (True, False)


def test_a_refusal_is_not_right_even_if_its_words_hold_the_facts():
    assert WRONGLY_REFUSED.right is False


def test_a_question_without_facts_is_neither_right_nor_wrong():
    assert INVENTED.right is None and SMALL_TALK.right is None


def test_the_quotes_alone_may_say_less_than_the_text_around_them():
    one = judge(ask(facts=(("Cork",),)), answered(cite(0, 33)), GOLD)
    assert one.right and one.right_in_quotes is False


def test_the_rank_of_a_passage_needs_the_section_and_that_of_a_story_does_not():
    assert (NOT_RETRIEVED.passage_rank, NOT_RETRIEVED.story_rank) == (None, 1)
    assert (INCOMPLETE.passage_rank, INCOMPLETE.story_rank) == (2, 2)


def test_what_comes_after_the_tenth_passage_does_not_count():
    late = judge(ask(), refused(), *[OTHER] * 10, GOLD)
    assert late.passage_rank is None and late.story_rank is None


@pytest.mark.parametrize(
    ("judged", "stage"),
    [
        (RIGHT, None),
        (INCOMPLETE, "chosen"),
        (NOT_RETRIEVED, "retrieved"),
        (WRONGLY_REFUSED, "refused"),
        (RIGHTLY_REFUSED, None),
        (INVENTED, None),
    ],
)
def test_a_right_answer_is_lost_at_the_first_stage_that_failed(judged: Judged, stage: str | None):
    assert judged.lost_at == stage


def test_a_question_over_several_stories_needs_a_passage_of_each():
    question = ask(stories=("cork", "limerick"), section="", facts=(("three",),))
    assert judge(question, answered(cite(0, 33)), GOLD, GOLD).lost_at == "retrieved"
    assert judge(question, answered(cite(0, 33)), GOLD, OTHER).lost_at == "chosen"


def test_the_facts_of_the_first_passages_count_with_the_city_they_are_from():
    which = ask(facts=(("Limerick",), ("400",)))
    judged = judge(which, answered(cite(0, 33)), GOLD, OTHER)
    assert judged.facts_rank == 2


def test_a_quote_supports_its_sentence_only_word_for_word_at_its_place():
    assert RIGHT.supported() == [True]
    elsewhere = answered(cite(3, 8, quote="staff"))
    assert judge(ask(), elsewhere, GOLD).supported() == [False]
    embellished = answered(
        cite(0, 33), "Cork, Ireland (2015): “Two staff members work part-time.” Wow"
    )
    assert judge(ask(), embellished, GOLD).supported() == [False]


def test_a_further_quote_of_a_story_stands_without_its_city():
    assert judge(ask(), answered(cite(0, 33), f"“{BODY[:33]}”"), GOLD).supported() == [True]


def write(text: str) -> Answer:
    return Answer(
        "How many staff?", "", "en", Kind.ANSWERED, Mode.WRITTEN,
        sentences=(Sentence(text, (1,)),), citations=(cite(0, 33),),
    )  # fmt: skip


def test_written_sentences_are_left_to_another_judge():
    assert judge(ask(), write("Two people."), GOLD).supported() is None


@pytest.mark.parametrize(
    ("written", "checked", "stage"),
    [
        ("Two people, part-time.", "Two people, part-time.", "shown"),
        ("Two people, part-time.", "Two people.", "checked"),
        ("Some people.", "Some people.", "written"),
        (None, None, "shown"),
    ],
)
def test_what_a_language_model_loses_is_told_from_what_the_checks_take_away(
    written: str | None, checked: str | None, stage: str
):
    one = judge(ask(), write("Some people."), GOLD)
    assert dataclasses.replace(one, written=written, checked=checked).lost_at == stage


def test_a_list_from_the_catalogue_was_never_searched_for():
    listed = dataclasses.replace(answered(cite(0, 17)), mode=Mode.CATALOGUE)
    assert judge(ask(), listed).stages["retrieved"] is None


def test_the_outcome_is_what_the_reader_got():
    outcomes = [one.outcome for one in (RIGHT, INCOMPLETE, WRONGLY_REFUSED, RIGHTLY_REFUSED)]
    assert outcomes == ["right", "wrong", "wrongly refused", "rightly refused"]
    assert (INVENTED.outcome, SMALL_TALK.outcome) == ("invented", "right")
    assert judge(ask(facts=()), answered(cite(0, 33)), GOLD).outcome == "open"


def test_an_unanswerable_question_is_judged_by_its_refusal_alone():
    assert INVENTED.stages == dict.fromkeys(STAGES) | {"refused": False}
    assert RIGHTLY_REFUSED.stages["refused"] is True and RIGHTLY_REFUSED.lost_at is None


def test_words_are_to_be_in_the_language_of_the_question_and_quotes_as_they_are_told():
    french = ask(language="fr")
    assert judge(french, answered(cite(0, 33)), GOLD).language_kept is None
    assert judge(french, refused(), GOLD).language_kept is False
    written = write("Deux personnes travaillent à temps partiel dans cette ville.")
    assert judge(french, written, GOLD).language_kept is True
    assert judge(ask(), written, GOLD).language_kept is False


def test_an_item_says_what_was_retrieved_answered_and_lost():
    told = item(INCOMPLETE)
    assert told["retrieved"][1] == {"story": "cork", "section": "Staff"}
    assert told["answer"]["citations"][0]["quote"] == "Two staff members"
    assert (told["right"], told["lost_at"], told["expected"]) == (False, "chosen", "answer")
    assert (told["region"], told["length"]) == ("Europe and North America", 3)
    assert "turn" not in told and item(judge(ask(turn=2), refused()))["turn"] == 2


def test_gold_stories_of_more_than_one_region_are_of_several():
    assert item(judge(ask(stories=("cork", "limerick")), refused()))["region"] == "several"
    assert item(judge(UNANSWERABLE, refused()))["region"] == ""
