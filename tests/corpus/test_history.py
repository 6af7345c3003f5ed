"""Every change is kept with who, when and why; nothing confirmed is lost by a kill."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.history import difference
from corpus.library import Library
from corpus.likeness import alike
from corpus.story import Story, lay_out

ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "stories")


def kinds(library: Library, slug: str) -> list[str]:
    return [change.kind for change in library.history.of(slug)]


def other_words(story: Story, **facts: object) -> Story:
    """Return the story with each paragraph's words in reverse: another text of the same length."""
    sections = lay_out(
        (s.title, [(" ".join(reversed(p.text.split())), p.sources) for p in s.paragraphs])
        for s in story.sections
    )
    return replace(story, sections=sections, **facts)


def test_a_change_is_kept_with_who_when_and_why(library: Library):
    library.withdraw("2015-cork", "Ana", "wrong  year\n")
    (found, withdrawn) = library.history.of("2015-cork")
    assert (found.kind, found.number) == ("found", 1)
    assert (withdrawn.kind, withdrawn.who, withdrawn.why) == ("withdrawn", "Ana", "wrong year")
    assert withdrawn.when.endswith("+00:00")


def test_what_a_change_replaces_stays_and_can_be_restored(library: Library):
    before = library.get("2021-dublin")
    library.save(replace(before, title="Second"), "Ana")
    library.save(replace(before, title="Third"), "Ben")
    assert kinds(library, "2021-dublin") == ["found", "replaced", "replaced"]
    assert library.restore_version("2021-dublin", 1, "Cy") == before == library.get("2021-dublin")
    assert library.restore_version("2021-dublin", 2).title == "Second"
    assert kinds(library, "2021-dublin")[3:] == ["restored", "restored"]


def test_an_edit_by_hand_is_kept_when_the_next_change_replaces_it(library: Library):
    path = library.save(replace(library.get("2021-dublin"), title="Second"))
    path.write_text(path.read_text("utf-8").replace("Second", "By hand"), encoding="utf-8")
    library.save(replace(library.get("2021-dublin"), title="Third"))
    assert "By hand" in library.history.version("2021-dublin", 3)


def test_a_withdrawn_story_that_is_corrected_stays_withdrawn(library: Library):
    story = library.get("2021-dublin")
    library.withdraw("2021-dublin")
    library.save(replace(story, title="Corrected"))
    assert "2021-dublin" not in {shown.slug for shown in library.stories()}
    library.restore_version("2021-dublin", 1)
    assert library.get("2021-dublin") == story


def test_a_version_that_is_not_there_is_told_with_those_that_are(library: Library):
    library.withdraw("2015-cork")
    with pytest.raises(CorpusError, match="has no version 9; there are: 1, 2"):
        library.restore_version("2015-cork", 9)


def test_the_very_same_text_is_refused_under_any_name(library: Library):
    copy = replace(library.get("2015-cork"), slug="2026-cork", year=2026)
    with pytest.raises(CorpusError, match="2015-cork has the very same text; there is nothing"):
        library.add(copy)
    with pytest.raises(CorpusError, match="nothing to add"):
        library.add(library.get("2015-cork"))
    library.withdraw("2015-cork")
    with pytest.raises(CorpusError, match="restore that one"):
        library.add(copy)


def test_facts_of_a_story_can_be_corrected_with_its_text_left_as_it_is(library: Library):
    library.add(replace(library.get("2015-cork"), title="Another title"))
    assert library.get("2015-cork").title == "Another title"


def test_a_near_duplicate_is_shown_paragraph_beside_paragraph(library: Library):
    known = library.get("2015-cork")
    story = replace(other_words(known), sections=(known.sections[0], *known.sections[2:]))
    (likeness, *_) = alike(story, library.stories())
    assert likeness.known.slug == "2015-cork" and likeness.share > 0.8
    assert all(own == other for own, other in likeness.pairs)


def test_stories_of_different_cities_are_not_taken_for_duplicates(library: Library):
    stories = library.stories()
    for story in stories[::6]:
        assert [like.known.slug for like in alike(story, stories)] == [story.slug]


def test_a_slug_that_is_or_was_taken_is_not_given_again(library: Library):
    assert library.free_slug("2026-turku") == "2026-turku"
    assert library.free_slug("2015-cork") == "2015-cork-2"
    library.save(other_words(library.get("2015-cork"), slug="2015-cork-2"))
    assert library.free_slug("2015-cork") == "2015-cork-3"


