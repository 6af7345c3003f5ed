"""What a question inherits from its conversation, in the languages the assistant speaks."""

from __future__ import annotations

import pytest

from assistant.conversation import Meaning, follow, interpret
from assistant.phrases import languages
from assistant.small_talk import SmallTalk
from assistant.thread import Turn
from assistant.wording import says
from corpus.catalogue import Catalogue
from corpus.library import Library

CATALOGUE = Catalogue(Library(None).stories())
CATALOGUE.prepare()
FESTIVAL = "When did Cork hold its first learning festival in 2004?"


def after(*asked: str) -> Meaning:
    """Return what the last question means after the others, whose answers told nothing."""
    *earlier, last = asked
    thread = follow([Turn(question, "") for question in earlier], CATALOGUE)
    return interpret(last, thread, CATALOGUE)


def cities(meaning: Meaning) -> set[str]:
    return {story.city for story in CATALOGUE.stories if story.slug in meaning.focus}


FOLLOW_UPS = {
    "en": "How is it paid for?",
    "fr": "Comment est-elle financée ?",
    "es": "¿Cómo se financia eso?",
    "pt": "Como é que isso é financiado?",
    "de": "Wie wird das bezahlt?",
    "it": "Come viene finanziato questo?",
    "ar": "كيف يتم تمويل ذلك؟",
    "zh": "它的资金从哪里来？",
    "ko": "그것은 어떻게 재원을 마련하나요?",
    "ja": "それはどのように資金を得ていますか？",
    "ru": "Как это финансируется?",
    "uk": "Як це фінансується?",
    "el": "Πώς χρηματοδοτείται αυτό;",
    "tr": "Bu nasıl finanse ediliyor?",
    "hi": "इसका खर्च कौन उठाता है?",
    "id": "Bagaimana itu dibiayai?",
}


def test_every_language_has_words_that_refer_back() -> None:
    assert set(FOLLOW_UPS) == set(languages())


@pytest.mark.parametrize("language", FOLLOW_UPS)
def test_a_question_that_refers_back_is_about_the_city_before(language: str) -> None:
    meaning = after(FESTIVAL, FOLLOW_UPS[language])
    assert cities(meaning) == {"Cork"} and "Cork" in meaning.standalone
    assert meaning.inherited.startswith("Cork")


@pytest.mark.parametrize("question", FOLLOW_UPS.values())
def test_without_a_conversation_nothing_is_inherited(question: str) -> None:
    meaning = after(question)
    assert meaning.standalone == question and not meaning.inherited and not meaning.focus


@pytest.mark.parametrize(
    "question",
    [
        "What does Wuhan do for older residents?",
        "Which cities let residents decide on the budget?",
        "How do learning cities teach adults to read?",
        "In welchen Städten entscheiden Einwohner über Geld?",
        "Dans quelles villes les habitants décident-ils du budget ?",
        "哪些城市让居民决定预算？",
        "How many cities in Africa have won since 2019?",
        "How does Barcelona share out the money for its learning work?",
        "Do adults learn more slowly than children?",
    ],
)
def test_a_question_that_stands_alone_inherits_nothing(question: str) -> None:
    meaning = after(FESTIVAL, question)
    assert meaning.standalone == question and not meaning.inherited
    assert "Cork" not in cities(meaning)


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("And in Limerick?", "When did Limerick hold its first learning festival in 2004?"),
        ("Sorry, I meant 2016.", "When did Cork hold its first learning festival in 2016?"),
        (
            "Sorry, I should have said the year after.",
            "When did Cork hold its first learning festival in 2005?",
        ),
    ],
)
def test_an_elliptic_question_is_the_one_before_it_changed(question: str, standalone: str) -> None:
    assert standalone in after(FESTIVAL, question).standalone


@pytest.mark.parametrize(
    "question",
    [
        "Now Wuhan, please: who steers the work?",
        "Unrelated: how does Wuhan reach its older people?",
        "Leaving Ireland: who steers the work in Wuhan?",
        "Ein anderes Thema: Wer leitet die Arbeit in Wuhan?",
    ],
)
def test_a_change_of_subject_drops_what_was_before(question: str) -> None:
    meaning = after(FESTIVAL, question)
    assert cities(meaning) == {"Wuhan"} and not meaning.inherited


