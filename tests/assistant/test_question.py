"""A question as it is understood: cleaned, its language, what it names, where to look."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question import EVERYWHERE, Scope, clean, understand
from corpus.catalogue import Catalogue
from corpus.library import Library

CATALOGUE = Catalogue(Library(None).stories())
CATALOGUE.prepare()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  What\n\tdoes  Cork do? ", "What does Cork do?"),
        ("\u202eCork\u202c", "Cork"),
        ("Co\u200brk\ufeff", "Cork"),
        ("\x1b[31mCork\x00\x07", "[31mCork"),
        ("Medelli\u0301n", "Medellín"),
        ("<b>Cork</b> **?**", "<b>Cork</b> **?**"),
        ("\u2028\u2029\x85", ""),
        ("\ud800Cork", "Cork"),
        ("", ""),
    ],
)
def test_a_question_is_cleaned_of_what_a_reader_cannot_see(typed: str, read: str) -> None:
    assert clean(typed) == read


@given(st.text())
def test_a_clean_question_is_one_line_and_cleaning_it_again_changes_nothing(typed: str) -> None:
    read = clean(typed)
    assert clean(read) == read
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in read)


@settings(deadline=None)  # the first question loads what tells languages apart
@given(st.text(max_size=200))
def test_any_text_is_understood(typed: str) -> None:
    asked = understand(typed, CATALOGUE)
    assert asked.text == clean(typed) and asked.language and asked.stories is None
    assert all(0 <= start < end <= len(asked.standalone) for start, end in asked.names)


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("What does the city do for older people?", "en"),
        ("Que fait la ville pour les personnes âgées ?", "fr"),
        ("¿Qué hace la ciudad por las personas mayores?", "es"),
        ("Was tut die Stadt für ältere Menschen?", "de"),
        ("ماذا تفعل المدينة لكبار السن؟", "ar"),
        ("这座城市为老年人做了什么？", "zh"),
        ("이 도시는 노인을 위해 무엇을 합니까?", "ko"),
        ("42?", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_told(typed: str, language: str) -> None:
    assert understand(typed, CATALOGUE).language == language


def preferred(typed: str) -> list[str]:
    asked = understand(typed, CATALOGUE)
    return sorted(asked.preferred, key=lambda slug: -asked.preferred[slug])


def test_the_stories_of_a_city_named_are_preferred() -> None:
    assert preferred("What does Pécs do?")[0] == "2017-pecs"
    assert {*preferred("What does Cork do?")[:2]} == {"2015-cork", "2024-cork"}
    assert preferred("What did Cork do in 2024?")[0] == "2024-cork"
    assert understand("What does Cork do?", CATALOGUE).about == "Cork"


def test_a_question_that_names_nothing_prefers_nothing() -> None:
    asked = understand("How do they teach older people?", CATALOGUE)
    assert not asked.preferred and not asked.names and asked.about == ""


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        (EVERYWHERE, None),
        (Scope(city="Cork"), ("2015-cork", "2024-cork")),
        (Scope(city="cork", year=2024), ("2024-cork",)),
        (Scope(country="Atlantis"), ()),
    ],
)
def test_the_readers_filters_are_hard(scope: Scope, kept: tuple[str, ...] | None) -> None:
    assert understand("What does Wuhan do?", CATALOGUE, scope).stories == kept
