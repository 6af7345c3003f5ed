"""What the staff page shows of drafts and stories, as HTML: complete, and never run."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.pages import told
from assistant.pages.draft_view import alike_view, draft_heading, found_hint, passages_view
from assistant.pages.reviewed import Reviewed, said_in
from assistant.pages.story_view import (
    difference_view,
    faults_view,
    history_view,
    matching,
    readers_view,
    story_heading,
    story_rows,
)
from assistant.saved_questions import Difference, Told
from corpus.errors import CorpusError
from corpus.library import Entry, Library
from corpus.likeness import Likeness
from corpus.markdown import find_faults
from corpus.reading.confirmation import FIELDS
from corpus.reading.intake import read_content
from index.passages import passages_of
from tests.corpus.reading import made_files
from tests.index.small_library import make_story

SCRIPT = "<script>alert(1)</script>"
COUNTRIES = {"FI": "Finland"}


def tags(html: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", html))


@pytest.fixture(scope="module")
def reviewed() -> Reviewed:
    (draft,) = read_content(made_files.markdown(), "turku.md")
    return Reviewed(draft)


def said(reviewed: Reviewed, **other: str) -> Reviewed:
    """Return the draft after a person changed some fields."""
    return replace(reviewed, said={**{n: reviewed.words(n) for n in FIELDS}, **other})


def test_fields_show_what_was_found_and_nothing_where_nothing_was(reviewed: Reviewed):
    assert reviewed.words("city") == "Turku" and reviewed.words("population") == "195000"
    assert reviewed.words("slug") == ""
    assert "GNLC Awardee" in found_hint(reviewed.draft, "city", required=True)
    assert "please say it" in found_hint(reviewed.draft, "status", required=True)
    assert "may stay empty" in found_hint(reviewed.draft, "status", required=False)


def test_what_a_person_says_goes_before_what_was_found(reviewed: Reviewed):
    changed = said(reviewed, city="Åbo", themes="culture, health")
    story = changed.draft.story(**changed.facts(COUNTRIES))
    assert (story.city, story.themes, story.slug) == ("Åbo", ("culture", "health"), "2026-abo")


def test_an_emptied_fact_is_gone_and_never_what_was_found(reviewed: Reviewed):
    changed = said(reviewed, population=" ", themes="culture")
    assert changed.draft.story(**changed.facts(COUNTRIES)).population is None
    changed = said(reviewed, year="", country="", themes="culture")
    facts = changed.facts(COUNTRIES)
    assert changed.draft.missing(facts) == ("country", "year")
    with pytest.raises(CorpusError, match="does not tell its country and year"):
        changed.draft.story(**facts)
    assert changed.draft.provisional(facts).year == 0


def test_a_value_that_cannot_be_one_is_told(reviewed: Reviewed):
    with pytest.raises(CorpusError, match="no award year"):
        said(reviewed, year="soon").facts(COUNTRIES)


def test_inputs_become_words_in_the_order_of_the_fields():
    inputs = [None if n == "region" else ["a", "b"] if n == "themes" else n for n in FIELDS]
    words = said_in(inputs)
    assert (words["region"], words["themes"], words["city"]) == ("", "a, b", "city")


def test_the_passages_are_those_of_the_index(reviewed: Reviewed):
    story = reviewed.draft.provisional({})
    html = passages_view(story)
    assert html.count("<li") == len(passages_of(story)) == 3
    assert "3 passages" in html and "<h4>Governance</h4>" in html


def test_a_draft_is_read_and_never_run(reviewed: Reviewed):
    draft = replace(reviewed.draft, name=SCRIPT, notes=(SCRIPT,))
    story = make_story(SCRIPT, SCRIPT, section=SCRIPT)
    likeness = Likeness(replace(story, title=SCRIPT), 0.5, ((SCRIPT, SCRIPT),))
    for html in (draft_heading(draft), passages_view(story), alike_view([likeness])):
        assert "script" not in tags(html) and "&lt;script&gt;" in html
    assert "About 50%" in alike_view([likeness])


def test_what_is_told_is_read_and_never_run():
    for html in (told.done(SCRIPT), told.failed(SCRIPT), told.progress(SCRIPT, 1, 2)):
        assert "script" not in tags(html)
    assert told.failed() == ""
    assert 'value="1" max="2"' in told.progress("Reading", 1, 2)
    assert "value" not in told.progress("Reading", 0, 0)


def test_a_list_is_searched_by_all_words_whatever_their_accents():
    entries = Library(None).entries()
    assert {e.slug for e in matching(entries, "cork")} == {"2015-cork", "2024-cork"}
    assert [e.slug for e in matching(entries, "2024 CORK")] == ["2024-cork"]
    assert [e.story.city for e in matching(entries, "medellin")] == ["Medellín"]
    assert matching(entries, "nowhere") == [] and len(matching(entries, " ")) == len(entries)
    assert "0 of 58 stories" in story_rows(entries, "nowhere")


def test_a_thousand_stories_are_listed_and_searched_at_once():
    entries = [Entry(s.slug, "added", s) for s in (make_story(f"City{n}") for n in range(1000))]
    story_rows(entries)
    began = time.perf_counter()
    assert "1 of 1000" in story_rows(entries, "city777 norway")
    assert story_rows(entries).count("<li>") == 200
    assert time.perf_counter() - began < 0.2


def test_a_story_in_the_list_is_read_and_never_run():
    story = replace(make_story("Oslo"), title=SCRIPT, city=SCRIPT)
    entry = Entry(story.slug, "withdrawn", story)
    assert tags(story_rows([entry])).isdisjoint({"script"}) and "chip-withdrawn" in story_rows(
        [entry]
    )
    assert "as readers see it" not in story_heading(entry)
    assert "script" not in tags(story_heading(entry))


def test_a_fault_stands_at_its_line():
    text = "---\ntitle: A\n---\n\nA paragraph <b>here</b>.\n"
    html = faults_view(find_faults(text, "a.md"), text)
    assert 'data-line="5"' in html and "A paragraph &lt;b&gt;here" in html
    assert "nothing is saved" in html and "No faults" in faults_view([], text)


def test_a_difference_marks_the_words_that_changed():
    html = difference_view(
        "Same.\n\nTwo boats sail.\n\nGone.", "Same.\n\nThree boats sail.\n\nNew."
    )
    assert "<mark>Two</mark> boats sail." in html and "<mark>Three</mark> boats sail." in html
    assert "Same." not in html and html.count("<del>") == html.count("<ins>") == 2
    assert "stayed as it was" in difference_view("Same.", "Same.")
    assert "script" not in tags(difference_view("a", SCRIPT))


def test_the_history_tells_who_when_why_and_what(tmp_path: Path):
    library = Library(tmp_path / "stories", bundled=tmp_path / "none")
    library.save(make_story("Oslo", "Two boats sail."), "Ana", "new")
    library.save(make_story("Oslo", "Three boats sail."), "Ben", SCRIPT)
    library.withdraw("2021-oslo", "Ana", "asked for")
    html = history_view(library.history.of("2021-oslo"))
    assert re.findall(r'class="n">(\d)', html) == ["3", "2", "1"]
    assert "by <bdi>Ana</bdi>" in html and "asked for" in html and "script" not in tags(html)
    assert "<mark>Three</mark>" in html
    assert re.findall(r'data-do="restore-version" data-with="(\d)"', html) == ["2", "1"]
    assert "Nothing was changed yet" in history_view([])


def test_what_readers_get_is_shown_before_and_now():
    difference = Difference(
        "2026-11-25T20:00:00+00:00",
        ("2015-cork",),
        SCRIPT,
        Told("answered", "Two.", ("2015-cork",)),
        Told("not_found", SCRIPT, ()),
    )
    html = readers_view([difference])
    assert "2026-11-25 20:00 UTC" in html and "after a change of 2015-cork" in html
    assert html.index("Two.") < html.index("Now") and "script" not in tags(html)
    assert "No saved question" in readers_view([])
