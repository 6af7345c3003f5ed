"""No bad file is read, none brings the reader down, and each is told in one plain sentence."""

from __future__ import annotations

import pytest

from corpus.errors import CorpusError
from corpus.reading.intake import read_content
from tests.corpus.reading.bad_files import Make, bad_files

BAD = list(bad_files())
TECHNICAL = ("Traceback", "Error", "Exception", "0x", "None", "object at")


def test_there_are_two_hundred_of_them():
    assert len({what for what, _, _ in BAD}) == len(BAD) >= 200


@pytest.mark.slow
@pytest.mark.parametrize(("name", "make"), [pytest.param(n, m, id=what) for what, n, m in BAD])
def test_a_bad_file_is_refused_in_one_plain_sentence(name: str, make: Make):
    with pytest.raises(CorpusError) as refused:
        read_content(make(), name, seconds=20)
    told = str(refused.value)
    assert told.count("\n") == 0 and len(told) < 400 and told[-1] in ".)"
    assert [word for word in TECHNICAL if word in told] == []
