"""The language model behind an OpenAI-compatible address, and the embedded one.

Both are asked in the same way, over HTTP: another model is another address. The embedded one is
llama.cpp, served inside this process on a loopback port of its own behind a key of its own.
"""

from __future__ import annotations

import math
import os
import re
import secrets
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import AssistantError
from assistant.settings import EMBEDDED, NO_MODEL, Settings

if TYPE_CHECKING:
    from httpx2 import Timeout
    from openai import OpenAI

Role = Literal["system", "user", "assistant"]

# What a beginning, one question, its evidence and its answer take, with room for long questions,
# in tokens.
_CONTEXT = 3072
# Larger batches are no faster on two cores and take more memory.
_BATCH = 256
# The longest time reading the unchanging beginning ahead may take; it is done once, in seconds.
_READING_AHEAD = 300.0
# An address where nobody listens is told sooner than a model that thinks, in seconds.
_CONNECTING = 5.0
# After a failure the model is left alone for so many seconds, so that readers do not wait for it.
_PAUSE = 20.0
# The likeliest first words among which "yes" and "no" are looked for.
_LOOKED_AT = 10
# What a server answers when this one request is at fault: too long for it, say.
_REQUEST_AT_FAULT = (400, 413, 422)
_FIRST_WORD = re.compile(r"\W*(\w+)")
_OTHER_FORM = "its reply is in another form than agreed"


class ModelFailure(AssistantError):
    """The language model did not do what it was asked; the text says why in a few words."""


@dataclass(frozen=True)
class Message:
    """One turn of what the model is given to read."""

    role: Role
    content: str


@dataclass(frozen=True)
class Beginning:
    """What all prompts of one kind begin with.

    `adapter`: the file of what the embedded model has learned for these prompts; None where it is
    asked as it is.
    """

    messages: tuple[Message, ...]
    adapter: Path | None = None

    def begins(self, messages: Sequence[Message]) -> bool:
        """Tell whether a prompt begins so."""
        return tuple(messages[: len(self.messages)]) == self.messages


@dataclass(frozen=True)
class Piece:
    """A part of a reply, and what could have begun it instead, with its probability."""

    text: str
    likely: Mapping[str, float]


