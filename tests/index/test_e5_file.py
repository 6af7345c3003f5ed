"""The 4-bit file becomes the tensors of a BERT encoder, or it is told why not."""

import struct
from pathlib import Path

import numpy as np
import pytest

from index.e5_file import read_tensors
from index.errors import IndexFailure

HIDDEN, VOCABULARY = 32, 3
SCALES = np.array([0.5, -0.25, 2.0], np.float16)
NIBBLES = np.arange(VOCABULARY * HIDDEN).reshape(VOCABULARY, HIDDEN) * 7 % 16


def packed() -> bytes:
    """Return the 4-bit blocks of the word embeddings: low nibbles hold the first half."""
    blocks = b""
    for scale, row in zip(SCALES, NIBBLES, strict=True):
        blocks += scale.tobytes() + (row[:16] | row[16:] << 4).astype(np.uint8).tobytes()
    return blocks


def write_file(path: Path, tensors: list[tuple[str, int, int, bytes]], block: int = 32) -> None:
    """Write a file of this format with the (name, kind, weights, bytes) given."""
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 1, 64, VOCABULARY, 4, 2, 1e-12, block)
    head += struct.pack("<5iQ", 2, 0, 2, 1, 3, 5) + bytes(3 * 4 + 2 * 4) + b"a table"[:5]
    head += struct.pack("<iI", 1, 6) + b"normal" + struct.pack("<i", len(tensors))
    directory_size = sum(2 + len(name) + struct.calcsize("<BIQQ") for name, *_ in tensors)
    at, directory = len(head) + directory_size, b""
    for name, kind, weights, data in tensors:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, weights, at, len(data))
        at += len(data)
    path.write_bytes(head + directory + b"".join(data for *_, data in tensors))


def test_a_weight_is_its_nibble_less_eight_times_the_scale_of_its_block(tmp_path: Path) -> None:
    write_file(tmp_path / "f", [("emb.word", 1, NIBBLES.size, packed())])
    (word,) = read_tensors(tmp_path / "f").values()
    assert np.array_equal(word, (NIBBLES - 8) * SCALES.astype(np.float32)[:, None])


def test_tensors_have_the_names_and_dimensions_of_a_bert_encoder(tmp_path: Path) -> None:
    bias = np.arange(64, dtype="<f4")
    matrix = np.arange(64 * HIDDEN, dtype="<f4")
    write_file(
        tmp_path / "f",
        [
            ("l0.fi.b", 0, 64, bias.tobytes()),
            ("l0.fo.w", 0, matrix.size, matrix.tobytes()),
            ("l0.fi.w", 0, matrix.size, matrix.tobytes()),
            ("l0.oln.w", 0, HIDDEN, bias[:HIDDEN].tobytes()),
        ],
    )
    tensors = read_tensors(tmp_path / "f")
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "encoder.layer.0.intermediate.dense.bias": (64,),
        "encoder.layer.0.output.dense.weight": (HIDDEN, 64),
        "encoder.layer.0.intermediate.dense.weight": (64, HIDDEN),
        "encoder.layer.0.output.LayerNorm.weight": (HIDDEN,),
    }
    assert np.array_equal(tensors["encoder.layer.0.intermediate.dense.bias"], bias)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: b"GGUF" + data[4:],
        lambda data: data[:60],
        lambda data: data[:-1],
        lambda data: data.replace(b"emb.word", b"emb.worm"),
    ],
    ids=["empty", "another format", "header only", "cut short", "unknown tensor"],
)
def test_a_file_that_is_not_of_this_format_is_told_of(tmp_path: Path, spoil) -> None:
    path = tmp_path / "weights.bin"
    write_file(path, [("emb.word", 1, NIBBLES.size, packed())])
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(IndexFailure, match=r"weights\.bin cannot be read as 4-bit weights"):
        read_tensors(path)


def test_another_block_length_is_refused(tmp_path: Path) -> None:
    write_file(tmp_path / "f", [("emb.word", 1, NIBBLES.size, packed())], block=64)
    with pytest.raises(IndexFailure, match="64 weights instead of 32"):
        read_tensors(tmp_path / "f")
