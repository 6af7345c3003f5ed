"""The embedded language model as a network that can be trained, by an adapter of low rank.

The weights are those of the model file, read once and never changed. What is learned are the
adapter's two small matrices beside each matrix of attention (LoRA, Hu et al., 2021). Where there is
a graphics card, it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoTokenizer, PreTrainedTokenizerBase, Qwen2Config, Qwen2ForCausalLM

_RANK, _ALPHA = 16, 32.0
_NOTHING = -100
# The matrices that have an adapter: their names in the model file and in the network.
_ADAPTED = {"attn_q": "q_proj", "attn_k": "k_proj", "attn_v": "v_proj", "attn_output": "o_proj"}
_NAMES = {
    **{name: f"self_attn.{own}" for name, own in _ADAPTED.items()},
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_OUTSIDE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


@dataclass(frozen=True)
class Row:
    """Several prompts with their replies in one row of tokens; what they share stands there once.

    `tokens` and `positions`: (n,). `sees`: (n, n), which tokens a token may look at: those before
    it of its own prompt. `replied`: (n,), what is to follow a token; -100 where nothing is to be
    learned. `begins`: (n,), whether that is the first token of a reply.
    """

    tokens: Tensor
    positions: Tensor
    sees: Tensor
    replied: Tensor
    begins: Tensor

    def to(self, device: torch.device) -> Row:
        """Return the row on a device."""
        return Row(*(tensor.to(device) for tensor in vars(self).values()))


Tokens = Sequence[int]
Prompt = tuple[Tokens, Tokens]
"""A prompt, or what it has of its own, and the reply to it."""
Group = tuple[Tokens, Sequence[Prompt]]
"""What prompts share, and these prompts."""


def in_one_row(beginning: Tokens, groups: Sequence[Group]) -> Row:
    """Return prompts that begin alike, go on alike in each group, and end each in its own way.

    :param beginning: tokens of all prompts.
    :param groups: for each, the tokens of all its prompts, then what each prompt has of its own,
        and the reply to it.
    """
    tokens, positions = list(beginning), list(range(len(beginning)))
    of_group, of_prompt, replied = [0] * len(tokens), [0] * len(tokens), [_NOTHING] * len(tokens)
    begins = []
    for group, (shared, own) in enumerate(groups, 1):
        for prompt, (part, reply) in enumerate([(shared, ()), *own]):
            # What the last token of the reply is followed by is not learned.
            read = [*part, *reply[:-1]]
            start = len(beginning) + (len(shared) if prompt else 0)
            tokens += read
            positions += range(start, start + len(read))
            of_group += [group] * len(read)
            of_prompt += [prompt] * len(read)
            if prompt:
                begins.append(len(replied) + len(part) - 1)
            replied += [_NOTHING] * (len(read) - len(reply)) + list(reply)
    g, p = torch.tensor(of_group), torch.tensor(of_prompt)
    same_prompt = (p[None] == 0) | (p[None] == p[:, None])
    same = (g[None] == 0) | ((g[None] == g[:, None]) & same_prompt)
    before = torch.ones(len(tokens), len(tokens), dtype=torch.bool).tril()
    first = torch.zeros(len(tokens), dtype=torch.bool)
    first[begins] = True
    return Row(
        torch.tensor(tokens), torch.tensor(positions), before & same, torch.tensor(replied), first
    )


class AdaptedModel:
    """The model of a file with an adapter that can be trained and stored."""

    def __init__(self, file: Path) -> None:
        """Take the model from its file; the adapter changes nothing yet."""
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            str(file.parent), gguf_file=file.name
        )
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        whole = _network(file, self._device)
        self._output = whole.lm_head
        self._network = whole.model
        self._adapters: dict[str, Adapted] = {}
        for number, layer in enumerate(self._network.layers):
            for name, own in _ADAPTED.items():
                adapted = Adapted(getattr(layer.self_attn, own)).to(self._device)
                setattr(layer.self_attn, own, adapted)
                self._adapters[f"blk.{number}.{name}.weight"] = adapted

    def forget(self) -> None:
        """Take the adapter back to where it changes nothing."""
        for adapted in self._adapters.values():
            adapted.reset()

    @property
    def learned(self) -> list[nn.Parameter]:
        """What training changes."""
        return [matrix for each in self._adapters.values() for matrix in (each.down, each.up)]

    def losses(self, row: Row) -> tuple[Tensor, Tensor]:
        """Return how surprising the replies are, in nats: their first tokens, and the others."""
        row = row.to(self._device)
        learned = row.replied != _NOTHING
        scores = self._output(self._states(row)[learned]).float()
        each = functional.cross_entropy(scores, row.replied[learned], reduction="none")
        first = row.begins[learned]
        return each[first], each[~first]

    @torch.no_grad()
    def probabilities(self, row: Row, reply: str, other: str) -> list[float]:
        """Return how likely each prompt is replied to with one word and not with another."""
        row = row.to(self._device)
        one, two = (self.tokenizer.encode(word)[0] for word in (reply, other))
        scores = self._output(self._states(row)[row.begins]).float()
        likely: list[float] = (scores[:, one] - scores[:, two]).sigmoid().tolist()
        return likely

    def _states(self, row: Row) -> Tensor:
        """Return what the network makes of each token, (n, width)."""
        hidden = torch.zeros(row.sees.shape, dtype=torch.bfloat16, device=self._device)
        hidden.masked_fill_(~row.sees, torch.finfo(hidden.dtype).min)
        states: Tensor = self._network(
            input_ids=row.tokens[None],
            position_ids=row.positions[None],
            attention_mask=hidden[None, None],
            use_cache=False,
        ).last_hidden_state[0]
        return states

    def store(self, file: Path) -> None:
        """Write the adapter as llama.cpp reads it."""
        writer = gguf.GGUFWriter(file, "qwen2")
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", _ALPHA)
        for name, adapted in self._adapters.items():
            for suffix, matrix in (("lora_a", adapted.down), ("lora_b", adapted.up)):
                values = matrix.detach().float().cpu().numpy().astype(np.float16)
                writer.add_tensor(f"{name}.{suffix}", values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


class Adapted(nn.Module):
    """A matrix with an adapter beside it: x (., in) → x Wᵀ + α/r · x Aᵀ Bᵀ."""

    def __init__(self, base: nn.Linear) -> None:
        """Put one beside a matrix that is not changed."""
        super().__init__()
        self._base = base
        self.down = nn.Parameter(torch.empty(_RANK, base.in_features))
        self.up = nn.Parameter(torch.empty(base.out_features, _RANK))
        self.reset()

    @torch.no_grad()
    def reset(self) -> None:
        """Begin anew: beside the matrix stands nothing yet."""
        self.down.normal_(std=self._base.in_features**-0.5)
        self.up.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Return what both make of x."""
        between = functional.linear(x, self.down.to(x.dtype))
        beside = functional.linear(between, self.up.to(x.dtype))
        base: Tensor = self._base(x)
        return base + beside * (_ALPHA / _RANK)