def test_the_stamp_tells_every_change(library: Library):
    stamps = [library.stamp()]
    path = library.save(replace(library.get("2021-dublin"), title="Second"))
    stamps.append(library.stamp())
    library.withdraw("2015-cork")
    stamps.append(library.stamp())
    path.write_text(path.read_text("utf-8").replace("Second", "Secund"), encoding="utf-8")
    stamps.append(library.stamp())
    assert len(set(stamps)) == 4 and library.stamp() == stamps[-1]


def test_a_difference_shows_what_went_and_what_came():
    lines = difference("One.\n\nTwo.\n", "One.\n\nTwo, mended.\n")
    assert lines == ((" ", "One."), ("-", "Two."), ("+", "Two, mended."))


@pytest.mark.parametrize("stage", ["noted", "made"])
def test_a_change_that_was_stopped_is_brought_to_its_end(library: Library, stage: str):
    story = library.get("2021-dublin")
    path = library.save(replace(story, title="Second"), "Ana", "first")
    second = path.read_bytes()
    library.save(replace(story, title="Third"), "Ben", "second")
    record = path.parent / "history/2021-dublin/0003.json"
    record.rename(path.parent / "history/underway.json")
    if stage == "noted":
        path.write_bytes(second)
    library.withdraw("2015-cork")
    assert library.get("2021-dublin").title == "Third"
    assert [c.who for c in library.history.of("2021-dublin")] == ["", "Ana", "Ben"]


def test_a_stopped_change_does_not_undo_an_edit_by_hand(library: Library):
    story = library.get("2021-dublin")
    path = library.save(replace(story, title="Second"))
    (path.parent / "history/2021-dublin/0002.json").rename(path.parent / "history/underway.json")
    path.write_text(path.read_text("utf-8").replace("Second", "By hand"), encoding="utf-8")
    library.withdraw("2015-cork")
    assert library.get("2021-dublin").title == "By hand"


CHANGES = """
import json, random, sys
from dataclasses import replace
from pathlib import Path
from corpus.library import Library
library, dice = Library(Path(sys.argv[1])), random.Random(int(sys.argv[3]))
story = library.get("2021-dublin") if sys.argv[2] != "withdraw" else None
for number in range(10_000):
    if sys.argv[2] == "withdraw":
        done = ("shown", "withdrawn")[number % 2 == 0]
        (library.withdraw if number % 2 == 0 else library.restore)("2015-cork", "x", str(number))
        told = {"slug": "2015-cork", "state": done}
    else:
        slug = f"2026-town-{number}" if sys.argv[2] == "add" else "2021-dublin"
        library.save(replace(story, slug=slug, title=f"Title {number}"), "x", str(number))
        told = {"slug": slug, "state": f"Title {number}"}
    print(json.dumps(told), flush=True)
"""


def _killed(folder: Path, what: str, seed: int) -> list[dict[str, str]]:
    """Change a library in another process, kill it, and return what it had confirmed."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHANGES, str(folder), what, str(seed)],
        stdout=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    confirmed = [process.stdout.readline()]
    time.sleep(random.Random(seed).uniform(0, 0.3))
    process.kill()
    confirmed += process.stdout.readlines()
    process.wait()
    return [json.loads(line) for line in confirmed if line.endswith("\n")]


def _state(library: Library, slug: str) -> str:
    entry = next(entry for entry in library.entries() if entry.slug == slug)
    return "withdrawn" if entry.status == "withdrawn" else entry.story.title


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.parametrize("what", ["add", "replace", "withdraw"])
def test_nothing_confirmed_is_missing_after_a_kill(what: str, times: int, tmp_path: Path):
    folder = tmp_path / "stories"
    for seed in range(times):
        confirmed = _killed(folder, what, seed)
        library = Library(folder)
        assert library.faults() == ()
        library.withdraw("2017-bristol") or library.restore("2017-bristol")
        assert library.history.noted() is None
        slug = confirmed[-1]["slug"]
        last = _state(library, slug) if what != "withdraw" else ""
        if what == "add":
            assert all(_state(library, told["slug"]) == told["state"] for told in confirmed)
        elif what == "replace":
            # Confirmed, or the one after it that was on its way.
            number = int(confirmed[-1]["state"].split()[1])
            assert last in (f"Title {number}", f"Title {number + 1}")
        newest = library.history.of(slug)[-1]
        assert newest.kind != "withdrawn" or _state(library, slug) == "withdrawn"
        if newest.text is not None:
            assert (folder / f"{slug}.md").read_text("utf-8") == newest.text
