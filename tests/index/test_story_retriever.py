"""The stories behind a llama-index engine: real retriever interface, real index, no model."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers.no_text import NoText
from llama_index.core.schema import MetadataMode

from corpus.library import Library
from index.embedding import Encoder
from index.retrieval import Query, Retrieval
from index.store import Store
from index.story_retriever import StoryRetriever
from index.sync import sync_index

pytestmark = pytest.mark.slow

STORIES = {slug: Library(None).get(slug) for slug in ("2015-cork", "2015-espoo", "2019-medellin")}
ASKED = "How much does the festival week cost to run?"


@pytest.fixture(scope="module")
def retrieval(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retrieval]:
    encoder = Encoder()
    store = Store(tmp_path_factory.mktemp("index"), encoder.fingerprint)
    sync_index(tuple(STORIES.values()), store, encoder)
    yield Retrieval(store, encoder)
    store.close()


def test_nodes_are_the_passages_in_their_order_and_lead_back_into_the_story(retrieval: Retrieval):
    found = StoryRetriever(retrieval, limit=4).retrieve(ASKED)
    hits = retrieval.retrieve(Query(ASKED), 4).hits
    assert [node.node.node_id for node in found] == [hit.passage.id for hit in hits]
    assert [node.score for node in found] == [hit.score for hit in hits]
    for node in found:
        place = node.metadata
        body = STORIES[place["story"]].body
        assert node.node.get_content() == body[place["start"] : place["end"]]
    assert found[0].metadata["story"] == "2015-cork" and "€25,000" in found[0].text


def test_metadata_is_no_part_of_what_is_embedded(retrieval: Retrieval):
    (found,) = StoryRetriever(retrieval, limit=1).retrieve(ASKED)
    assert found.node.get_content(MetadataMode.EMBED) == found.text


def test_what_a_question_names_is_understood_by_whoever_builds_the_engine(retrieval: Retrieval):
    def only_espoo(text: str) -> Query:
        return Query(text, ("2015-espoo",))

    found = StoryRetriever(retrieval, understand=only_espoo).retrieve(ASKED)
    assert {node.metadata["story"] for node in found} == {"2015-espoo"}


def test_it_works_without_waiting_too(retrieval: Retrieval):
    retriever = StoryRetriever(retrieval, limit=2)
    assert asyncio.run(retriever.aretrieve(ASKED)) == retriever.retrieve(ASKED)


def test_a_llama_index_engine_takes_it(retrieval: Retrieval):
    # The engine wants a model even where it writes no text; llama-index's own stands in.
    engine = RetrieverQueryEngine(StoryRetriever(retrieval, limit=3), NoText(llm=MockLLM()))
    response = engine.query(ASKED)
    assert [node.metadata["story"] for node in response.source_nodes][0] == "2015-cork"
    assert len(response.source_nodes) == 3


def test_nothing_in_the_project_imports_it():
    code = (
        "import sys, app, assistant.__main__, assistant.service;"
        "sys.exit('index.story_retriever' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
