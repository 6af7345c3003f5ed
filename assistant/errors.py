"""The one exception of this package."""


class AssistantError(Exception):
    """Says in one plain sentence, to whoever asked, what went wrong and what to do."""