class LanguageModel:
    """A model behind an address; may be shared between threads.

    `taught`: whether it has learned to judge single sentences and needs no examples for that.
    """

    taught = False

    def __init__(self, address: str, name: str, key: str, seconds: float) -> None:
        """Use the model at an address.

        :param address: up to and with `/v1`.
        :param name: what the server calls the model.
        :param key: "" where the server wants none.
        :param seconds: the longest time one answer may take, waiting included.
        """
        self._address, self._name, self._key, self._seconds = address, name, key, seconds
        self._client: OpenAI | None = None
        self._lock = threading.Lock()
        self._rests_until = 0.0

    @property
    def ready(self) -> bool:
        """Whether it makes sense to ask now: a model that just failed is left alone a while."""
        return time.monotonic() >= self._rests_until

    def wait(self) -> None:
        """Return when the model is ready.

        :raises ModelFailure: it cannot be made ready.
        """

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()

    def stream(self, messages: Sequence[Message], longest: int) -> Generator[str, None, None]:
        """Yield the model's reply, piece by piece; closing the iterator stops the model.

        :param longest: how many tokens it may take.
        :raises ModelFailure: it does not answer, or not in the agreed form, or breaks off.
        """
        for piece in self._pieces(messages, longest, self._seconds):
            yield piece.text

    def yes(self, messages: Sequence[Message]) -> float:
        """Return how likely the model answers "yes" rather than "no", from 0 to 1.

        A server that gives no probabilities is taken at its word: 0 or 1, and 0.5 for anything
        else than yes or no.

        :raises ModelFailure: it does not answer, or not in the agreed form, or breaks off.
        """
        wanted = {"logprobs": True, "top_logprobs": _LOOKED_AT}
        pieces = list(self._pieces(messages, 1, self._seconds, **wanted))
        likely = pieces[0].likely if pieces else {}
        return _share_of_yes(likely, "".join(piece.text for piece in pieces))

    def _pieces(
        self, messages: Sequence[Message], longest: int, seconds: float, **wanted: Any
    ) -> Generator[Piece, None, None]:
        with self._asking():
            client = self._connected()
            started = time.monotonic()
            reply = client.chat.completions.create(
                model=self._name,
                messages=_wire(messages),
                temperature=0,
                max_tokens=longest,
                stream=True,
                timeout=_patience(seconds),
                extra_body=self._kept_in(messages),
                **wanted,
            )
            ended = False
            # A server may keep the connection alive for ever without a word of the reply.
            limit = threading.Timer(seconds, reply.close)
            limit.daemon = True
            limit.start()
            try:
                for chunk in reply:
                    if not chunk.choices:
                        continue
                    ended = ended or chunk.choices[0].finish_reason is not None
                    text = chunk.choices[0].delta.content or ""
                    if not isinstance(text, str):
                        raise ModelFailure(_OTHER_FORM)
                    if text:
                        yield Piece(text, _likely(chunk.choices[0]))
            except Exception as failure:
                if time.monotonic() - started < seconds:
                    raise
                raise ModelFailure(f"it took longer than {seconds:g} seconds") from failure
            finally:
                limit.cancel()
                reply.close()
            if not ended:
                raise ModelFailure("its reply broke off")

    def _kept_in(self, messages: Sequence[Message]) -> dict[str, Any]:
        """Return what a server is told, beside the agreed form, about what it has read before."""
        return {}

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn whatever a server does wrong into a ModelFailure, and rest after it."""
        from httpx2 import HTTPError, InvalidURL
        from openai import APIStatusError, APITimeoutError, OpenAIError

        try:
            yield
        except ModelFailure:
            self._rest()
            raise
        except APITimeoutError as failure:
            self._rest()
            raise ModelFailure("it did not answer in time") from failure
        except APIStatusError as failure:
            if failure.status_code not in _REQUEST_AT_FAULT:
                self._rest()
            raise ModelFailure(f"it answered with error {failure.status_code}") from failure
        except (OpenAIError, HTTPError, InvalidURL, OSError) as failure:
            self._rest()
            raise ModelFailure("it cannot be reached or broke off") from failure
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as failure:
            self._rest()
            raise ModelFailure(_OTHER_FORM) from failure

    def _rest(self) -> None:
        self._rests_until = time.monotonic() + _PAUSE

    def _connected(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                from openai import OpenAI  # takes a second to import

                self._client = OpenAI(
                    base_url=self._address, api_key=self._key or "none", max_retries=0
                )
            return self._client


class EmbeddedModel(LanguageModel):
    """The model that comes with the assistant, served inside this process.

    It gets ready in a thread of its own, and after a failure tries that again when it is asked for.
    """

    taught = True

    def __init__(self, seconds: float, beginnings: Sequence[Beginning]) -> None:
        """Begin to fetch and load it.

        :param beginnings: what prompts begin with, one for each kind; they are read ahead, once.
        """
        super().__init__("", "embedded", secrets.token_urlsafe(24), seconds)
        self._beginnings = beginnings
        self._adapters = [b.adapter for b in beginnings if b.adapter is not None]
        self._server: Any = None
        self._failure: ModelFailure | None = None
        self._opening = threading.Thread()
        self._closed = False
        self._open()

    @property
    def ready(self) -> bool:
        """Whether it is loaded and did not just fail; if it failed, it is opened again."""
        rested = super().ready
        if rested and self._server is None:
            self._open()
        return rested and self._server is not None

    def wait(self) -> None:
        """Return when the model is loaded.

        :raises ModelFailure: its file can be neither found nor fetched, or is no model.
        """
        self._opening.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Stop serving; what is being written breaks off."""
        super().close()
        self._closed = True
        self._server = None  # llama.cpp stops when nothing holds its server

    def _open(self) -> None:
        with self._lock:
            if self._opening.is_alive() or self._closed:
                return
            self._opening = threading.Thread(target=self._load, name="language model", daemon=True)
            self._opening.start()

    def _load(self) -> None:
        from index.errors import IndexFailure
        from index.weights import LANGUAGE_MODELS, fetch

        weights = LANGUAGE_MODELS["qwen-coder-1.5b"]
        try:
            folder = fetch(weights)
            path = str(folder / weights.files[0].name)
            slots = max(1, len(self._beginnings))
            server = _serve(path, self._key, slots, self._adapters)
            # An earlier server, given up, had another address.
            self._address, self._client = f"{server.listening_address}/v1", None
            for beginning in self._beginnings:
                ahead = (*beginning.messages, Message("user", "?"))
                for _ in self._pieces(ahead, 1, _READING_AHEAD):
                    pass
        except (IndexFailure, ModelFailure, OSError) as failure:
            self._failure = ModelFailure(str(failure).rstrip("."))
            self._rest()
            return
        self._failure = None
        if not self._closed:
            self._server = server

    def _kept_in(self, messages: Sequence[Message]) -> dict[str, Any]:
        # llama.cpp keeps what it has read in slots. Each beginning has its own, or prompts of the
        # other kind would take its place. No adapter speaks where none is named.
        for slot, beginning in enumerate(self._beginnings):
            if beginning.begins(messages):
                lora = [
                    {"id": number, "scale": float(adapter == beginning.adapter)}
                    for number, adapter in enumerate(self._adapters)
                ]
                return {"id_slot": slot, "lora": lora}
        return {}


