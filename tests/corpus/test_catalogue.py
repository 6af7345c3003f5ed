"""The catalogue: facts over all stories, and what a question names, in any language."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import Catalogue
from corpus.library import Library
from corpus.mentions import Mentions
from corpus.spelling import key

QUESTIONS = Path(__file__).parents[1] / "questions"
CATALOGUE = Catalogue(Library(None).stories())
CITIES = {story.slug: story.city for story in CATALOGUE.stories}


def read(question: str) -> Mentions:
    return CATALOGUE.mentions(question)


def asked() -> Iterator[tuple[str, list[str]]]:
    """Yield every development question with the slugs of its gold stories."""
    for path in sorted(QUESTIONS.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            for turn in item.get("turns", [item]):
                yield turn["question"], turn["stories"]


def test_the_facts_over_all_stories_are_counted() -> None:
    assert len(CATALOGUE.cities) == 57
    assert CATALOGUE.years == (2015, 2017, 2019, 2021, 2024)
    assert CATALOGUE.counts("year") == {2017: 16, 2015: 12, 2019: 10, 2021: 10, 2024: 10}
    assert CATALOGUE.counts("region")["Arab States"] == 10
    assert CATALOGUE.counts("theme")["governance"] == 51
    assert CATALOGUE.countries["CI"] == "Côte d'Ivoire"
    assert len(CATALOGUE.regions) == 5
    assert max(CATALOGUE.populations, key=CATALOGUE.populations.__getitem__) == "2021-shanghai"


def test_stories_are_selected_by_every_fact_given() -> None:
    def slugs(**facts: object) -> list[str]:
        return [story.slug for story in CATALOGUE.select(**facts)]  # type: ignore[arg-type]

    assert slugs(city="cork") == ["2015-cork", "2024-cork"]
    assert slugs(country="IE", year=2021) == ["2021-dublin"]
    assert slugs(country="republic of korea", theme="higher-education") == [
        "2019-seodaemun-gu",
        "2024-eunpyeong-gu",
    ]
    assert slugs(region="Africa", year=2015) == ["2015-bahir-dar"]
    assert slugs(city="Atlantis") == []


def test_a_place_inside_the_stories_is_found_by_whole_words() -> None:
    assert CATALOGUE.stories_naming("Chania") == ("2019-heraklion",)
    assert CATALOGUE.stories_naming("burnaby") == ("2015-cork",)
    assert CATALOGUE.stories_naming("Chan") == ()
    assert CATALOGUE.stories_naming(" ") == ()


@pytest.mark.parametrize("city", CATALOGUE.cities)
def test_every_city_is_found_by_its_name_without_accents_and_in_small_letters(city: str) -> None:
    assert city in read(f"What about {city}?").cities
    assert city in read(f"What about {key(city)}?").cities
    assert city in read(f"What does {city}'s council do?").cities


@pytest.mark.parametrize(
    ("question", "city"),
    [
        ("수원시에서는 무엇을 배우나요?", "Suwon"),
        ("서대문구의 대학은?", "Seodaemun-gu"),
        ("은평구에 대해 알려 주세요", "Eunpyeong-gu"),
        ("武汉有多少图书馆？", "Wuhan"),
        ("武漢の図書館は？", "Wuhan"),
        ("ما الجديد بدمياط؟", "Damietta"),
        ("ماذا يحدث في الدوحة؟", "Doha"),
        ("وما الذي تفعله الجيزة؟", "Giza"),
        ("Τι κάνει ο Δήμος Ηρακλείου;", "Heraklion"),
        ("Το Πανεπιστήμιο της Λάρισας", "Larissa"),
        ("Чему учат в Мелитополе?", "Melitopol"),
        ("Wuhan'da kaç kütüphane var?", "Wuhan"),
        ("Was zahlt Gelsenkirchens Rat?", "Gelsenkirchen"),
        ("Mitä Espoossa opitaan?", "Espoo"),
        ("Jak działa uczelnia w Melitopolu?", "Melitopol"),
        ("¿Qué hace la Ciudad de México?", "Mexico City"),
        ("How many schools does CDMX have?", "Mexico City"),
        ("दोहा में क्या है?", "Doha"),
        ("โดฮาเรียนอะไร", "Doha"),
        ("Quanto custa em Câmara de Lobos?", "Câmara de Lobos"),
        ("What happens in Jubail?", "Jubail Industrial City"),
    ],
)
def test_a_city_is_found_in_other_languages_with_their_endings(question: str, city: str) -> None:
    assert read(question).cities == (city,)


@pytest.mark.parametrize(
    ("question", "countries"),
    [
        ("Which Moroccan town?", ("MA",)),
        ("Which South Korean municipalities?", ("KR",)),
        ("Which winners lie in Ireland or the UK?", ("IE", "GB")),
        ("¿Cuántas ciudades mexicanas?", ("MX",)),
        ("Welche Stadt in Griechenland?", ("GR",)),
        ("中国有哪些城市？", ("CN",)),
        ("أي مدن في المغرب؟", ("MA",)),
        ("Which Nordic cities?", ("DK", "FI")),
        ("the republic of ireland only", ("IE",)),
    ],
)
def test_countries_are_found_by_name_adjective_and_group(
    question: str, countries: tuple[str, ...]
) -> None:
    assert read(question).countries == countries
    assert read(question).firm_countries == countries


@pytest.mark.parametrize(
    ("question", "region"),
    [
        ("Which African cities?", "Africa"),
        ("مدن عربية", "Arab States"),
        ("¿Qué ciudades de América Latina?", "Latin America and the Caribbean"),
        ("アジアの都市", "Asia and the Pacific"),
        ("Quelles villes européennes ?", "Europe and North America"),
    ],
)
def test_regions_are_found_in_several_languages(question: str, region: str) -> None:
    assert read(question).regions == (region,)


def test_parts_of_a_country_name_the_cities_in_them() -> None:
    assert read("Which Scottish city?").within == ("Glasgow",)
    assert read("Which districts of Seoul?").within == ("Eunpyeong-gu", "Seodaemun-gu")
    assert read("In which English city?").within == ("Bristol",)
    assert read("Is there an English course?").within == ()


def test_an_adjective_that_may_be_a_language_is_not_firm() -> None:
    read_greek = read("How many refugees have learned Greek?")
    assert read_greek.countries == ("GR",)
    assert read_greek.firm_countries == ()


def test_years_are_found_but_not_in_amounts_or_decades() -> None:
    assert read("Between 2015 and 2021, over 2,017 people").years == (2015, 2021)
    assert read("in the 1990s, at 1999.50 euros, 2024%").years == ()
    assert read("2024년에는?").years == (2024,)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("How does Barcelona share out the money?", ("Barcelona",)),
        ("Como é pago o festival de Lisboa?", ("Lisbon",)),
        ("How is it done in Chania's centre?", ("Chaniá",)),
        ("Where in Canada?", ("Canada",)),
        ("Santiago de Chile", ("Santiago",)),
        ("What about Cuenca, Spain?", ("Cuenca, Spain",)),
        ("How does Burnaby in Canada do it?", ("Burnaby",)),
        ("東京や巴黎は？", ("Tokyo", "Paris")),
        ("и в Париже?", ("Paris",)),
    ],
)
def test_places_of_no_story_are_elsewhere(question: str, places: tuple[str, ...]) -> None:
    assert read(question).elsewhere == places
    assert read(question).cities == ()


@pytest.mark.parametrize(
    "question",
    [
        "Nice ideas for reading corners, bath time and mobile libraries?",
        "What did Nelson Mandela and Florence Nightingale teach?",
        "Is there a cork board in the library?",
        "Is there a schooling path for Roma?",
        "a Dutch example of learning",
        "Most Same Reading Of University?",
        "Quanto custa cada curso?",
        "Cuánto gana una profesora por hora",
        "من يدير مدارس البنين؟",
        "고양이를 기르는 방법",
    ],
)
def test_words_that_are_also_names_of_places_are_not_places(question: str) -> None:
    found = read(question)
    assert (found.cities, found.elsewhere) == ((), ())


def test_themes_are_found_as_a_hint() -> None:
    assert "libraries" in read("What do the libraries do for older people?").themes
    assert "older-people" in read("¿Qué hay para personas mayores?").themes


def test_no_development_question_names_a_wrong_city() -> None:
    """A question may name a city to compare with; most name the one they ask about."""
    wrong = [
        question
        for question, slugs in asked()
        if slugs
        and read(question).cities
        and not {CITIES[slug] for slug in slugs} & set(read(question).cities)
    ]
    assert len(wrong) <= 3, wrong


def test_an_answerable_question_names_a_place_elsewhere_only_where_a_story_names_it_too() -> None:
    for question, slugs in asked():
        found = read(question)
        for mention in found.spans:
            if slugs and mention.kind == "elsewhere":
                assert CATALOGUE.stories_naming(mention.text), question


@given(st.text(max_size=300))
def test_every_mention_is_a_piece_of_the_question(question: str) -> None:
    for mention in read(question + " Cork 2015 서울").spans:
        assert (question + " Cork 2015 서울")[mention.start : mention.end] == mention.text
        assert mention.text


def test_odd_input_names_nothing() -> None:
    for question in ("", " ", "?!", "\x00\u202e", "<b></b>", "’’’"):
        assert read(question) == Mentions()


def test_a_question_is_read_within_milliseconds_and_a_very_long_one_within_a_second() -> None:
    CATALOGUE.prepare()
    question = "In which towns of Mexico City and São Paulo, in 2020, do people learn to garden?"
    start = time.process_time()
    for _ in range(20):
        read(question)
    assert (time.process_time() - start) / 20 < 0.02
    start = time.process_time()
    read("Where do people learn? " * 900)
    assert time.process_time() - start < 1.5


def test_a_catalogue_of_no_stories_names_nothing_of_its_own() -> None:
    empty = Catalogue(())
    assert empty.cities == ()
    assert empty.mentions("What about Cork in Ireland?").cities == ()
