"""Citations of a small story of Cork, for tests that need quotes and no index."""

from assistant.answer import Citation


def citation(n: int, quote: str) -> Citation:
    """Return the n-th citation, of a paragraph that is this quote, the n-th thousand letters in."""
    start = 1000 * n
    return Citation(
        n=n, story="2015-cork", title="Cork", city="Cork", country="Ireland", year=2015,
        section="People", quote=quote, start=start, end=start + len(quote),
        paragraph=quote, paragraph_start=start, sources=(),
    )  # fmt: skip
