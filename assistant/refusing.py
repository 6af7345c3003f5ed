"""The answer that the stories do not tell, with the reason and the nearest stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.answer import Event, Finished, Nearest, TextAdded
from assistant.phrases import phrase
from assistant.question import LONGEST
from assistant.reply import Reply
from assistant.sufficiency import Verdict
from corpus.story import Story
from index.retrieval import Retrieved

_NEAREST = 3


def refuse(
    reply: Reply, verdict: Verdict, stories: Mapping[str, Story], retrieved: Retrieved | None = None
) -> Iterator[Event]:
    """Yield that the stories do not tell, and why.

    :param stories: by their slugs.
    :param retrieved: what comes nearest; None where nothing was looked for.
    """
    assert verdict.reason is not None
    message = phrase(
        verdict.reason.value, reply.asked.language, **{"limit": LONGEST, **verdict.names}
    )
    yield TextAdded(message)
    slugs = dict.fromkeys(hit.passage.story for hit in retrieved.hits) if retrieved else {}
    near = [stories[slug] for slug in list(slugs)[:_NEAREST]]
    nearest = tuple(Nearest(s.slug, s.title, s.city, s.country, s.year) for s in near)
    yield Finished(reply.refused(verdict.reason, message, nearest, verdict.confidence))
