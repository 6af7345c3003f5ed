"""The measures, on cases small enough to work out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import (
    Answer,
    Citation,
    Kind,
    Mode,
    Reason,
    RetrievedPassage,
    Seconds,
    Sentence,
)
from assistant.evaluation.measures import (
    Judged,
    StoryText,
    auroc,
    measure,
    percentile,
    share,
    summarize,
)
from assistant.evaluation.questions import Question

BODY = "Two staff members work part-time.\n\nThe festival draws 10,000 people."
STORIES = {
    "cork": StoryText("Cork, Ireland (2015)", BODY),
    "limerick": StoryText("Limerick, Ireland (2017)", "It has 400 staff on the river."),
}
GOLD = RetrievedPassage("cork", "Staff", 0, 33, 0.9)
SAME_STORY = RetrievedPassage("cork", "Festival", 35, len(BODY), 0.8)
OTHER = RetrievedPassage("limerick", "Staff", 0, 23, 0.7)


def ask(**changes) -> Question:
    known = {
        "id": "q1",
        "question": "How many staff?",
        "answer": "Two, part-time.",
        "facts": (("two", "2"), ("part-time",)),
        "stories": ("cork",),
        "section": "Staff",
        "kind": "lookup",
        "language": "en",
        "set": "single",
    }
    return Question(**(known | changes))


def cite(start: int, end: int, n: int = 1, quote: str | None = None) -> Citation:
    text = BODY[start:end] if quote is None else quote
    place = {"paragraph": text, "paragraph_start": start, "sources": ()}
    return Citation(
        n, "cork", "Cork", "Cork", "Ireland", 2015, "Staff", text, start, start + len(text), **place
    )


def answered(citation: Citation, text: str | None = None, confidence: float = 0.9) -> Answer:
    said = text or f"Cork, Ireland (2015): “{citation.quote}”"
    return Answer(
        "How many staff?", "", "en", Kind.ANSWERED, Mode.QUOTES,
        sentences=(Sentence(said, (1,)),), citations=(citation,), confidence=confidence,
    )  # fmt: skip


def refused(confidence: float = 0.1) -> Answer:
    return Answer(
        "How many staff?", "", "en", Kind.NOT_FOUND, Mode.QUOTES,
        reason=Reason.NEAR_NOT_TOLD, message="Two part-time stories, not told.",
        confidence=confidence,
    )  # fmt: skip


def judge(question: Question, answer: Answer, *retrieved: RetrievedPassage) -> Judged:
    return Judged(question, answer, retrieved, Seconds(0.1, 0.2, 0.3), STORIES)


RIGHT = judge(ask(), answered(cite(0, 33)), GOLD, OTHER)
INCOMPLETE = judge(ask(), answered(cite(0, 17)), OTHER, GOLD)
NOT_RETRIEVED = judge(ask(), answered(cite(35, 68)), SAME_STORY, OTHER)
WRONGLY_REFUSED = judge(ask(), refused(), GOLD)
UNANSWERABLE = ask(kind="unanswerable", facts=(), stories=(), section="", why="near-miss")
RIGHTLY_REFUSED = judge(UNANSWERABLE, refused(), GOLD)
INVENTED = judge(UNANSWERABLE, answered(cite(0, 33), confidence=0.4), GOLD)
SMALL_TALK = judge(ask(kind="smalltalk", facts=(), stories=(), section=""), refused())
ALL = (RIGHT, INCOMPLETE, NOT_RETRIEVED, WRONGLY_REFUSED, RIGHTLY_REFUSED, INVENTED, SMALL_TALK)


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
        (INCOMPLETE, "evidence"),
        (NOT_RETRIEVED, "retrieval"),
        (WRONGLY_REFUSED, "refusal"),
        (RIGHTLY_REFUSED, None),
        (INVENTED, None),
    ],
)
def test_a_right_answer_is_lost_at_the_first_stage_that_failed(judged: Judged, stage: str | None):
    assert judged.lost_at == stage


def test_a_question_over_several_stories_needs_a_passage_of_each():
    question = ask(stories=("cork", "limerick"), section="", facts=(("three",),))
    assert judge(question, answered(cite(0, 33)), GOLD, GOLD).lost_at == "retrieval"
    assert judge(question, answered(cite(0, 33)), GOLD, OTHER).lost_at == "evidence"


def test_the_figures_are_shares_of_the_questions_they_are_about():
    figures = measure(ALL)
    assert (figures["questions"], figures["answerable"], figures["unanswerable"]) == (7, 4, 2)
    assert [figures[f"passage@{k}"] for k in (1, 3, 5, 10)] == [0.5, 0.75, 0.75, 0.75]
    assert (figures["story@1"], figures["story@5"]) == (0.75, 1.0)
    assert (figures["facts@1"], figures["facts@3"]) == (0.5, 0.75)
    assert (figures["right"], figures["right_in_quotes"]) == (0.25, 0.25)
    assert figures["facts_found"] == round(3 / 8, 4)
    assert (figures["refusal_recall"], figures["false_refusals"]) == (0.5, 0.25)
    assert figures["refused"] == round(3 / 7, 4)
    assert figures["gold_cited"] == 1.0
    assert figures["lost_at"] == {"retrieval": 1, "evidence": 1, "refusal": 1}


def test_the_facts_of_the_first_passages_count_with_the_city_they_are_from():
    which = ask(facts=(("Limerick",), ("400",)))
    judged = judge(which, answered(cite(0, 33)), GOLD, OTHER)
    assert [judged.facts_within(k) for k in (1, 2)] == [False, True]


def test_words_are_the_median_of_what_is_shown_where_something_is():
    figures = measure([RIGHT, INCOMPLETE, WRONGLY_REFUSED])
    assert (figures["words"], figures["words_in_quotes"]) == (7, 4)


def test_passages_are_not_measured_where_no_section_is_gold():
    figures = measure([judge(ask(section=""), answered(cite(0, 33)), GOLD)])
    assert (figures["passage@1"], figures["with_section"], figures["story@1"]) == (None, 0, 1.0)


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


def test_written_sentences_are_left_to_another_judge():
    written = Answer(
        "How many staff?", "", "en", Kind.ANSWERED, Mode.WRITTEN,
        sentences=(Sentence("Two people.", (1,)),), citations=(cite(0, 33),),
    )  # fmt: skip
    assert judge(ask(), written, GOLD).supported() is None
    assert measure([judge(ask(), written, GOLD)])["citation_precision"] is None


def test_figures_of_a_group_are_those_of_its_questions_alone():
    metrics = summarize(ALL)
    assert metrics["all"] == measure(ALL)
    assert metrics["by_kind"]["lookup"] == measure(ALL[:4])
    assert metrics["by_why"] == {"near-miss": measure([RIGHTLY_REFUSED, INVENTED])}
    assert list(metrics["by_language"]) == ["en"] and list(metrics["by_set"]) == ["single"]


def test_no_questions_give_no_figures_and_no_error():
    figures = measure([])
    assert figures["right"] is None and figures["seconds"]["total"] == {"median": None, "p95": None}


def test_confidence_tells_answerable_from_unanswerable_questions():
    # answerable .9 .9 .9 .1 against unanswerable .1 .4: 3×2 wins, and one tie of .1
    assert measure(ALL)["confidence_auroc"] == round(6.5 / 8, 4)


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_auroc_of_swapped_sides_adds_up_to_one(higher: list[float], lower: list[float]):
    first, second = auroc(higher, lower), auroc(lower, higher)
    assert first is not None and second is not None
    assert first + second == pytest.approx(1, abs=2e-4)


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(1, 100))
def test_a_percentile_is_a_value_that_enough_of_the_others_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100


def test_the_95th_percentile_of_twenty_is_the_nineteenth():
    assert percentile(list(range(1, 21)), 95) == 19


def test_a_share_leaves_out_what_has_no_value():
    assert share([True, None, False]) == 0.5
    assert share([None]) is None
