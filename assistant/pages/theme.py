"""Gradio's theme, kept as quiet as it can be: the look of the page is `assets/page.css`."""

from __future__ import annotations

from gradio.themes import Base, Font


def page_theme() -> Base:
    """Return a theme of system fonts; a theme's usual fonts would be fetched from elsewhere."""
    theme = Base(
        font=[Font("system-ui"), Font("sans-serif")],
        font_mono=[Font("ui-monospace"), Font("monospace")],
    )
    return theme.set(
        body_background_fill="var(--paper)",
        body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
    )
