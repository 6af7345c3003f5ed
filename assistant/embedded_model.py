"""The language model that comes with the assistant: llama.cpp, served inside this process.

It is asked as any other, over HTTP, on a loopback port of its own behind a key of its own.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.language_model import LanguageModel, Message, ModelFailure
from assistant.settings import EMBEDDED, NO_MODEL, Settings

# What a beginning, one question, a sentence and the answer take, with room for long questions, in
# tokens.
_CONTEXT = 3072
# Larger batches are no faster on two cores and take more memory.
_BATCH = 256
# The longest time reading the unchanging beginning ahead may take; it is done once, in seconds.
_READING_AHEAD = 300.0


@dataclass(frozen=True)
class Beginning:
    """What the prompts begin with that the model has learned, and the adapter for them."""

    messages: tuple[Message, ...]
    adapter: Path

    def begins(self, messages: Sequence[Message]) -> bool:
        """Tell whether a prompt begins so."""
        return tuple(messages[: len(self.messages)]) == self.messages


class EmbeddedModel(LanguageModel):
    """The model that comes with the assistant, served inside this process.

    It gets ready in a thread of its own, and after a failure tries that again when it is asked for.
    """

    def __init__(self, seconds: float, beginning: Beginning | None = None) -> None:
        """Begin to fetch and load it.

        :param beginning: of the prompts that it is asked with most; read ahead, once.
        """
        super().__init__("", "embedded", secrets.token_urlsafe(24), seconds)
        self.taught = beginning is not None
        self._beginning = beginning
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
            server = _serve(path, self._key, self._beginning.adapter if self._beginning else None)
            # An earlier server, given up, had another address.
            self._address, self._client = f"{server.listening_address}/v1", None
            if self._beginning:
                ahead = (*self._beginning.messages, Message("user", "?"))
                for _ in self._pieces(ahead, 1, _READING_AHEAD):
                    pass
        except (IndexFailure, ModelFailure, OSError) as failure:
            self._failure = ModelFailure(str(failure).rstrip("."))
            self._rest()
            return
        self._failure = None
        if not self._closed:
            self._server = server

    def _beside(self, messages: Sequence[Message]) -> dict[str, Any]:
        # The adapter speaks only where it is named.
        learned = self._beginning is not None and self._beginning.begins(messages)
        return {"lora": [{"id": 0, "scale": 1.0}]} if learned else {}


def _serve(path: str, key: str, adapter: Path | None) -> Any:
    """Return a server of the model file, listening on a free loopback port.

    :param adapter: the file of what it has learned; a request says whether it counts.
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
    settings.n_ctx, settings.n_batch, settings.n_ubatch = _CONTEXT, _BATCH, _BATCH
    settings.n_parallel = 1  # on two cores two would each take twice as long
    settings.cache_ram_mib = 0
    if adapter is not None:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = str(adapter), 0.0
        settings.lora_adapters = [lora]
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


def open_model(settings: Settings, beginning: Beginning | None = None) -> LanguageModel | None:
    """Return the language model that the settings name; None where they want none.

    :param beginning: see `EmbeddedModel`.
    """
    if settings.llm == NO_MODEL:
        return None
    if settings.llm == EMBEDDED:
        return EmbeddedModel(settings.llm_seconds, beginning)
    return LanguageModel(settings.llm, settings.llm_model, settings.llm_key, settings.llm_seconds)
