"""A story in every format comes back with its text, its facts and its places, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.markdown import read_story, write_story
from corpus.reading.draft import Draft
from corpus.reading.intake import read_content, read_path
from tests.corpus.reading import made_files
from tests.corpus.reading.made_files import ADDRESS, FACTS, FILES, LEAD, SECTIONS

FURNITURE = (
    "cookie", "Home", "Imprint", "rights reserved", "script", "multimedia", "Goto first page",
    "Swipe", "mouse wheel", "Logo", "©", "Getty", "Scroll down", "Skip navigation", "A picture",
    "City Stories 2026", "Let's go", "Photos:",
)  # fmt: skip
SAMPLE = Path(__file__).parents[4] / "shared/samples/gnlc-awardee-clermont-ferrand.txt"


@pytest.fixture(scope="module")
def drafts() -> dict[str, Draft]:
    """Each format's one draft."""
    return {name: _only(read_content(make(), name)) for name, make in FILES.items()}


def _only(found: tuple[Draft, ...]) -> Draft:
    (draft,) = found
    return draft


def _body(draft: Draft) -> str:
    return draft.story(**({} if "themes" in draft.proposals else {"themes": ("culture",)})).body


@pytest.mark.parametrize("name", FILES)
def test_every_sentence_is_kept_in_order_and_no_furniture(name: str, drafts: dict[str, Draft]):
    body = " ".join(_body(drafts[name]).split())
    texts = [LEAD, *(text for _, text in SECTIONS)]
    assert [text for text in texts if text not in body] == []
    assert sorted(texts, key=body.index) == texts
    assert [word for word in FURNITURE if word in body] == []


@pytest.mark.parametrize("name", FILES)
def test_facts_are_proposed_with_where_they_were_found(name: str, drafts: dict[str, Draft]):
    proposals = drafts[name].proposals
    assert {field: proposals[field].value for field in FACTS} == FACTS
    assert all(proposal.found for proposal in proposals.values())
    assert "Turku" in proposals["title"].value


@pytest.mark.parametrize("name", FILES)
def test_a_draft_is_written_as_a_story_file_without_loss(name: str, drafts: dict[str, Draft]):
    story = drafts[name].story(themes=("culture",))
    assert story.slug == "2026-turku"
    assert read_story(write_story(story), story.slug) == story


@pytest.mark.parametrize("name", [n for n in FILES if n != "pageflow.txt"])
def test_headings_become_sections(name: str, drafts: dict[str, Draft]):
    titles = [title for title, _ in drafts[name].sections]
    assert titles[0] == ""
    assert any(title.endswith("Governance") for title in titles)
    assert "Learning on the river" in titles


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("turku.pdf", "page 2"),
        ("turku.pptx", "slide 2"),
        ("turku.epub", "chapter 2"),
        ("pageflow.txt", "page 2"),
        ("turku.html", "section “Governance”"),
    ],
)
def test_a_paragraph_names_the_page_or_section_it_stands_on(
    name: str, place: str, drafts: dict[str, Draft]
):
    story = drafts[name].story(themes=("culture",))
    key = next(
        p.sources[0] for s in story.sections for p in s.paragraphs if "eleven residents" in p.text
    )
    assert story.source(key).title.endswith(f", {place}")


def test_a_published_page_is_cited_by_the_address_that_opens_it(drafts: dict[str, Draft]):
    assert [source.url for source in drafts["pageflow.html"].sources] == [
        f"{ADDRESS}#1201",
        f"{ADDRESS}#1202",
        f"{ADDRESS}#1203",
    ]
    assert f"{ADDRESS}#governance" in [source.url for source in drafts["turku.html"].sources]
    assert drafts["turku.html"].sources[0].publisher == "City Stories"


def test_a_pdf_from_an_address_is_cited_by_page():
    draft = _only(read_content(made_files.pdf(), "", address="https://example.org/a b.pdf"))
    assert [s.url for s in draft.sources] == [
        f"https://example.org/a%20b.pdf#page={number}" for number in (1, 2, 3)
    ]


def test_lists_and_tables_keep_their_lines(drafts: dict[str, Draft]):
    body = _body(drafts["turku.docx"])
    assert "- carpentry\n- navigation" in body
    assert "- Year · Learners\n- 2025 · 640" in body


def test_a_booklet_of_several_cities_becomes_several_drafts():
    turku, tampere = read_content(made_files.booklet(), "booklet.md")
    assert (turku.proposals["city"].value, tampere.proposals["city"].value) == ("Turku", "Tampere")
    assert [title for title, _ in turku.sections] == ["", "Governance"]
    assert tampere.proposals["population"].value == 250000
    assert "Cities that learn" in turku.notes[0]
    assert "saunas" not in _body(turku)


def test_a_story_file_keeps_its_own_facts(tmp_path: Path):
    story = _only(read_content(made_files.plain_text(), "turku.txt")).story(themes=("culture",))
    path = tmp_path / "2026-turku.md"
    path.write_text(write_story(story), encoding="utf-8")
    draft = _only(read_path(path))
    assert draft.format == "story file"
    assert draft.story() == story


def test_what_a_text_does_not_tell_is_not_proposed():
    text = b"Notes\n\nPeople met and talked about bread. Later there was a concert in the park."
    draft = _only(read_content(text, "notes.txt"))
    assert set(draft.proposals) == {"title", "language"}
    assert "does not tell its city, country" in str(_failure(draft))


def _failure(draft: Draft) -> Exception:
    with pytest.raises(Exception) as failed:
        draft.story()
    return failed.value


def test_a_city_of_two_countries_is_given_to_neither_without_a_word_for_one():
    text = "Cuenca\n\nThe city of Cuenca won the UNESCO Learning City Award in 2024."
    proposals = _only(read_content(text.encode(), "cuenca.txt")).proposals
    assert proposals["city"].value == "Cuenca" and "country" not in proposals
    beside = text.replace("of Cuenca", "of Cuenca, Ecuador,")
    assert _only(read_content(beside.encode(), "c.txt")).proposals["country_code"].value == "EC"


def test_reading_leaves_the_heavy_libraries_out_of_this_process():
    code = """
import sys
from corpus.reading.intake import read_content
from tests.corpus.reading import made_files
read_content(made_files.web_page(), "a.html")
sys.exit(", ".join({"lxml", "trafilatura", "pdfminer", "docx", "pptx"} & set(sys.modules)) or 0)"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not SAMPLE.exists(), reason="the real sample is not part of the project")
def test_the_real_sample_comes_out_clean_with_every_fact():
    draft = _only(read_path(SAMPLE))
    body = _body(draft)
    told = "144,000 25,000 35,000 1,300 35 research 43% 10% 19,000 Rabanesse Pompidou COVID-19"
    assert [fact for fact in told.split() if fact not in body] == []
    assert [word for word in FURNITURE if word in body] == []
    assert len(draft.sources) == 12
    assert draft.proposals["city"].value == "Clermont-Ferrand"
    assert draft.proposals["year"].value == 2021
    assert draft.proposals["country"].value == "France"
