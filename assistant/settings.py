"""Every setting, typed, read from the environment (`LEARNING_CITY_…`), with its default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import platformdirs

from assistant.errors import AssistantError

PREFIX = "LEARNING_CITY_"
EMBEDDED, NO_MODEL = "embedded", "none"
_READ: dict[str, Callable[[str], object]] = {
    "Path": lambda raw: Path(raw).expanduser(),
    "Path | None": lambda raw: Path(raw).expanduser(),
    "str": str,
    "int": int,
    "float": float,
}


@dataclass(frozen=True)
class Settings:
    """What can be set from outside; each field is the variable `LEARNING_CITY_<FIELD>`.

    data: folder of what staff add, the index and its lock.
    host, port: where the web app listens.
    chroma: "" for the embedded store in the data folder, or the `http://host:port` of a server.
    llm: the language model: "embedded", "none" (answers are quotes), or the address of an
        OpenAI-compatible server, such as `http://host:port/v1`.
    llm_model, llm_key: what that server calls the model, and the key it wants.
    llm_seconds: the longest time the model may take for one answer.
    judge_key: the key that the server of `evaluate --judge` wants.
    feedback: file or folder where answers that readers report are kept; None: they cannot.
    staff_password: opens the staff page; "": there is none.
    """

    data: Path = Path(platformdirs.user_data_dir("learning-city-assistant"))
    host: str = "127.0.0.1"
    port: int = 7860
    chroma: str = ""
    llm: str = EMBEDDED
    llm_model: str = "default"
    llm_key: str = ""
    llm_seconds: float = 30.0
    judge_key: str = ""
    feedback: Path | None = None
    staff_password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that the environment names, defaults for the rest.

        :raises AssistantError: a value is not of the setting's type.
        """
        values: dict[str, object] = {}
        for each in fields(cls):
            variable = PREFIX + each.name.upper()
            raw = environment.get(variable, "").strip()
            if not raw:
                continue
            try:
                values[each.name] = _READ[str(each.type)](raw)
            except ValueError as error:
                raise AssistantError(
                    f"The setting {variable} is '{raw}', which is not a number of the right form: "
                    "correct it."
                ) from error
        return cls(**values)  # type: ignore[arg-type]

    @property
    def index(self) -> Path:
        """The folder of the index: it can be deleted and is rebuilt from the stories."""
        return self.data / "index"

    @property
    def added(self) -> Path:
        """The folder of the stories that staff added."""
        return self.data / "stories"
