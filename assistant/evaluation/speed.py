"""How long things take and how much memory they need, measured as a person meets them.

What is a command is run as one: a sync in its own process, the web app until its page answers.
Everything happens in a temporary data folder with the bundled stories alone, so that figures of
two machines, or of two versions, are of the same work.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.answer import EvidenceFound
from assistant.errors import AssistantError
from assistant.evaluation.measures import percentile
from assistant.opening import open_index
from assistant.service import Assistant
from assistant.settings import PREFIX, Settings
from corpus.library import Library
from index.embedding import Encoder

NEUTRAL = (
    "How do cities pay for learning festivals?",
    "What do libraries do for adults who cannot read?",
    "How are young people given a say?",
    "Which cities teach older people to use computers?",
    "How many people took part in the courses?",
    "How is progress measured?",
    "What role do universities play?",
    "How do employers take part in training?",
    "Quelles actions aident les personnes sans emploi ?",
    "¿Cómo participan las familias?",
    "كيف تدعم المدن تعلم الكبار؟",
    "城市如何支持终身学习？",
)
_ROUNDS = 3
_START = 300  # seconds until the app is given up
_ROOT = Path(__file__).parents[2]
# What the operating system counts the largest resident set in: macOS bytes, others KiB.
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Figure:
    """One measured value; the unit is "s" or "MiB"."""

    title: str
    value: float
    unit: str


def measure(questions: Sequence[str] = NEUTRAL, told: Told = lambda *_: None) -> dict[str, Figure]:
    """Return every figure by name.

    :param questions: what is asked, three times each, after a first one that does not count.
    :param told: is told (what is measured, steps done, steps in all).
    :raises AssistantError: a command failed; it is said with that command's own sentence.
    """
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory(prefix="learning-city-bench-") as folder:
        data = Path(folder)
        # First the processes: a new one starts with the memory of the one it comes from, and that
        # is small until the encoder is loaded.
        told("first sync", 0, 4)
        figures |= _sync("first", data)
        told("second sync", 1, 4)
        figures |= _sync("second", data)
        told("the app's start", 2, 4)
        figures |= _app_start(data)
        told("answers", 3, 4)
        figures |= _answers(data, questions)
    return figures


def ratios(figures: Mapping[str, Figure]) -> dict[str, float]:
    """Return the figures that say more beside another one, as one over the other."""
    pairs = {
        "second sync / first sync": ("second_sync", "first_sync"),
        "evidence / question embedding": ("evidence_median", "embedding_median"),
        "evidence 95th percentile / median": ("evidence_p95", "evidence_median"),
        "app ready / page answering": ("app_ready", "app_page"),
        "app's memory / sync's memory": ("app_memory", "first_sync_memory"),
    }
    return {
        title: round(figures[over].value / figures[under].value, 3)
        for title, (over, under) in pairs.items()
    }


def _sync(which: str, data: Path) -> dict[str, Figure]:
    command = _Command(["sync"], data)
    seconds, memory = command.wait()
    return {
        f"{which}_sync": Figure(f"{which} sync, as a command", seconds, "s"),
        f"{which}_sync_memory": Figure(f"{which} sync, peak memory", memory, "MiB"),
    }


def _app_start(data: Path) -> dict[str, Figure]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = _Command(["serve", "--host", "127.0.0.1", "--port", str(port)], data)
    try:
        page = command.until(f"http://127.0.0.1:{port}/", lambda body: True)
        ready = command.until(f"http://127.0.0.1:{port}/health", lambda body: b'"ready"' in body)
    finally:
        _, memory = command.stop()
    return {
        "app_page": Figure("app start to page answering", page, "s"),
        "app_ready": Figure("app start to ready for questions", ready, "s"),
        "app_memory": Figure("app, peak memory", memory, "MiB"),
    }


def _answers(data: Path, questions: Sequence[str]) -> dict[str, Figure]:
    start = time.perf_counter()
    encoder = Encoder()
    encoder.warm()
    loaded = time.perf_counter() - start
    library = Library(None)
    store, _ = open_index(Settings(data=data), library, encoder)
    with Assistant(library, store, encoder) as assistant:
        _until_evidence(assistant, questions[0])
        embedding, evidence = [], []
        for question in [*questions] * _ROUNDS:
            start = time.perf_counter()
            encoder.encode_questions([question])
            embedding.append(time.perf_counter() - start)
            evidence.append(_until_evidence(assistant, question))
    return {
        "encoder_load": Figure("encoder load, first text encoded", loaded, "s"),
        "embedding_median": Figure("embedding of a question, median", median(embedding), "s"),
        "evidence_median": Figure("question to evidence, median", median(evidence), "s"),
        "evidence_p95": Figure(
            "question to evidence, 95th percentile", percentile(evidence, 95) or 0.0, "s"
        ),
    }


def _until_evidence(assistant: Assistant, question: str) -> float:
    start = time.perf_counter()
    for event in assistant.ask(question):
        if isinstance(event, EvidenceFound):
            return time.perf_counter() - start
    raise AssistantError(f"The question '{question}' was never answered: report this as a fault.")


class _Command:
    """A command of ours in a process of its own, with the data folder that is measured in."""

    def __init__(self, arguments: Sequence[str], data: Path) -> None:
        """Start the command."""
        environment = {
            **os.environ,
            f"{PREFIX}DATA": str(data),
            f"{PREFIX}CHROMA": "",
        }
        self._name = arguments[0]
        self._complaint = data / "complaint.txt"
        self._start = time.perf_counter()
        with self._complaint.open("wb") as errors:
            self._process: subprocess.Popen[Any] = subprocess.Popen(
                [sys.executable, "-m", "assistant", *arguments],
                cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip

    def wait(self) -> tuple[float, float]:
        """Wait for its end; return the seconds it took and the MiB it needed at most.

        :raises AssistantError: it failed.
        """
        # wait4 tells the memory of this process alone, where getrusage mixes all of them.
        _, status, usage = os.wait4(self._process.pid, 0)
        seconds = time.perf_counter() - self._start
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.returncode > 0:
            raise self._failure()
        return seconds, usage.ru_maxrss * _MEMORY_UNIT / 2**20

    def until(self, address: str, enough: Callable[[bytes], bool]) -> float:
        """Return the seconds from its start until an address answers well enough.

        :raises AssistantError: it ended, or it does not answer so within minutes.
        """
        import httpx

        # A proxy of the environment is for other hosts.
        with httpx.Client(trust_env=False, timeout=5) as client:
            while time.perf_counter() - self._start < _START:
                if self._process.poll() is not None:
                    raise self._failure()
                try:
                    answer = client.get(address)
                    if answer.status_code == 200 and enough(answer.content):
                        return time.perf_counter() - self._start
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise AssistantError(f"The app did not answer within {_START} seconds: start it by hand.")

    def stop(self) -> tuple[float, float]:
        """End it in order; return what `wait` does, zeros if it had ended before."""
        if self._process.returncode is not None:
            return 0.0, 0.0
        self._process.terminate()
        return self.wait()

    def _failure(self) -> AssistantError:
        lines = self._complaint.read_text("utf-8", "replace").strip().splitlines()
        why = lines[-1].removeprefix("learning-city: ") if lines else "It gave no reason."
        return AssistantError(f"The command '{self._name}' failed while it was measured. {why}")