def _serve(path: str, key: str, slots: int, adapters: Sequence[Path]) -> Any:
    """Return a server of the model file, listening on a free loopback port.

    :param slots: how many beginnings it can keep read.
    :param adapters: files of adapters that a request can name.
    """
    try:
        import xllamacpp
    except ImportError as failure:
        raise ModelFailure(
            "llama.cpp cannot be loaded on this machine: name a server by LEARNING_CITY_LLM"
        ) from failure
    settings = xllamacpp.CommonParams()
    settings.model.path = path
    settings.hostnames, settings.port, settings.api_keys = ["127.0.0.1"], 0, [key]
    settings.n_ctx, settings.n_batch, settings.n_ubatch = slots * _CONTEXT, _BATCH, _BATCH
    settings.n_parallel = slots  # who comes second has the quotes meanwhile
    settings.cache_ram_mib = 0
    for adapter in adapters:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = str(adapter), 0.0
        settings.lora_adapters = [*settings.lora_adapters, lora]
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = os.cpu_count() or 1
    # Weights repacked for the processor write a quarter faster. They are a copy, so that the file
    # is read and not mapped: together that takes no more memory.
    settings.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    settings.ui = settings.endpoint_slots = settings.warmup = False
    settings.verbosity = 0
    try:
        return xllamacpp.Server(settings)
    except RuntimeError as failure:
        raise ModelFailure(
            f"the model file {path} cannot be loaded: run 'learning-city weights' to mend it"
        ) from failure


def open_model(settings: Settings, beginnings: Sequence[Beginning]) -> LanguageModel | None:
    """Return the language model that the settings name; None where they want none.

    :param beginnings: what prompts begin with, one for each kind.
    """
    if settings.llm == NO_MODEL:
        return None
    if settings.llm == EMBEDDED:
        return EmbeddedModel(settings.llm_seconds, beginnings)
    return LanguageModel(settings.llm, settings.llm_model, settings.llm_key, settings.llm_seconds)


def _patience(seconds: float) -> Timeout:
    from httpx2 import Timeout

    return Timeout(seconds, connect=min(seconds, _CONNECTING))


def _wire(messages: Sequence[Message]) -> Any:
    # llama.cpp takes "<|im_end|>" in a reader's question for the end of the reader's turn.
    return [
        {"role": message.role, "content": message.content.replace("<|", "< |")}
        for message in messages
    ]


def _likely(choice: Any) -> dict[str, float]:
    """Return what could have stood in a piece's place, with probabilities."""
    if not choice.logprobs or not choice.logprobs.content:
        return {}
    tokens = choice.logprobs.content[0].top_logprobs
    return {token.token: math.exp(min(0.0, token.logprob)) for token in tokens}


def _share_of_yes(likely: Mapping[str, float], text: str) -> float:
    # The words as they are asked for tell best; a model may also write them in capitals.
    said = {word: likely.get(word, 0.0) for word in ("yes", "no")}
    if not all(said.values()):
        said = {
            word: sum(p for token, p in likely.items() if token.strip().casefold() == word)
            for word in said
        }
    first = _FIRST_WORD.match(text)
    if not any(said.values()) and first and first[1].casefold() in said:
        said[first[1].casefold()] = 1.0
    total = sum(said.values())
    return said["yes"] / total if total else 0.5
