"""`add`, `withdraw`, `restore`, `history`: for people and for programs, also while the app runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.service import Assistant
from corpus.library import Library
from corpus.reading.intake import read_content
from index.embedding import Encoder
from index.store import Store
from index.sync import holds_exactly, sync_index
from tests.corpus.reading import made_files

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEARNING_CITY_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command while another program, the app, has the index."""
    app = Store(data / "index", Encoder().fingerprint)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        return status, *capsys.readouterr()

    yield run
    app.close()


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "pageflow.txt"
    path.write_bytes(made_files.pageflow_text())
    return path


def slugs(data: Path) -> set[str]:
    return {entry.slug for entry in Library(data / "stories").entries()}


def test_a_draft_is_shown_and_nothing_is_added_without_leave(run: Run, data: Path, story: Path):
    status, out, err = run("add", str(story))
    assert status == 1 and "say --yes" in err
    assert "195000" in out and "all of its 195,000 residents" in out
    assert "It becomes 2026-turku." in out
    assert not (data / "stories").exists()


def test_programs_see_a_draft_as_json(run: Run, story: Path, data: Path):
    status, out, _ = run("add", str(story), "--json")
    (draft,) = json.loads(out)["drafts"]
    assert status == 0 and draft["slug"] == "2026-turku" and draft["format"] == "pageflow"
    assert draft["fields"]["city"] == {"value": "Turku", "found": "title: “GNLC Awardee: Turku”"}
    assert draft["missing"] == ["themes"] or draft["fields"]["themes"]["value"]
    assert draft["sources"][0]["url"] == made_files.ADDRESS
    assert not (data / "stories").exists()


def test_a_story_is_added_with_who_and_why_while_the_app_has_the_index(
    run: Run, data: Path, story: Path
):
    arguments = ("--yes", "--json", "--who", "Ana", "--why", "award of 2026", "--themes", "culture")
    status, out, _ = run("add", str(story), *arguments)
    told = json.loads(out)
    assert status == 0 and told["index"] == "follows"
    assert told["added"][0]["did"] == "added"
    (change,) = json.loads(run("history", "2026-turku", "--json")[1])
    assert (change["who"], change["why"], change["kind"]) == ("Ana", "award of 2026", "added")
    assert Library(data / "stories").get("2026-turku").themes == ("culture",)


def test_what_is_said_goes_before_what_was_found(run: Run, data: Path, story: Path):
    run(
        "add", str(story), "--yes", "--country", "SE", "--year", "2024", "--themes", "Health, youth"
    )
    added = Library(data / "stories").get("2024-turku")
    assert (added.country, added.country_code, added.themes) == (
        "Sweden",
        "SE",
        ("health", "youth"),
    )


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("--year", "soon", "is no award year"),
        ("--country", "Atlantis", "is no country"),
        ("--region", "Europe", "is no UNESCO region"),
        ("--themes", "cooking", "is no theme"),
        ("--population", "many", "is no number of inhabitants"),
        ("--language", "English", "is no language code"),
    ],
)
def test_a_fact_that_cannot_be_one_is_told(
    run: Run, story: Path, field: str, value: str, told: str
):
    status, out, err = run("add", str(story), "--yes", field, value)
    assert (status, out) == (1, "") and told in err and err.count("\n") == 1


def test_the_same_story_is_refused_and_another_of_its_name_is_added_beside_it(
    run: Run, data: Path, story: Path
):
    said = ("--yes", "--themes", "culture")
    run("add", str(story), *said)
    assert "the very same text" in run("add", str(story), *said)[2]
    story.write_text(story.read_text("utf-8").replace("eleven", "twelve"), encoding="utf-8")
    shown = run("add", str(story), "--themes", "culture")[1]
    assert "Much of it stands in 2026-turku" in shown and "becomes 2026-turku-2" in shown
    assert "added 2026-turku-2" in run("add", str(story), *said)[1]
    assert {"2026-turku", "2026-turku-2"} <= slugs(data)


def test_a_story_takes_anothers_place_only_when_told_to(run: Run, data: Path, story: Path):
    said = ("--yes", "--themes", "culture")
    run("add", str(story), *said)
    story.write_text(story.read_text("utf-8").replace("eleven", "twelve"), encoding="utf-8")
    assert "replaced 2026-turku" in run("add", str(story), *said, "--replace")[1]
    out = run("history", "2026-turku", "--version", "2")[1]
    assert out.startswith("- A board of eleven") and "+ A board of twelve" in out
    run("restore", "2026-turku", "--version", "1")
    assert "eleven" in Library(data / "stories").get("2026-turku").body


def test_a_story_is_withdrawn_and_restored(run: Run, data: Path):
    assert run("withdraw", "2015-cork")[1].startswith("withdrew 2015-cork\n")
    assert "2015-cork" not in {s.slug for s in Library(data / "stories").stories()}
    assert json.loads(run("withdraw", "2015-cork", "--json")[1])["changed"] is False
    assert run("restore", "2015-cork")[1].startswith("restored 2015-cork\n")
    assert Library(data / "stories").get("2015-cork").city == "Cork"
    lines = run("history")[1].splitlines()
    assert [line.split()[3] for line in lines][:2] == ["restored", "withdrawn"]


@pytest.mark.parametrize("command", ["withdraw", "restore", "history"])
def test_an_unknown_story_is_told_with_near_ones(run: Run, command: str):
    assert "near are: 2021-dublin" in run(command, "2021-dubln")[2]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("nothing-here.pdf", "cannot be opened"),
        ("http://127.0.0.1/", "private network"),
        ("file:///etc/passwd", "only addresses that start with https"),
    ],
)
def test_what_cannot_be_had_is_told_and_changes_nothing(
    run: Run, data: Path, source: str, told: str
):
    status, out, err = run("add", source, "--yes")
    assert (status, out) == (1, "") and told in err and err.count("\n") == 1
    assert not (data / "stories").exists()


def test_one_bad_file_among_good_ones_leaves_all_out(run: Run, data: Path, story: Path):
    bad = story.with_name("bad.pdf")
    bad.write_bytes(made_files.pdf()[:500])
    assert "cut off" in run("add", str(story), str(bad), "--yes")[2]
    assert not (data / "stories").exists()


@pytest.mark.slow
def test_an_added_story_is_asked_about_and_cited_by_page(tmp_path: Path):
    library = Library(tmp_path / "stories", bundled=tmp_path / "no-bundled-stories")
    for name in ("turku.pdf", "turku.docx", "pageflow.txt"):
        (draft,) = read_content(made_files.FILES[name](), name)
        slug = f"2026-turku-{name.replace('.', '-')}"
        library.add(draft.story(slug=slug, themes=("culture",)))
    encoder = Encoder()
    store = Store(tmp_path / "index", encoder.fingerprint)
    sync_index(library.stories(), store, encoder)
    assert holds_exactly(store, library.stories())
    with Assistant(library, store, encoder) as assistant:
        answer, _ = assistant.answer("How many learners came aboard the river boats?")
    cited = {citation.story: citation for citation in answer.citations}
    assert "640 learners" in answer.text
    titles = [source.title for c in cited.values() for source in c.sources]
    assert any("page 3" in title for title in titles)
