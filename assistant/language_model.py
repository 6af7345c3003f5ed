"""The language model behind an OpenAI-compatible address: what it replies, how likely a yes."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from httpx2 import Timeout
    from openai import OpenAI

Role = Literal["system", "user", "assistant"]

# An address where nobody listens is told sooner than a model that thinks, in seconds.
_CONNECTING = 5.0
# After a failure the model is left alone for so many seconds, so that readers do not wait for it.
_PAUSE = 20.0
# The likeliest first words among which "yes" and "no" are looked for.
_LOOKED_AT = 10
# What a server answers when this one request is at fault: too long for it, say.
_REQUEST_AT_FAULT = (400, 413, 422)
_FIRST_WORD = re.compile(r"\W*(\w+)")
_WHOLE_WORD = re.compile(r"\W*\w+\W")
_OTHER_FORM = "its reply is in another form than agreed"


class ModelFailure(AssistantError):
    """The language model did not do what it was asked; the text says why in a few words."""


@dataclass(frozen=True)
class Message:
    """One turn of what the model is given to read."""

    role: Role
    content: str


@dataclass(frozen=True)
class Piece:
    """A part of a reply, and what could have begun it instead, with its probability."""

    text: str
    likely: Mapping[str, float]


class Judged:
    """A reply that begins with "yes" or "no"; closed, it stops the model.

    `yes`: how likely it was "yes" rather than "no", from 0 to 1.
    """

    def __init__(self, pieces: Generator[Piece, None, None]) -> None:
        """Wait for the first word of a reply."""
        self._first: list[Piece] = []
        self._others = pieces
        for piece in pieces:
            self._first.append(piece)
            if piece.likely or _WHOLE_WORD.match(self._begun):
                break
        self.yes = _share_of_yes(self._first[0].likely if self._first else {}, self._begun)

    def text(self) -> Iterator[str]:
        """Yield the whole reply, piece by piece; ask for it once.

        :raises ModelFailure: it breaks off.
        """
        yield self._begun
        for piece in self._others:
            yield piece.text

    @property
    def _begun(self) -> str:
        return "".join(piece.text for piece in self._first)

    def close(self) -> None:
        """Want no more of it."""
        self._others.close()


class LanguageModel:
    """A model behind an address; may be shared between threads.

    `taught`: whether it has learned to judge single sentences, and to go on with what they state.
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
        judged = self.judge(messages, 1)
        for _ in judged.text():
            pass
        return judged.yes

    def judge(self, messages: Sequence[Message], longest: int) -> Judged:
        """Return the same with what the model goes on to say.

        :param longest: how many tokens it may take.
        :raises ModelFailure: it does not answer, or not in the agreed form.
        """
        wanted = {"logprobs": True, "top_logprobs": _LOOKED_AT}
        return Judged(self._pieces(messages, longest, self._seconds, **wanted))

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
                extra_body=self._beside(messages),
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

    def _beside(self, messages: Sequence[Message]) -> dict[str, Any]:
        """Return what a server is told beside the agreed form."""
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
