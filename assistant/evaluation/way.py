"""A question's way to its answer, step by step, with the verdict on each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.evaluation.judging import Item


@dataclass(frozen=True)
class Step:
    """A stage of a question's way: what came of it, in lines, and whether that was right.

    `verdict` is None where nothing is known to judge by.
    """

    stage: str
    lines: tuple[str, ...]
    verdict: bool | None = None

    @property
    def mark(self) -> str:
        """The verdict as a sign: ✓, ✗, or nothing."""
        return {True: "✓", False: "✗", None: ""}[self.verdict]


def way(item: Item) -> tuple[Step, ...]:
    """Return the steps from the question as it was understood to the answer shown.

    Steps that were not taken, such as writing where the answer is quotes alone, are left out.
    """
    stages, answer = item["stages"], item["answer"]
    steps = [
        Step("understood", _understood(item)),
        Step("retrieved", _retrieved(item), stages["retrieved"]),
        Step("chosen", tuple(f"{_place(c)}: {c['quote']}" for c in item["chosen"]),
             stages["chosen"]),
        Step("decided", (_decision(item),), stages["refused"]),
        Step("written", _text(item["written"]), stages["written"]),
        Step("checked", _text(item["checked"]), stages["checked"]),
        Step("shown", (answer["text"],), stages["shown"]),
    ]  # fmt: skip
    spoilt = item["faults"].values()
    return tuple(
        replace(step, verdict=False) if step.stage in spoilt else step
        for step in steps
        if step.lines
    )


def _understood(item: Item) -> tuple[str, ...]:
    answer = item["answer"]
    about = f"about {answer['about']}" if answer["about"] else "no place or year recognised"
    return (answer["standalone"] or item["question"], f"language {answer['language']}; {about}")


def _retrieved(item: Item) -> tuple[str, ...]:
    gold = item["gold"]
    lines = []
    for rank, passage in enumerate(item["retrieved"], start=1):
        told = passage["story"] in gold["stories"]
        exact = told and gold["section"] in ("", passage["section"])
        mark = "  ✓ tells it" if exact else "  (story that tells it)" if told else ""
        lines.append(f"{rank}. {_place(passage)}{mark}")
    return tuple(lines)


def _decision(item: Item) -> str:
    answer = item["answer"]
    decided = f"taken as not told ({answer['reason']})" if item["refused"] else "taken as told"
    return f"{decided}, confidence {answer['confidence']}"


def _place(passage: Item) -> str:
    return f"{passage['story']} — {passage['section']}" if passage["section"] else passage["story"]


def _text(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)
