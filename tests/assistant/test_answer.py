"""An answer is honest or it cannot be made."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, DishonestAnswer, Kind, Mode, Reason, Sentence

PARAGRAPH = "Fishers teach children to mend nets. More than 1,200 took part."
CITATION = Citation(
    n=1, story="2021-bergen", title="Nets", city="Bergen", country="Norway", year=2021,
    section="Boats", quote="Fishers teach children to mend nets.", start=100, end=136,
    paragraph=PARAGRAPH, paragraph_start=100, sources=(),
)  # fmt: skip
GOOD = Answer(
    question="Who teaches?", standalone="Who teaches?", language="en", kind=Kind.ANSWERED,
    mode=Mode.QUOTES, sentences=(Sentence("Fishers do.", (1,)),), citations=(CITATION,),
)  # fmt: skip
REFUSAL = replace(
    GOOD, kind=Kind.NOT_FOUND, sentences=(), citations=(), reason=Reason.NOTHING_NEAR,
    message="The stories do not tell.",
)  # fmt: skip


def test_an_answer_reads_as_its_sentences_and_a_refusal_as_its_reason() -> None:
    assert GOOD.text == "Fishers do."
    assert REFUSAL.text == "The stories do not tell."


@pytest.mark.parametrize(
    "change",
    [
        {"citations": (CITATION,)},
        {"sentences": (Sentence("Fishers do.", (1,)),), "citations": (CITATION,)},
        {"sentences": (Sentence("Nobody knows.", ()),)},
        {"reason": None},
        {"message": ""},
    ],
)
def test_a_refusal_cites_nothing_states_nothing_and_says_why(change: dict) -> None:
    with pytest.raises(DishonestAnswer):
        replace(REFUSAL, **change)


@pytest.mark.parametrize("kind", [Kind.ANSWERED, Kind.PARTLY])
@pytest.mark.parametrize(
    "change",
    [
        {"sentences": ()},
        {"citations": ()},
        {"sentences": (), "citations": ()},
        {"sentences": (Sentence("Fishers do.", ()),)},
        {"sentences": (Sentence("Fishers do.", (1,)), Sentence("So do others.", ()))},
        {"sentences": (Sentence("Fishers do.", (2,)),)},
        {"sentences": (Sentence("Fishers do.", (1, 2)),)},
        {"citations": (CITATION, replace(CITATION, n=2))},
        {"citations": (replace(CITATION, n=2),), "sentences": (Sentence("Fishers do.", (2,)),)},
        {"citations": (CITATION, CITATION)},
    ],
)
def test_an_answer_rests_on_what_it_cites_and_cites_what_it_shows(kind: Kind, change: dict) -> None:
    with pytest.raises(DishonestAnswer):
        replace(GOOD, kind=kind, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "Fishers teach nobody to mend nets..."},
        {"start": 101, "end": 137},
        {"start": 99, "end": 135},
        {"end": 120},
        {"quote": "", "end": 100},
        {"quote": " ", "start": 107, "end": 108},
        {"paragraph_start": 90},
    ],
)
def test_a_citation_quotes_what_stands_at_its_place(change: dict) -> None:
    with pytest.raises(DishonestAnswer):
        replace(CITATION, **change)


def test_a_citation_cannot_stand_before_its_paragraph() -> None:
    with pytest.raises(DishonestAnswer):
        replace(CITATION, paragraph_start=100 + len(PARAGRAPH))


NUMBERS = st.lists(st.integers(-1, 4), max_size=4)


@given(NUMBERS, st.lists(NUMBERS, max_size=4), st.sampled_from(Kind), st.booleans())
def test_whatever_can_be_made_is_honest(
    numbers: list[int], cited: list[list[int]], kind: Kind, says_why: bool
) -> None:
    try:
        replace(
            GOOD,
            kind=kind,
            citations=tuple(replace(CITATION, n=n) for n in numbers),
            sentences=tuple(Sentence("Words.", tuple(each)) for each in cited),
            reason=Reason.NOTHING_NEAR if says_why else None,
            message="Why." if says_why else "",
        )
    except DishonestAnswer:
        return
    if kind is Kind.NOT_FOUND:
        assert not numbers and not cited and says_why
    else:
        assert numbers == [*range(1, len(numbers) + 1)] and numbers
        assert cited and all(cited) and {n for each in cited for n in each} == set(numbers)


@pytest.mark.parametrize("answer", [GOOD, REFUSAL])
def test_an_answer_is_json_as_the_contract_says(answer: Answer) -> None:
    told = json.loads(json.dumps(answer.to_json()))
    assert told.keys() >= {
        "question", "standalone", "language", "kind", "text", "sentences", "citations", "mode",
        "seconds",
    }  # fmt: skip
    assert told["text"] == answer.text and told["kind"] == answer.kind.value
    assert told["seconds"].keys() == {"evidence", "first_text", "total"}
    for citation in told["citations"]:
        assert citation["end"] - citation["start"] == len(citation["quote"])
