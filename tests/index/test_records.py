"""The record: stories whole or not at all, passages and words by what is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.story import Story
from index.errors import IndexFailure
from index.passages import passages_of
from index.records import Records
from index.words import content_words, words
from tests.index.small_library import BOATS, DigestEncoder, make_story

BERGEN = make_story("Bergen", BOATS, "Libraries lend 2,500 boats a year. Nobody pays.")
OSLO = make_story("Oslo", "Older people teach chess in Café Müller.")


def put(records: Records, story: Story) -> None:
    passages = passages_of(story)
    _, tokens = DigestEncoder().encode_passages_with_tokens([p.label + p.text for p in passages])
    records.replace_story(story.slug, story.content_hash, passages, tokens)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """A record of two stories; not to be changed."""
    opened = Records(tmp_path_factory.mktemp("records"))
    put(opened, BERGEN)
    put(opened, OSLO)
    yield opened
    opened.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Records]:
    """A record of one story, to be changed."""
    opened = Records(tmp_path)
    put(opened, BERGEN)
    yield opened
    opened.close()


def test_what_is_put_in_comes_back(records: Records) -> None:
    wanted = [*passages_of(BERGEN), *passages_of(OSLO)]
    assert records.passages_of([BERGEN.slug, OSLO.slug]) == wanted
    assert records.passages([p.id for p in wanted]) == {p.id: p for p in wanted}
    assert records.hashes() == {s.slug: s.content_hash for s in (BERGEN, OSLO)}
    assert records.count() == len(wanted) and records.all_ids() == {p.id for p in wanted}


def test_what_is_not_there_is_left_out(records: Records) -> None:
    assert records.passages(["2021-bergen:0"]) == {} == records.tokens(["2021-bergen:0"])
    assert records.passages_of(["2021-atlantis"]) == [] == records.search_words([], 5)
    assert records.fact("nothing") == ""


def test_tokens_come_back_close_to_what_they_were(records: Records) -> None:
    passage = passages_of(BERGEN)[1]
    text = passage.label + passage.text
    _, (before,) = DigestEncoder().encode_passages_with_tokens([text])
    after = records.tokens([passage.id])[passage.id]
    assert (before.offsets == after.offsets).all()
    assert np.sum(before.vectors * after.vectors, axis=1) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How many boats do the LIBRARIES lend?", "Libraries lend"),
        ("chess for the old in cafe muller", "Older people"),
        ("2500", "Libraries lend"),
        ("2.500 boats", "Libraries lend"),
        ("1 200 fishers".replace(" ", "\u202f", 1), "Fishers"),
    ],
)
def test_words_find_the_passage_that_holds_them(
    question: str, found: str, records: Records
) -> None:
    hits = records.search_words(content_words(question), 5)
    best = records.passages([hits[0][0]])[hits[0][0]]
    assert best.text.startswith(found)
    assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)


def test_a_search_stays_within_the_stories_given(records: Records) -> None:
    found = records.search_words(words("boats chess learns sea"), 9, [OSLO.slug])
    assert found and all(id.startswith(OSLO.slug) for id, _ in found)


def test_a_words_frequency_is_the_number_of_passages_with_it(records: Records) -> None:
    assert records.document_frequencies(words("boats sea zeppelin")) == {"boat": 3, "sea": 2}


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_no_words_break_the_search(records: Records, text: str) -> None:
    records.search_words(words(text), 3)
    records.document_frequencies(words(text))


@settings(max_examples=100)
@given(st.text(max_size=40).filter(lambda text: bool(words(text))))
def test_a_passage_is_found_by_any_word_it_holds(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    records = Records(tmp_path_factory.mktemp("any"))
    put(records, make_story("Oslo", f"x {text} x".replace("\n", " ")))
    for word in set(words(text)):
        assert records.search_words([word], 3), word
    records.close()


def test_a_replaced_story_leaves_nothing_behind(own: Records) -> None:
    put(own, make_story("Bergen", "Only trains now."))
    assert own.search_words(words("nets libraries"), 5) == []
    assert own.search_words(words("trains"), 5)
    own.remove_story("2021-bergen")
    assert own.count() == 0 and own.hashes() == {} and not own.search_words(words("trains"), 5)


def test_a_replacement_that_fails_leaves_the_story_as_it_was(own: Records) -> None:
    before = own.passages_of([BERGEN.slug])
    passages = passages_of(OSLO)
    _, tokens = DigestEncoder().encode_passages_with_tokens([p.text for p in passages])
    with pytest.raises(ValueError, match="zip"):
        own.replace_story(BERGEN.slug, "hash", passages, tokens[:1])
    assert own.passages_of([BERGEN.slug]) == before
    assert own.hashes() == {BERGEN.slug: BERGEN.content_hash}
    put(own, OSLO)
    assert own.count() == len(before) + len(passages)


def test_a_change_begun_is_unfinished_until_it_ends(own: Records) -> None:
    own.begin_change("b")
    own.begin_change("a")
    own.begin_change("a")
    assert own.unfinished() == ("a", "b")
    own.end_change("a")
    own.end_change("b")
    assert own.unfinished() == ()


def test_many_threads_read_while_one_writes(own: Records) -> None:
    whole = {len(passages_of(s)) for s in (BERGEN, make_story("Bergen"))}

    def read(_: int) -> int:
        return len(own.passages_of([BERGEN.slug]))

    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(read, range(200))
        for _ in range(10):
            put(own, make_story("Bergen"))
            put(own, BERGEN)
        assert set(counts) <= whole


def test_a_record_that_is_closed_fails_in_one_sentence(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.close()
    with pytest.raises(IndexFailure, match="cannot be used"):
        records.count()


def test_a_record_of_another_layout_is_not_read(tmp_path: Path) -> None:
    Records(tmp_path).close()
    with sqlite3.connect(tmp_path / "records.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexFailure, match="layout 99"):
        Records(tmp_path)
