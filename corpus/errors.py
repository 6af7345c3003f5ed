"""The one exception of this package."""


class CorpusError(Exception):
    """What went wrong with a story or the library, as one plain sentence for the person who reads it."""
