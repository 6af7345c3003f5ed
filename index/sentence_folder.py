"""The small files that make a folder of BERT weights a sentence-transformers model."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WIDTH, _HEADS, _FEED_FORWARD = 384, 12, 1536


@dataclass(frozen=True)
class EncoderShape:
    """What differs between the BERT encoders of width 384 used here.

    `tokens` is the longest input, prompts and special tokens included; `padding` is the padding
    token and its number in the vocabulary.
    """

    layers: int
    vocabulary: int
    tokens: int
    padding: tuple[str, int]
    question_prompt: str
    passage_prompt: str


def write_configuration(folder: Path, shape: EncoderShape) -> None:
    """Write every file but weights and tokenizer: mean pooling, unit length, the two prompts."""
    for name, text in _files(shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "2_Normalize").mkdir(exist_ok=True)


def is_configured(folder: Path, shape: EncoderShape) -> bool:
    """Return whether all that `write_configuration` writes is there, to the letter."""
    try:
        return all(
            (folder / name).read_text("utf-8") == text for name, text in _files(shape).items()
        )
    except (OSError, ValueError):
        return False


def _files(shape: EncoderShape) -> dict[str, str]:
    return {name: json.dumps(c, indent=2) + "\n" for name, c in _contents(shape).items()}


def _contents(shape: EncoderShape) -> dict[str, Any]:
    token, number = shape.padding
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": _WIDTH,
            "num_attention_heads": _HEADS,
            "num_hidden_layers": shape.layers,
            "intermediate_size": _FEED_FORWARD,
            "hidden_act": "gelu",
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": 512,
            "type_vocab_size": 2,
            "vocab_size": shape.vocabulary,
            "pad_token_id": number,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "pad_token": token,
            "model_max_length": shape.tokens,
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": _WIDTH,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
        },
        "sentence_bert_config.json": {"max_seq_length": shape.tokens, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": shape.question_prompt, "passage": shape.passage_prompt},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
