"""What a reader takes along from the page."""

import pytest

from assistant.answer import Answer, Citation, Kind, Mode, Nearest, Reason, Sentence
from assistant.pages.exchange import Exchange
from assistant.pages.keeping import as_markdown, with_references
from corpus.story import Source

QUOTE = "The week costs about €25,000."
CITATION = Citation(
    n=1,
    story="2015-cork",
    title="Free and open to all",
    city="Cork",
    country="Ireland",
    year=2015,
    section="Funding",
    quote=QUOTE,
    start=10,
    end=10 + len(QUOTE),
    paragraph=QUOTE,
    paragraph_start=10,
    sources=(Source("a", "A plan", "Cork City Council", 2024, "https://example.org/plan"),),
)
ANSWER = Answer(
    question="What does it cost?",
    standalone="What does it cost?",
    language="en",
    kind=Kind.ANSWERED,
    mode=Mode.WRITTEN,
    sentences=(Sentence("It costs €25,000.", (1,), quoted=False),),
    citations=(CITATION,),
    about="Cork",
)
REFUSAL = Answer(
    question="Who paid?",
    standalone="Who paid?",
    language="en",
    kind=Kind.NOT_FOUND,
    mode=Mode.QUOTES,
    reason=Reason.NEAR_NOT_TOLD,
    message="The stories do not tell.",
    nearest=(Nearest("2015-cork", "Free and open to all", "Cork", "Ireland", 2015),),
)


def test_a_conversation_holds_every_question_answer_quote_and_source() -> None:
    text = as_markdown(
        [Exchange("What does it cost?", answer=ANSWER), Exchange("Who paid?", answer=REFUSAL)],
        "A conversation",
    )
    assert text.startswith("# A conversation\n\n## What does it cost?\n\nAbout: Cork\n\n")
    assert "It costs €25,000. \\[1\\]" in text
    assert "*Written from the quotes and checked.*" in text
    assert f"> “{QUOTE}”" in text and "Cork, Ireland (2015)" in text
    assert "> A plan, Cork City Council, 2024, <https://example.org/plan>" in text
    assert "**Not told in the stories.** The stories do not tell.\n\n- Cork, Ireland" in text


def test_a_stopped_answer_is_kept_as_far_as_it_came() -> None:
    stopped = Exchange("What?", (CITATION,), "It costs €25,000. ", stopped=True)
    text = as_markdown([stopped], "A conversation")
    assert "It costs €25,000.\n\n*Stopped before the answer was complete.*" in text
    assert QUOTE in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<script>x</script>", "## \\<script\\>x\\</script\\>"),
        ("[a](javascript:1) *b* `c` _d_", "## \\[a\\](javascript:1) \\*b\\* \\`c\\` \\_d\\_"),
        ("one\n# two", "## one # two"),
        ("# heading", "## \\# heading"),
    ],
)
def test_what_was_typed_does_not_become_markup(typed: str, kept: str) -> None:
    assert kept in as_markdown([Exchange(typed, failure="It failed.")], "A conversation")


def test_the_text_with_references_names_the_place_of_each_number() -> None:
    text = with_references(ANSWER)
    assert text.startswith("What does it cost?\n\nIt costs €25,000. [1]\n")
    assert "[1] Cork, Ireland (2015): Free and open to all, “Funding”. Sources: A plan, " in text
