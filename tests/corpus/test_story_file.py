"""The story file: what is read is what was written, and every fault is told with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.library import BUNDLED
from corpus.markdown import find_faults, find_faults_in_file, read_story, write_story
from corpus.story import COUNTRY_CODES, REGIONS, THEMES, Source, Story, lay_out, make_slug

FILES = sorted(BUNDLED.glob("*.md"))
GOOD = """---
title: "Nets and letters"
city: Bergen
country: Norway
country_code: NO
region: Europe and North America
award: UNESCO Learning City Award
year: 2021
language: en
themes: [literacy, health]
---

Bergen learns by the sea. [^story] [^book]

## Boats

Fishers teach children to mend nets. [^book]

[^story]: [Bergen](https://example.org/bergen_(city)). UNESCO Institute for Lifelong Learning, 2021.
[^book]: Nets of the North. Harbour Press, March 2019.
"""


def rules(text: str) -> list[str]:
    return [fault.rule for fault in find_faults(text, "bergen.md")]


def test_there_are_58_bundled_stories() -> None:
    assert len(FILES) == 58


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bundled_story_has_no_faults_and_is_written_as_it_was_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert find_faults_in_file(path) == []
    assert write_story(read_story(text, path.stem)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_paragraph_of_a_bundled_story_lies_at_its_place_in_the_body(path: Path) -> None:
    story = read_story(path.read_text(encoding="utf-8"), path.stem)
    for section in story.sections:
        assert section.title in story.body
        for paragraph in section.paragraphs:
            assert story.body[paragraph.start : paragraph.end] == paragraph.text
            assert "[^" not in paragraph.text
            assert [story.source(key).key for key in paragraph.sources] == [*paragraph.sources]
    assert story.body == story.body.strip()


def test_norway_stays_a_country_and_sources_keep_publisher_month_and_address() -> None:
    story = read_story(GOOD, "2021-bergen")
    assert story.country_code == "NO"
    assert story.source("story").url == "https://example.org/bergen_(city)"
    book = story.source("book")
    assert (book.publisher, book.month, book.year, book.url) == (
        "Harbour Press",
        "March",
        2019,
        None,
    )
    assert write_story(story) == GOOD.replace("country_code: NO", 'country_code: "NO"')


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    windows = "\ufeff" + GOOD.replace("\n", "\r\n")
    assert read_story(windows, "2021-bergen") == read_story(GOOD, "2021-bergen")


def test_equal_stories_have_equal_hashes_and_a_changed_word_changes_it() -> None:
    story = read_story(GOOD, "2021-bergen")
    assert story.content_hash == read_story(GOOD, "2021-bergen").content_hash
    assert (
        story.content_hash != read_story(GOOD.replace("mend", "make"), "2021-bergen").content_hash
    )


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("---\ntitle", "title", "front-matter"),
        ("themes: [literacy, health]\n---", "themes: [literacy, health]", "front-matter"),
        ("themes: [literacy", "themes: [literacy: [", "front-matter"),
        ("city: Bergen\n", "", "missing-key"),
        ("city: Bergen\n", "city: Bergen\ncity: Bergen\n", "duplicate-key"),
        ("city: Bergen\n", "city: Bergen\nmayor: Ola\n", "unknown-key"),
        ("city: Bergen\n", "city:\n", "empty-value"),
        ("health]", "helth]", "unknown-theme"),
        ("health]", "literacy]", "duplicate-theme"),
        ("[literacy, health]", "literacy", "themes"),
        ("Europe and North America", "Europe", "unknown-region"),
        ("country_code: NO", "country_code: Norway", "unknown-country-code"),
        ("year: 2021", "year: 21", "year"),
        ("year: 2021", "year: 2021\npopulation: 280,000", "population"),
        ("language: en", "language: English", "language"),
        ("[^book]: Nets", "[^story]: Nets", "duplicate-footnote"),
        ("nets. [^book]", "nets. [^boat]", "undefined-footnote"),
        ("[^book]: Nets", "[^boat]: Boats. Harbour Press.\n[^book]: Nets", "uncited-footnote"),
        (
            "[^book]: Nets of the North. Harbour Press, March 2019.",
            "[^book]: Nets",
            "footnote-form",
        ),
        ("https://example.org", "javascript:alert", "footnote-address"),
        (" nets. [^book]", " nets.", "no-source"),
        ("teach children", "teach [^story] children", "mark-inside"),
        ("Fishers teach children to mend nets. [^book]\n", "", "empty-section"),
        ("Bergen learns by the sea. [^story] [^book]\n", "", "no-lead"),
        ("## Boats", "### Boats", "heading-level"),
        ("## Boats", "## Boats\n\nFirst. [^book]\n\n## Boats", "duplicate-section"),
        ("teach children", "teach <b>children</b>", "html"),
        ("teach children", "teach <script>alert(1)</script>", "html"),
        ("teach children", "teach\x00 children", "control-character"),
        ("teach children", "teach\u202e children", "bidi-override"),
        ("teach children", "teach\u200b children", "invisible-character"),
    ],
)
def test_a_fault_is_told_with_its_rule_and_the_story_is_not_read(
    old: str, new: str, rule: str
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert rule in rules(text)
    with pytest.raises(CorpusError, match=r"^2021-bergen\.md, line \d+: "):
        read_story(text, "2021-bergen")


def test_a_story_without_footnotes_is_told_so() -> None:
    text = GOOD.split("[^story]:")[0].replace(" [^story] [^book]", "").replace(" [^book]", "")
    assert {"no-footnotes", "no-source"} <= set(rules(text))


def test_all_faults_of_a_file_are_told_at_once_by_line() -> None:
    text = GOOD.replace("health]", "helth]").replace("year: 2021", "year: x").replace("## ", "# ")
    faults = find_faults(text, "bergen.md")
    assert [fault.line for fault in faults] == [8, 10, 15]
    assert str(faults[1]) == (
        "bergen.md, line 10: The theme “helth” is unknown; is “health” meant? (unknown-theme)"
    )


def test_a_tag_among_the_facts_is_told_at_its_line() -> None:
    text = GOOD.replace("language: en", "language: en\nstatus: <b>new</b>")
    assert [fault.line for fault in find_faults(text, "bergen.md")] == [10, 10]


def test_a_file_that_is_not_utf8_has_one_fault_at_the_line_where_that_shows(tmp_path: Path) -> None:
    path = tmp_path / "2021-bergen.md"
    path.write_bytes(GOOD.replace("sea", "fjörd").encode("latin-1"))
    (fault,) = find_faults_in_file(path)
    assert (fault.rule, fault.line) == ("encoding", 13)


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read: No such file"):
        find_faults_in_file(tmp_path / "none.md")


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    for candidate in (text, GOOD + text, GOOD.replace("teach children", text)):
        try:
            story = read_story(candidate, "2021-bergen")
        except CorpusError as error:
            assert "line" in str(error)
        else:
            assert read_story(write_story(story), "2021-bergen") == story


def test_a_slug_is_made_from_year_and_city() -> None:
    assert make_slug(2019, "Sønderborg") == "2019-sonderborg"
    assert make_slug(2017, "N'Zérékoré") == "2017-nzerekore"
    with pytest.raises(CorpusError):
        make_slug(2024, "武汉")


# Text a person may write: any script, no characters that a story must not hold.
_LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn", "Cf", "Zs"))
_MARKUP = str.maketrans("", "", "<>[]#\\`")
_words = st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=1, max_size=8).map(
    lambda parts: " ".join(parts).translate(_MARKUP).strip()
)
_text = _words.filter(lambda text: bool(text) and text == " ".join(text.split()))
_key = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
_name = _text.map(lambda text: text.replace(".", "").replace(",", "").strip()).filter(bool)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    keys = draw(st.lists(_key, min_size=1, max_size=4, unique=True))
    sources = []
    for key in keys:
        publisher = draw(st.none() | _name.filter(lambda name: not name[-4:].isdigit()))
        year = draw(st.none() | st.integers(1000, 2100))
        url = draw(st.none() | st.just("https://example.org/a_(b)?c=d&e=f#g"))
        sources.append(Source(key, draw(_name), publisher, year, url))
    titles = draw(st.lists(_text, max_size=3, unique_by=str.casefold))
    laid = [
        (
            title,
            [
                (text, tuple(keys) if title == "" else (draw(st.sampled_from(keys)),))
                for text in draw(st.lists(_text, min_size=1, max_size=3))
            ],
        )
        for title in ["", *titles]
    ]
    return Story(
        slug="2021-somewhere",
        title=draw(_text),
        city=draw(_text),
        country=draw(_text),
        country_code=draw(st.sampled_from(sorted(COUNTRY_CODES))),
        region=draw(st.sampled_from(REGIONS)),
        award=draw(_text),
        year=draw(st.integers(1990, 2099)),
        language=draw(st.sampled_from(["en", "no", "pt-BR", "zh-Hant"])),
        themes=tuple(draw(st.lists(st.sampled_from(sorted(THEMES)), min_size=1, unique=True))),
        population=draw(st.none() | st.integers(1, 10**9)),
        status=draw(st.none() | _text),
        sections=lay_out(laid),
        sources=tuple(sources),
    )


@given(stories())
def test_any_valid_story_is_read_back_as_it_was_written(story: Story) -> None:
    assert read_story(write_story(story), story.slug) == story


@given(stories())
def test_each_paragraph_of_any_story_lies_at_its_place_in_the_body(story: Story) -> None:
    for section in story.sections:
        for paragraph in section.paragraphs:
            assert story.body[paragraph.start : paragraph.end] == paragraph.text


def test_a_story_that_would_come_back_changed_is_not_written() -> None:
    story = read_story(GOOD, "2021-bergen")
    with pytest.raises(CorpusError, match="its title would come back changed"):
        write_story(replace(story, title="Nets  and letters"))
    two = lay_out([("", [("First.\n\nSecond.", ("story", "book"))])])
    with pytest.raises(CorpusError):
        write_story(replace(story, sections=two))
