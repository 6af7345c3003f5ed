"""The 4-bit file of multilingual-e5-small, read into the float32 tensors of a BERT encoder.

The file is little-endian: a header with the shape of the network, a vocabulary, a normalisation
table, then a directory of tensors. The vocabulary and the table are passed over, because the
tokenizer comes as a file of its own.
"""

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFailure

_MAGIC = b"E5S1"
_BLOCK = 32
# One block of 32 weights: a half-precision scale, then 16 bytes with two weights each.
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
_FLOAT, _FOUR_BIT = 0, 1

_OF_MODEL = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_OF_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_ROLES = {"w": "weight", "b": "bias"}


class Shape(NamedTuple):
    """The sizes a BERT encoder is built with, as the file's header gives them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


class _Entry(NamedTuple):
    name: str
    kind: int
    weights: int
    offset: int
    length: int


def read_tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return every tensor of the file at `path` under the name a `BertModel` gives it.

    Raises IndexFailure if the file is not of this format or ends too early.
    """
    data = path.read_bytes()
    try:
        shape, entries = _read_directory(data)
        return {_bert_name(e.name): _tensor(data, e, _dimensions(e.name, shape)) for e in entries}
    except (struct.error, ValueError, KeyError) as fault:
        raise IndexFailure(
            f"The model file {path.name} cannot be read as 4-bit weights ({fault}); "
            "delete it and fetch the weights again."
        ) from fault


def _read_directory(data: bytes) -> tuple[Shape, list[_Entry]]:
    """Return the network's shape and where each tensor lies in `data`."""
    if data[:4] != _MAGIC:
        raise ValueError("it does not begin as such a file does")
    at = 4 + 4  # the magic and the version
    shape = Shape(*struct.unpack_from("<7i", data, at))
    at += 7 * 4 + 4  # the shape and the layer-norm epsilon
    (block,) = struct.unpack_from("<i", data, at)
    if block != _BLOCK:
        raise ValueError(f"its blocks hold {block} weights instead of {_BLOCK}")
    (pieces,) = struct.unpack_from("<i", data, at + 4)
    at += 4 + 5 * 4
    (text_length,) = struct.unpack_from("<Q", data, at)
    at += 8 + (pieces + 1) * 4 + pieces * 4 + text_length
    _, table_length = struct.unpack_from("<iI", data, at)
    at += 8 + table_length
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    entries = []
    for _ in range(count):
        (name_length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + name_length].decode("ascii")
        at += 2 + name_length
        entries.append(_Entry(name, *struct.unpack_from("<BIQQ", data, at)))
        at += struct.calcsize("<BIQQ")
    return shape, entries


def _tensor(data: bytes, entry: _Entry, dimensions: tuple[int, ...]) -> NDArray[np.float32]:
    """Return one tensor as float32, its 4-bit blocks unpacked."""
    raw = data[entry.offset : entry.offset + entry.length]
    if len(raw) != entry.length:
        raise ValueError(f"it ends within {entry.name}")
    if entry.kind == _FLOAT:
        return np.frombuffer(raw, "<f4").astype(np.float32).reshape(dimensions)
    if entry.kind != _FOUR_BIT:
        raise ValueError(f"{entry.name} is of the unknown kind {entry.kind}")
    blocks = np.frombuffer(raw, _BLOCK_TYPE)
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(dimensions)


def _bert_name(name: str) -> str:
    """Return the name of a `BertModel` parameter for the file's short `name`."""
    if name in _OF_MODEL:
        return _OF_MODEL[name]
    layer, part, role = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_OF_LAYER[part]}.{_ROLES[role]}"


def _dimensions(name: str, shape: Shape) -> tuple[int, ...]:
    """Return the dimensions of the tensor called `name`: (outputs, inputs) for a matrix."""
    embeddings = {
        "emb.word": shape.vocabulary,
        "emb.pos": shape.positions,
        "emb.type": shape.token_types,
    }
    if name in embeddings:
        return embeddings[name], shape.hidden
    *_, part, role = name.split(".")
    outputs = shape.feed_forward if part == "fi" else shape.hidden
    if role == "b" or part in ("ln", "aln", "oln"):
        return (outputs,)
    return outputs, shape.feed_forward if part == "fo" else shape.hidden
