"""Whether a text states a fact: numbers, letters and quotation marks in any form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.facts import count_words, normalize, states, states_all


@pytest.mark.parametrize(
    "text",
    ["10,000", "10.000", "10 000", "10000", "10\u00a0000", "10\u202f000", "10’000", "١٠٬٠٠٠"],
)
@pytest.mark.parametrize("fact", ["10,000", "10.000", "10 000", "10000"])
def test_a_number_is_the_same_however_its_thousands_are_parted(text: str, fact: str):
    assert states(f"It was meant to bring {text} jobs.", [fact])


@pytest.mark.parametrize(
    ("number", "same"),
    [
        ("1.3bn", "1.3bn"),
        ("0.250", "0.250"),
        ("27,4", "27,4"),
        ("12.1.300", "12.1.300"),
        ("1,234,567.89", "1234567.89"),
        ("2015, 300", "2015, 300"),
        ("12,3456", "12,3456"),
    ],
)
def test_only_thousands_separators_are_taken_out(number: str, same: str):
    assert normalize(number) == same


@pytest.mark.parametrize("longer", ["18", "8,000", "1.8", "8.5", "80", "A8", "8th"])
def test_a_number_inside_a_longer_one_is_not_stated(longer: str):
    assert not states(f"There were {longer} of them.", ["8"])


@pytest.mark.parametrize("text", ["8", "8.", "(8)", "8,", "7, 8 and 9", "8%", "£8", "8–10"])
def test_a_number_beside_punctuation_is_stated(text: str):
    assert states(text, ["8"])


@pytest.mark.parametrize(
    ("text", "fact", "stated"),
    [
        ("The Corkscrew", "Cork", False),
        ("CORK's festival", "Cork", True),
        ("retraining", "training", False),
        ("jobs-and-training", "training", True),
        ("Mayo-Baléo", "Mayo-Bal", False),
        ("2011年设立", "2011", True),
        ("Larissa는", "Larissa", True),
        ("líderes comunitários", "líderes comunit", True),
        ("in Sønderborg", "Sonderborg", False),
        ("120%", "20%", False),
        ("20%", "20%", True),
    ],
)
def test_an_ascii_variant_is_a_whole_word_and_any_other_a_part(text: str, fact: str, stated: bool):
    assert states(text, [fact]) is stated


def test_quotation_marks_and_line_breaks_do_not_matter():
    assert states("the house of N’Zérékoré", ["n'zérékoré"])
    assert states("called «Imagine\nOur Future»", ['"Imagine Our Future"'])


def test_any_variant_states_a_fact_and_all_facts_must_be_stated():
    facts = [("two", "2 staff"), ("part-time", "part time")]
    assert states_all("Two members work part time.", facts)
    assert not states_all("Two members work full time.", facts)


def test_an_empty_variant_is_never_stated():
    assert not states("anything", ["", " "])


@given(st.integers(1_000, 999_999_999), st.sampled_from([",", ".", " ", "'"]))
def test_every_whole_number_is_found_in_every_style(number: int, separator: str):
    text = f"{number:,}".replace(",", separator)
    assert states(f"about {text} people", [str(number)])
    assert not states(f"about {text} people", [str(number)[1:], str(number)[:-1]])


@given(st.text())
def test_normalizing_twice_changes_nothing_more(text: str):
    once = normalize(text)
    assert normalize(once) == once


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("Two part-time staff.", 3), ("学习型城市", 5), ("학습 도시", 2)]
)
def test_words_are_counted_in_scripts_with_and_without_blanks(text: str, words: int):
    assert count_words(text) == words
