"""Numbers, dates and units are read alike, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.quantities import frequencies, quantities


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,200 people", "en", 1200),
        ("1.200 personas", "es", 1200),
        ("1 200 personnes", "fr", 1200),
        ("١٢٠٠ شخص", "ar", 1200),
        ("14 million", "en", 14_000_000),
        ("1089万人", "zh", 10_890_000),
        ("三千五百人", "zh", 3500),
        ("two hundred and ten", "en", 210),
        ("soixante-quinze villes", "fr", 75),
        ("treinta y cinco", "es", 35),
        ("خمسة وعشرون", "ar", 25),
        ("on iki", "tr", 12),
        ("a quarter of adults", "en", 0.25),
        ("one child in four", "en", 0.25),
        ("25 per cent", "en", 0.25),
        ("25 %", "fr", 0.25),
        ("yüzde 25", "tr", 0.25),
        ("百分之二十五", "zh", 0.25),
        ("la mitad", "es", 0.5),
        ("two thirds of pupils", "en", 2 / 3),
    ],
)
def test_one_value_is_read_from_each_way_of_writing_it(
    text: str, language: str, value: float
) -> None:
    found = quantities(text, language)
    assert len(found) == 1
    assert any(each == pytest.approx(value, rel=1e-5) for each in found[0].values)


@pytest.mark.parametrize(
    ("text", "language", "unit"),
    [
        ("€25,000", "en", "euro"),
        ("25 000 euros", "fr", "euro"),
        ("PHP 10,000", "en", "peso"),
        ("10 000 Philippine pesos", "en", "peso"),
        ("20 hours", "en", "hour"),
        ("20 Tage", "de", "day"),
        ("两个月", "zh", "month"),
    ],
)
def test_a_unit_stays_with_its_number(text: str, language: str, unit: str) -> None:
    assert [each.unit for each in quantities(text, language)] == [unit]


def test_dates_in_words_and_in_figures_are_the_same() -> None:
    named = quantities("5 January 2011", "en")
    for figures in ("5.1.2011", "2011-01-05"):
        for part in quantities(figures, "en"):
            assert any(part.equals(other) and part.unit == other.unit for other in named)


def test_months_are_known_in_other_languages() -> None:
    (june,) = [q for q in quantities("2017年6月", "zh") if q.unit == "month name"]
    (juin,) = [q for q in quantities("le juin 2017", "fr") if q.unit == "month name"]
    assert june.equals(juin)


def test_eighteen_months_are_a_year_and_a_half() -> None:
    (months,) = quantities("18 months", "en")
    (years,) = quantities("1.5 years", "en")
    assert months.equals(years)


def test_how_often_is_told_apart() -> None:
    assert frequencies("a yearly budget") == frequencies("200 euros par an") == {"yearly"}
    assert frequencies("five days a week") == {"weekly"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["en", "ar", "zh", "ko", "hi", "xx", "", "pt"]))
def test_no_text_makes_it_fail(text: str, language: str) -> None:
    for found in quantities(text, language):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.values