def _network(file: Path, device: torch.device) -> Qwen2ForCausalLM:
    """Return the network with the file's weights as bfloat16, which processors multiply fast."""
    reader = gguf.GGUFReader(file)

    def number(name: str) -> int:
        return int(reader.fields[f"qwen2.{name}"].contents())

    weights = {}
    for tensor in reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        weights[_own_name(tensor.name)] = torch.from_numpy(values).bfloat16().to(device)
    config = Qwen2Config(
        vocab_size=len(weights["lm_head.weight"]),
        hidden_size=number("embedding_length"),
        intermediate_size=number("feed_forward_length"),
        num_hidden_layers=number("block_count"),
        num_attention_heads=number("attention.head_count"),
        num_key_value_heads=number("attention.head_count_kv"),
        rope_parameters={"rope_type": "default", "rope_theta": float(number("rope.freq_base"))},
        rms_norm_eps=1e-6,
        tie_word_embeddings=False,
    )
    with torch.device("meta"):
        network = Qwen2ForCausalLM(config)
    # On a graphics card fused attention gave every third step a gradient that is not finite.
    network.set_attn_implementation("eager")
    network.load_state_dict(weights, assign=True)
    network.model.rotary_emb = type(network.model.rotary_emb)(config).to(device)
    return network.requires_grad_(False)


def _own_name(name: str) -> str:
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{_NAMES[part]}.{kind}"
