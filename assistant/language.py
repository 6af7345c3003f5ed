"""The language a text is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

# A script that only one of the likely languages uses decides at once.
_BY_SCRIPT = (
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u3040-\u30ff]"), "ja"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u1200-\u137f]"), "am"),
)
# Telling few languages apart is surer than telling a hundred on ten words.
_LIKELY = (
    "en fr es pt de it nl ar fa ur hi bn ru uk bg tr pl cs hu fi sv da no el id ms vi sw ro ca"
).split()
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of a text; "en" if it has no letters."""
    for script, language in _BY_SCRIPT:
        if script.search(text):
            return language
    if not _LETTER.search(text):
        return "en"
    return str(_identifier().classify(text.casefold())[0])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LIKELY)
    return identifier