def test_of_two_awards_the_one_meant_is_told_by_words() -> None:
    before = "Which group has looked after Cork's learning work since its second prize?"
    assert after(before).focus == ("2024-cork",)
    corrected = "No, I meant when it won for the first time. What was the team called?"
    assert after(before, corrected).focus == ("2015-cork",)
    back = "Back to the newer win: how many events were there?"
    assert after(before, corrected, back).focus == ("2024-cork",)


@pytest.mark.parametrize(
    ("question", "city"),
    [
        ("In the first of the two, what is free?", "Seodaemun-gu"),
        ("What do teenagers do in the second one?", "Eunpyeong-gu"),
        ("How is the one from 2024 steered?", "Eunpyeong-gu"),
    ],
)
def test_one_of_those_listed_is_told_by_its_place_or_year(question: str, city: str) -> None:
    assert cities(after("Which districts of Seoul are among the winners?", question)) == {city}


def test_the_other_one_is_not_the_one_before() -> None:
    asked = ("Which districts of Seoul have won?", "What is free in the first of the two?")
    assert cities(after(*asked, "And what do teenagers do in the other one?")) == {"Eunpyeong-gu"}


def test_a_city_can_be_told_by_its_country_once_it_was_spoken_of() -> None:
    asked = ("What is taught in Benguerir?", "And in Bouaké?")
    meaning = after(*asked, "Back to the Moroccan town: who travelled to Jubail on its behalf?")
    assert cities(meaning) == {"Benguerir"} and meaning.mentions.cities == ("Benguerir",)


def test_the_city_is_read_from_an_answer_where_the_question_names_none() -> None:
    turn = Turn(
        "Where is there a week of public learning?", "Swansea, United Kingdom (2015): it is."
    )
    meaning = interpret("Who pays for it?", follow([turn], CATALOGUE), CATALOGUE)
    assert cities(meaning) == {"Swansea"}


def test_a_thin_question_takes_the_section_last_told_as_its_topic() -> None:
    turn = Turn(FESTIVAL, "…", (("2015-cork", "Funding"),))
    thin = interpret("How big is it?", follow([turn], CATALOGUE), CATALOGUE)
    assert thin.standalone == "How big is it? (Cork: Funding)"


SMALL_TALK = {
    "en": ("Thanks, that is all I need for today.", "Hello!"),
    "fr": ("Merci beaucoup, c'est parfait.", "Bonjour !"),
    "es": ("Muchas gracias, eso es todo.", "¡Hola, buenos días!"),
    "pt": ("Muito obrigada!", "Olá, bom dia!"),
    "de": ("Danke, das hilft mir sehr.", "Guten Tag!"),
    "it": ("Grazie mille, è tutto.", "Buongiorno!"),
    "ar": ("شكرًا جزيلًا!", "مرحبًا!"),
    "zh": ("谢谢，就这些。", "你好！"),
    "ko": ("감사합니다. 도움이 됐어요.", "안녕하세요!"),
    "ja": ("ありがとうございます。", "こんにちは！"),
    "ru": ("Большое спасибо!", "Здравствуйте!"),
    "uk": ("Дуже дякую!", "Добрий день!"),
    "el": ("Ευχαριστώ πολύ!", "Καλημέρα!"),
    "tr": ("Çok teşekkürler!", "Merhaba!"),
    "hi": ("बहुत धन्यवाद!", "नमस्ते!"),
    "id": ("Terima kasih banyak!", "Halo!"),
}


@pytest.mark.parametrize("language", languages())
def test_small_talk_is_known_in_every_language(language: str) -> None:
    thanks, greeting = SMALL_TALK[language]
    assert after(FESTIVAL, thanks).small_talk is SmallTalk.THANKS
    assert after(greeting).small_talk is SmallTalk.GREETING


@pytest.mark.parametrize(
    "question",
    [
        "Thanks. And in Limerick?",
        "Hello! How does Cork pay for its festival?",
        "Great, tell me about the funding.",
        "Danke! Und wer bezahlt das?",
        "谢谢。资金从哪里来？",
    ],
)
def test_a_polite_question_is_a_question(question: str) -> None:
    assert after(FESTIVAL, question).small_talk is None


def test_phrases_are_compared_without_case_accents_and_punctuation() -> None:
    assert says("refers", "ET LÀ ?", ["fr"]) and says("refers", "et la?", ["fr"])
    assert not says("refers", "itinerary", ["en"])
