"""Questions for cities by facts: read from words in many languages, counted from the catalogue."""

from __future__ import annotations

import pytest

from assistant.counting import conditions, count
from assistant.language import language_of
from assistant.listing import Listing, Wanted, read_listing
from assistant.phrases import languages
from corpus.catalogue import Catalogue
from corpus.library import Library
from corpus.selection import Places, Selection
from corpus.spelling import key

CATALOGUE = Catalogue(Library(None).stories())
CATALOGUE.prepare()
CHINESE = {"Beijing", "Hangzhou", "Chengdu", "Shanghai", "Wuhan"}


def read(question: str, before: Listing | None = None) -> Listing | None:
    spoken = [language_of(question)]
    return read_listing(question, CATALOGUE.mentions(question), spoken, CATALOGUE, before)


def listed(question: str, before: Listing | None = None) -> set[str]:
    listing = read(question, before)
    assert listing is not None, question
    return {story.city for story in listing.stories(CATALOGUE.stories)}


CHINESE_WINNERS = {
    "en": "Which Chinese winners are there?",
    "fr": "Quelles villes chinoises ont remporté le prix ?",
    "es": "¿Qué ciudades chinas han ganado el premio?",
    "pt": "Quais cidades chinesas receberam o prêmio?",
    "de": "Welche chinesischen Städte wurden ausgezeichnet?",
    "it": "Quali città cinesi hanno vinto il premio?",
    "ar": "ما هي المدن الصينية الفائزة بالجائزة؟",
    "zh": "中国有哪些获奖城市？",
    "ko": "중국의 수상 도시는 어디인가요?",
    "ja": "中国の受賞都市はどこですか？",
    "ru": "Какие города Китая получили премию?",
    "uk": "Які міста Китаю перемогли?",
    "el": "Ποιες πόλεις της Κίνας έχουν βραβευτεί;",
    "tr": "Hangi Çin şehirleri ödül kazandı?",
    "hi": "चीन के किन शहरों को पुरस्कार मिला?",
    "id": "Kota mana saja di Tiongkok yang memenangkan penghargaan?",
}


def test_every_language_has_words_for_lists() -> None:
    assert set(CHINESE_WINNERS) == set(languages())


@pytest.mark.parametrize("language", CHINESE_WINNERS)
def test_a_list_by_country_is_read_in_every_language(language: str) -> None:
    assert listed(CHINESE_WINNERS[language]) == CHINESE


@pytest.mark.parametrize(
    ("question", "cities"),
    [
        ("Which African cities have won since 2019?", {"Ibadan", "Bouaké"}),
        ("Quelles villes africaines ont gagné depuis 2019 ?", {"Ibadan", "Bouaké"}),
        ("Which winners are in Qatar or Jordan, up to 2021?", {"Al Wakra", "Amman"}),
        ("Which districts of Seoul are among the winners?", {"Seodaemun-gu", "Eunpyeong-gu"}),
        ("Which city in Ireland was the last to win?", {"Cork"}),
        ("Which laureate has the most inhabitants?", {"Shanghai"}),
        ("哪些获奖城市人口超过1000万？", {"Shanghai", "Wuhan"}),
        ("Which Chinese cities won before 2018?", {"Beijing", "Hangzhou"}),
        ("Which Chinese cities won after 2017 except Wuhan?", {"Chengdu", "Shanghai"}),
    ],
)  # fmt: skip
def test_conditions_are_joined(question: str, cities: set[str]) -> None:
    assert listed(question) == cities


@pytest.mark.parametrize(
    "question",
    [
        "What is a learning city?",
        "How many people live in the city?",
        "What do cities in Africa do?",
        "Which Chinese cities let residents decide on the budget?",
        "In which year did Cork start its festival?",
        "Which city in Mexico takes libraries to the people on wheels?",
        "Dans quelles villes d'Afrique les habitants décident-ils du budget ?",
        "中国哪些城市让居民决定预算？",
        "How is it paid for?",
        "",
    ],
)
def test_what_no_catalogue_holds_is_left_to_the_stories(question: str) -> None:
    assert read(question) is None


def test_a_follow_up_replaces_the_conditions_it_names() -> None:
    first = read("Which places were honoured when the prize was given for the first time?")
    african = read("only the ones in Africa", first)
    latin = read("and in Latin America?", african)
    later = read("wait, I mixed up the rounds, I need that for 2021", latin)
    found = [{s.city for s in each.stories(CATALOGUE.stories)} for each in (african, latin, later)]
    assert found == [{"Bahir Dar"}, {"Mexico City", "Sorocaba", "Ybycuí"}, {"Huejotzingo"}]


@pytest.mark.parametrize(
    ("question", "cities"),
    [
        ("Just the ones in the Republic, please.", {"Cork", "Limerick", "Dublin"}),
        ("Leave out everything before 2020.", {"Dublin", "Belfast", "Cork", "Glasgow"}),
        ("And which of those was honoured last?", {"Cork", "Glasgow"}),
    ],
)
def test_a_follow_up_narrows_the_list_before(question: str, cities: set[str]) -> None:
    assert listed(question, read("Which winners lie in Ireland or the United Kingdom?")) == cities


def test_a_year_without_a_winner_is_asked_for_the_other_way_round() -> None:
    listing = read("In which award year was there no laureate from UNESCO's Africa region?")
    assert listing is not None and listing.wanted is Wanted.OTHER_YEARS
    sentences, _ = count(listing, listing.stories(CATALOGUE.stories), CATALOGUE.years, "en")
    assert sentences[0].text == "Award years without such a city (Africa): 2021."


def test_a_count_says_its_conditions_and_cites_each_story_by_its_first_sentence() -> None:
    listing = read("How many Irish cities have won?")
    assert listing is not None
    stories = listing.stories(CATALOGUE.stories)
    sentences, citations = count(listing, stories, CATALOGUE.years, "en")
    assert sentences[0].text == "Cities in the stories (Ireland): 3, with 4 awards."
    assert sentences[0].citations == (1, 2, 3, 4)
    assert [s.citations for s in sentences[1:]] == [(1,), (2,), (3,), (4,)]
    for story, citation in zip(stories, citations, strict=True):
        assert story.body[citation.start : citation.end] == citation.quote
        assert citation.section == "" and citation.quote.endswith((".", "”"))


def test_places_without_a_story_are_kept_in_mind() -> None:
    listing = read("Which winners are in Canada?")
    assert listing is not None and listing.elsewhere == ("Canada",)
    assert listing.stories(CATALOGUE.stories) == ()


@pytest.mark.parametrize("language", languages())
def test_conditions_are_told_in_the_readers_language(language: str) -> None:
    chosen = Selection(Places(regions=("Africa",), countries=("CN",)), since=2019, more_than=5000)
    words = conditions(Listing(chosen), language)
    assert "2019" in words and words.count(",") >= 3
    assert language in ("en", "it") or "Africa" not in words
    assert language == "en" or "China" not in words or language in ("de", "es", "pt")


def test_the_bundled_stories_all_fit_no_condition() -> None:
    assert len(Selection().of(CATALOGUE.stories)) == len(CATALOGUE.stories)
    assert key(conditions(Listing(Selection()), "de")) == "alle"
