"""Words are found however they are written: case, accents, endings, thousands, scripts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import _stem, content_words, fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Libraries", "library"),
        ("LEARNING", "learned"),
        ("Medellín", "medellin"),
        ("Córk", "CORK"),
        ("10,000", "10 000"),
        ("1,000,000", "1\u202f000\u00a0000"),
        ("10,000", "10000"),
        ("1.300.000", "1,300,000"),
        ("٢٠١٥", "2015"),
        ("２０１５", "2015"),
        ("straße", "strasse"),
        ("ﬁsh", "fish"),
    ],
)
def test_two_ways_to_write_a_word_are_one_word(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.3", "13"), ("2015 300", "2015300"), ("5 2015", "52015")]
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_scripts_without_spaces_give_pairs() -> None:
    assert words("学习城市") == ["学习", "习城", "城市"]
    assert words("学") == ["学"]


def test_a_question_is_left_with_its_matter() -> None:
    asked = "How many of the libraries in Cork are there, and which libraries are open?"
    assert content_words(asked) == [*words("libraries Cork open")]
    assert content_words("What is it about?") == []


@given(st.text())
def test_any_text_gives_words_without_spaces_or_quotes(text: str) -> None:
    for word in words(text):
        assert word and not any(c.isspace() or c in "\"'" for c in word)
    assert set(content_words(text)) <= set(words(text))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_threads_do_not_disturb_each_others_stems() -> None:
    texts = [" ".join(f"{stem}{n}x{ending}" for ending in ("ing", "edly", "ations", "fulness"))
             for n, stem in enumerate(["relat", "hop", "nation", "use", "agree"] * 60)]  # fmt: skip
    texts = ["".join(c if c.isalpha() or c == " " else chr(97 + int(c)) for c in t) for t in texts]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(words, texts))
    _stem.cache_clear()
    assert together == [words(text) for text in texts]
