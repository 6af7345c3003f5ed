"""Passages and sentences point back into the story, and stay themselves when others come and go."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.library import Library
from corpus.story import Story
from index.passages import MAX_CHARACTERS, MAX_WORDS, passages_of
from index.sentences import sentence_spans
from tests.index.small_library import BOATS, make_story

BUNDLED = Library(None).stories()
PIECES = st.sampled_from(
    ["Nets.", "mend", "Dr.", "e.g.", "1,200", "2.5", "“Why?”", "So!", "…", "U.S.", "J. K.", "终。",
     "学习", "क्या।", "تعلم؟", "a", "(b).", "\u00a0", "  ", "etc.", "No. 5", "?!", "x" * 30, "🛶"]
)  # fmt: skip
WRITTEN = st.lists(PIECES, min_size=1, max_size=250).map(" ".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400)
PARAGRAPHS = (WRITTEN | ANYTHING).map(str.strip).filter(bool)
MADE = st.lists(PARAGRAPHS, min_size=1, max_size=5).map(lambda texts: make_story("Oslo", *texts))


def assert_quotes_stand_in_the_story(story: Story) -> None:
    for passage in passages_of(story):
        assert story.body[passage.start : passage.end] == passage.text
        assert passage.text and passage.text == passage.text.strip()
        for start, end in passage.sentences:
            place = slice(passage.start + start, passage.start + end)
            assert story.body[place] == passage.text[start:end] != ""


def assert_each_character_lies_in_one_sentence(story: Story) -> None:
    covered: Counter[int] = Counter()
    for passage in passages_of(story):
        for start, end in passage.sentences:
            covered.update(range(passage.start + start, passage.start + end))
    wanted = {
        position
        for section in story.sections
        for paragraph in section.paragraphs
        for position in range(paragraph.start, paragraph.end)
        if not story.body[position].isspace()
    }
    assert wanted <= covered.keys() and set(covered.values()) == {1}


@given(MADE)
def test_every_quote_stands_in_the_story_at_its_offsets(story: Story) -> None:
    assert_quotes_stand_in_the_story(story)


@given(MADE)
def test_every_character_of_a_paragraph_lies_in_exactly_one_sentence(story: Story) -> None:
    assert_each_character_lies_in_one_sentence(story)


@given(MADE)
def test_no_passage_is_longer_than_the_encoder_reads(story: Story) -> None:
    for passage in passages_of(story):
        assert len(passage.text.split()) <= MAX_WORDS and len(passage.text) <= MAX_CHARACTERS


@given(MADE)
def test_ids_are_unique_and_the_same_every_time(story: Story) -> None:
    ids = [passage.id for passage in passages_of(story)]
    assert len(set(ids)) == len(ids)
    assert ids == [passage.id for passage in passages_of(story)]


@settings(max_examples=50)
@given(
    st.lists(PARAGRAPHS, min_size=1, max_size=4, unique=True),
    PARAGRAPHS,
    st.integers(0, 4),
)
def test_a_passage_keeps_its_id_when_a_paragraph_is_inserted(
    texts: list[str], inserted: str, at: int
) -> None:
    before = {p.id: p.text for p in passages_of(make_story("Oslo", *texts))}
    after = {
        p.id: p.text for p in passages_of(make_story("Oslo", *texts[:at], inserted, *texts[at:]))
    }
    assert before.items() <= after.items()


def test_the_same_words_in_another_section_are_another_passage() -> None:
    here, there = make_story("Oslo", BOATS), make_story("Oslo", BOATS, section="Nets")
    assert passages_of(here)[1].id != passages_of(there)[1].id


def test_the_same_paragraph_twice_is_two_passages() -> None:
    ids = [passage.id for passage in passages_of(make_story("Oslo", BOATS, BOATS))]
    assert ids[2] == f"{ids[1]}-2"


@pytest.mark.parametrize("story", BUNDLED, ids=lambda story: story.slug)
def test_a_bundled_paragraph_is_one_passage_with_its_place_before_it(story: Story) -> None:
    passages = passages_of(story)
    paragraphs = [(s, p) for s in story.sections for p in s.paragraphs]
    assert [p.text for p in passages] == [paragraph.text for _, paragraph in paragraphs]
    assert [p.section for p in passages] == [section.title for section, _ in paragraphs]
    assert all(story.city in p.label and str(story.year) in p.label for p in passages)
    assert_quotes_stand_in_the_story(story)
    assert_each_character_lies_in_one_sentence(story)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(f"Boat {number} came home late and full." for number in range(60))
    passages = passages_of(make_story("Oslo", text))[1:]
    assert len(passages) > 2
    assert all(passage.text.endswith("full.") for passage in passages)
    assert " ".join(passage.text for passage in passages) == text


@pytest.mark.parametrize("text", ["boats and " * 400, "学习型城市" * 500, "x" * 3000])
def test_a_sentence_without_an_end_is_cut_too(text: str) -> None:
    passages = passages_of(make_story("Oslo", text.strip()))[1:]
    assert len(passages) >= 3
    assert "".join(p.text for p in passages).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It began. It grew.", 2),
        ("Dr. Smith came. He spoke.", 2),
        ("About 1.5 million came, e.g. from Oslo. It rained.", 2),
        ("J. K. Rowling read aloud. All listened.", 2),
        ("“Why not?” she asked. They laughed.", 2),
        ("“Why not?” They laughed!", 2),
        ("它始于2004年。它成长了。", 2),
        ("यह शुरू हुआ। यह बढ़ा।", 2),
        ("هل بدأ؟ نعم.", 2),
        ("The U.S. sent help. It came", 2),
        ("No end at all", 1),
        ("", 0),
        ("  \n ", 0),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, sentences: int) -> None:
    assert len(sentence_spans(text)) == sentences


@pytest.mark.parametrize("text", ["." * 20_000, "a" * 20_000, "a. " * 7_000, "e.g. " * 4_000,
                                  "?!" * 10_000 + "x", "\n" * 20_000, "a.b" * 7_000])  # fmt: skip
def test_no_text_takes_long_to_part(text: str, time_limit) -> None:
    with time_limit(2):
        sentence_spans(text)
