"""What the assistant says of itself: complete, and the same, in every language."""

from string import Formatter

import pytest

from assistant.answer import Reason
from assistant.phrases import _sentences, languages, phrase

WANTED = "en fr es pt de it ar zh ko ja ru uk el tr hi id".split()


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_speaks_the_languages_of_the_cities():
    assert sorted(languages()) == sorted(WANTED)


@pytest.mark.parametrize("language", WANTED)
def test_every_language_says_everything_with_the_same_values(language: str):
    english, own = _sentences()["en"], _sentences()[language]
    assert own.keys() == english.keys()
    assert {key: places(own[key]) for key in own} == {key: places(english[key]) for key in own}
    assert all(sentence.strip() == sentence and sentence for sentence in own.values())


@pytest.mark.parametrize("language", [each for each in WANTED if each != "en"])
def test_no_language_borrows_its_sentences_from_english(language: str):
    assert not set(_sentences()[language].values()) & set(_sentences()["en"].values())


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_to_refuse_has_a_sentence(reason: Reason):
    said = phrase(reason.value, "en", places="Atlantis", city="Cork", limit=2000, filter="Asia")
    assert said and "{" not in said


def test_the_values_stand_in_the_sentence():
    assert phrase("city_without_story", "en", places="Atlantis") == (
        "None of the stories is about Atlantis."
    )
    assert "2,000" in phrase("too_long", "hi", limit="2,000")


def test_a_value_with_braces_is_shown_as_it_is():
    assert "{places}" in phrase("city_without_story", "de", places="{places}")


@pytest.mark.parametrize("language", ["sw", "", "xx-YY"])
def test_english_stands_in_for_a_language_without_sentences(language: str):
    assert phrase("empty", language) == phrase("empty", "en")


def test_a_regional_language_speaks_as_its_parent():
    assert phrase("empty", "pt-BR") == phrase("empty", "pt")


def test_a_missing_value_is_an_error_and_not_shown_to_readers():
    with pytest.raises(KeyError):
        phrase("other_city", "en")
