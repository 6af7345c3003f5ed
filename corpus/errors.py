"""The one exception of this package."""


class CorpusError(Exception):
    """What went wrong with a story or the library: one plain sentence for whoever reads it."""
