"""Two runs side by side: what counts as a change, as a loss, and as luck."""

from typing import Any

from assistant.evaluation.comparison import compare, worth
from tests.assistant.evaluation.judged import ITEMS, changed

WRONG = {"right": False, "outcome": "wrong", "lost_at": "retrieved", "passage_rank": None}


def many(count: int, wrong: int = 0) -> list[dict[str, Any]]:
    """Return right answers, the first of them wrong."""
    return [
        ITEMS[0] | {"id": f"m{n}"} | (WRONG | {"facts_found": [False] * 2} if n < wrong else {})
        for n in range(count)
    ]


def test_a_run_beside_itself_shows_no_difference():
    found = compare(ITEMS, ITEMS)
    assert found.pairs == 7 and not found.changes and not found.lost and not found.reworded
    assert {difference.chance for difference in found.differences} == {1.0}


def test_one_question_lost_may_be_luck_and_twenty_are_not():
    assert not compare(many(60), many(60, wrong=1)).lost
    found = compare(many(60), many(60, wrong=20))
    assert {d.measure.name for d in found.lost} == {"right", "passage@5", "as_expected"}
    assert found.losses["retrieved"] == (0, 20)


def test_a_gain_is_significant_and_no_loss():
    found = compare(many(60, wrong=20), many(60))
    assert not found.lost and any(difference.significant for difference in found.differences)
    assert len(found.better) == 20 and not found.worse


def test_what_matters_most_comes_first():
    answered = ITEMS[4] | {"refused": False, "outcome": "invented"}
    partly = ITEMS[0] | WRONG | {"facts_found": [True, False]}
    later = [partly, *ITEMS[1:4], answered, *ITEMS[5:]]
    found = compare(ITEMS, later)
    assert [(change.key, change.gain) for change in found.worse] == [("q4", -2.0), ("q0", -1.0)]
    assert found.worse[0].what == "rightly refused → invented"


def test_an_answer_is_worth_less_by_what_it_does_not_support():
    assert worth(ITEMS[0]) == 1 and worth(ITEMS[0] | {"supported": [True, False]}) == 0.5


def test_an_answer_in_other_words_is_counted():
    later = changed(0, answer=ITEMS[0]["answer"] | {"text": "Two, part-time."})
    found = compare(ITEMS, later)
    assert found.reworded == 1 and not found.changes


def test_a_question_that_was_changed_itself_is_not_compared():
    later = changed(0, question="How many people?")
    later[1] = later[1] | {"gold": later[1]["gold"] | {"facts": ["three"]}}
    found = compare(ITEMS, [*later, ITEMS[0] | {"id": "new"}])
    assert (found.pairs, found.unpaired) == (5, 3)


def test_the_turns_of_a_conversation_stand_or_fall_together():
    def talk(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one | {"id": "talk", "turn": n} for n, one in enumerate(items, start=1)]

    found = compare(talk(many(60)), talk(many(60, wrong=60)))
    assert {d.chance for d in found.differences if d.before != d.after} == {1.0}


def test_checks_that_no_longer_hold_are_a_loss_of_precision():
    found = compare(many(60), [one | {"supported": [n % 3 > 0]} for n, one in enumerate(many(60))])
    assert [d.measure.name for d in found.lost] == ["citation_precision"]
    assert len(found.worse) == 20


def test_answers_in_another_language_are_a_loss_though_the_facts_are_there():
    before = [one | {"language_kept": True} for one in many(60)]
    after = [one | {"language_kept": n % 4 > 0} for n, one in enumerate(before)]
    assert [d.measure.name for d in compare(before, after).lost] == ["language_kept"]
