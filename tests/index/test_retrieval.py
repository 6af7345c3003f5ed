"""Retrieval over the real stories with the real embedding: what comes first, and what never."""

from __future__ import annotations

import pytest

from corpus.catalogue import Catalogue
from corpus.library import Library
from index.embedding import Encoder
from index.retrieval import Query, Retrieval, Retrieved
from index.store import Store
from index.sync import holds_exactly

pytestmark = pytest.mark.slow

STORIES = Library(None).stories()
BODIES = {story.slug: story.body for story in STORIES}


@pytest.fixture(scope="module")
def retrieval(all_stories: tuple[Store, Encoder]) -> Retrieval:
    return Retrieval(*all_stories)


def slugs(found: Retrieved) -> list[str]:
    return [hit.passage.story for hit in found.hits]


def test_the_index_holds_the_stories_and_nothing_else(all_stories: tuple[Store, Encoder]) -> None:
    assert holds_exactly(all_stories[0], STORIES) and all_stories[0].is_sound()


def test_hits_come_best_first_each_once_and_stand_in_their_stories(retrieval: Retrieval) -> None:
    found = retrieval.retrieve(Query("How do cities teach reading to adults?"), 10)
    assert len(found.hits) == 10 == len({hit.passage.id for hit in found.hits})
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in found.hits:
        passage = hit.passage
        assert BODIES[passage.story][passage.start : passage.end] == passage.text


@pytest.mark.parametrize("limit", [1, 3, 30])
def test_no_more_hits_come_than_asked_for(limit: int, retrieval: Retrieval) -> None:
    assert len(retrieval.retrieve(Query("festivals"), limit).hits) == limit


@pytest.mark.parametrize("question", ["What is done for older people?", "festivals"])
def test_a_preferred_story_comes_first(question: str, retrieval: Retrieval) -> None:
    found = retrieval.retrieve(Query(question, preferred={"2017-pecs": 1.0}))
    assert slugs(found)[0] == "2017-pecs"


@pytest.mark.parametrize(
    "stories", [("2015-cork",), ("2015-cork", "2024-wuhan"), ("2024-atlantis",)]
)
def test_a_filter_lets_nothing_else_through(stories: tuple[str, ...], retrieval: Retrieval) -> None:
    query = Query("What does Espoo do for libraries?", stories)
    found = retrieval.retrieve(query, 20)
    assert set(slugs(found)) <= set(stories)
    assert bool(found.hits) == (stories != ("2024-atlantis",))


CITY_ASKED = [
    ("What did Melton do?", "2015-melton"),
    ("¿Qué hace la ciudad de Querétaro?", "2024-queretaro"),
    ("Que fait la ville de Bouaké ?", "2024-bouake"),
    ("柏林没有，北京做了什么？", "2015-beijing"),
    ("Was tut Gelsenkirchen?", "2017-gelsenkirchen"),
    ("ماذا تفعل مدينة الدوحة؟", "2024-doha"),
]


@pytest.mark.parametrize(("question", "slug"), CITY_ASKED, ids=lambda value: value[:12])
def test_a_city_named_in_any_language_comes_first(
    question: str, slug: str, retrieval: Retrieval
) -> None:
    mentions = Catalogue(STORIES).mentions(question)
    preferred = {s.slug: 1.0 for s in STORIES if s.city in mentions.cities}
    assert slug in preferred
    names = tuple((mention.start, mention.end) for mention in mentions.spans)
    assert slugs(retrieval.retrieve(Query(question, (), preferred, names)))[0] in preferred


SAME = [
    "How many people look after the Learning Neighbourhoods of Cork, and on what hours?",
    "Combien de personnes s'occupent des quartiers d'apprentissage de Cork ?",
    "¿Cuántas personas atienden los barrios de aprendizaje de Cork?",
    "Wie viele Menschen betreuen die Lernnachbarschaften in Cork?",
    "كم عدد الأشخاص الذين يديرون أحياء التعلم في كورك؟",
]


@pytest.mark.parametrize("question", SAME[1:], ids=lambda question: question[:12])
def test_other_languages_find_what_english_finds(question: str, retrieval: Retrieval) -> None:
    preferred = {"2015-cork": 1.0, "2024-cork": 1.0}
    wanted = retrieval.retrieve(Query(SAME[0], preferred=preferred), 1).hits[0].passage
    found = retrieval.retrieve(Query(question, preferred=preferred), 5)
    assert wanted.id in {hit.passage.id for hit in found.hits}


@pytest.mark.parametrize(
    "question", ["", " ", "?", "…", "\u0301", "🛶", '" OR 1=1; --', "NEAR(a b)", "a" * 3000, "ⵣⵣ"]
)
def test_no_question_breaks_it(question: str, retrieval: Retrieval) -> None:
    retrieval.retrieve(Query(question), 3)
