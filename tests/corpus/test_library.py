"""The library: bundled stories, staff's own over them, and nothing lost when a write fails."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "stories")


def statuses(library: Library) -> dict[str, str]:
    return {entry.slug: entry.status for entry in library.entries()}


def test_a_new_library_shows_the_bundled_stories_by_slug(library: Library) -> None:
    slugs = [story.slug for story in library.stories()]
    assert len(slugs) == 58
    assert slugs == sorted(slugs)
    assert library.faults() == ()


def test_a_saved_story_is_shown_and_seen_by_another_library_of_the_same_folder(
    library: Library, tmp_path: Path
) -> None:
    other = Library(tmp_path / "stories")
    other.stories()
    story = replace(library.get("2021-dublin"), slug="2026-dublin", year=2026)
    library.save(story)
    assert other.get("2026-dublin") == story
    assert statuses(library)["2026-dublin"] == "added"


def test_staffs_story_replaces_the_bundled_one_of_its_slug(library: Library) -> None:
    corrected = replace(library.get("2021-dublin"), title="Dublin, corrected")
    library.save(corrected)
    assert library.get("2021-dublin").title == "Dublin, corrected"
    assert len(library.stories()) == 58
    assert statuses(library)["2021-dublin"] == "replaced"


def test_a_withdrawn_story_is_hidden_until_it_is_restored(library: Library) -> None:
    assert library.withdraw("2015-cork")
    assert not library.withdraw("2015-cork")
    assert "2015-cork" not in {story.slug for story in library.stories()}
    assert statuses(library)["2015-cork"] == "withdrawn"
    with pytest.raises(CorpusError, match="withdrawn; restore it"):
        library.get("2015-cork")
    assert library.restore("2015-cork")
    assert not library.restore("2015-cork")
    assert library.get("2015-cork").city == "Cork"


def test_an_unknown_slug_is_told_with_near_ones(library: Library) -> None:
    with pytest.raises(CorpusError, match="near are: 2021-dublin"):
        library.get("2021-dubln")
    with pytest.raises(CorpusError, match="2015-cork"):
        library.withdraw("cork")


@pytest.mark.parametrize("slug", ["../etc", "", "A b", "a" * 101, ".hidden", "2021-dublin.md"])
def test_a_slug_that_could_leave_the_folder_is_refused(library: Library, slug: str) -> None:
    with pytest.raises(CorpusError, match="cannot be a story's slug"):
        library.save(replace(library.get("2021-dublin"), slug=slug))


def test_a_broken_file_is_left_out_and_told_and_the_rest_is_shown(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / "2021-dublin.md").write_text("---\ntitle: [", encoding="utf-8")
    (folder / "2022-nowhere.md").write_bytes(b"\xff\xfe\x00")
    (folder / "Bad Name.md").write_text("x", encoding="utf-8")
    assert len(library.stories()) == 58
    assert library.get("2021-dublin").city == "Dublin"
    assert {fault.file for fault in library.faults()} == {
        "2021-dublin.md",
        "2022-nowhere.md",
        "Bad Name.md",
    }


def test_a_mended_file_is_shown_again(library: Library) -> None:
    path = library.save(replace(library.get("2021-dublin"), title="Ours"))
    good = path.read_text(encoding="utf-8")
    path.write_text("broken", encoding="utf-8")
    assert library.get("2021-dublin").title != "Ours"
    path.write_text(good, encoding="utf-8")
    assert library.get("2021-dublin").title == "Ours"


def test_a_library_without_a_folder_of_its_own_cannot_be_changed() -> None:
    library = Library(None)
    with pytest.raises(CorpusError, match="no folder of its own"):
        library.save(library.get("2021-dublin"))


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    library = Library(tmp_path / "file" / "stories")
    with pytest.raises(CorpusError, match="could not be saved in the folder"):
        library.save(library.get("2021-dublin"))
    assert len(library.stories()) == 58


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write to any folder")
def test_a_folder_that_may_not_be_written_keeps_its_content(library: Library) -> None:
    path = library.save(library.get("2021-dublin"))
    path.parent.chmod(0o500)
    try:
        with pytest.raises(CorpusError, match="may not be written to; make it writable"):
            library.save(replace(library.get("2021-dublin"), title="New"))
    finally:
        path.parent.chmod(0o700)
    assert library.get("2021-dublin").title != "New"


_SAVE_WITH_NO_SPACE = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from corpus.errors import CorpusError
from corpus.library import Library
library = Library(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    library.save(replace(library.get("2021-dublin"), title="New"))
except CorpusError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(
    not hasattr(resource, "RLIMIT_FSIZE") or not hasattr(signal, "SIGXFSZ"),
    reason="needs a limit on file size to play a full disk",
)
def test_a_full_disk_is_told_and_the_old_story_is_still_there(
    library: Library, tmp_path: Path
) -> None:
    library.save(replace(library.get("2021-dublin"), title="Old"))
    done = subprocess.run(
        [sys.executable, "-c", _SAVE_WITH_NO_SPACE, str(tmp_path / "stories")],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )
    assert "the disk is full; free some space" in done.stderr
    assert "Traceback" not in done.stderr
    assert library.get("2021-dublin").title == "Old"
    assert [path.name for path in (tmp_path / "stories").glob("[!.]*.*")] == ["2021-dublin.md"]
    assert [change.kind for change in library.history.of("2021-dublin")] == ["found", "replaced"]


def test_a_second_look_at_an_unchanged_library_takes_milliseconds(library: Library) -> None:
    library.stories()
    start = time.process_time()
    library.stories()
    assert time.process_time() - start < 0.05
