"""The one exception of this package."""


class IndexFailure(Exception):
    """Something that finding passages needs is missing, broken or unreachable.

    Its text is one plain sentence for the person at the screen: what happened, to what, what to do.
    """
