"""The staff page: stories are added, corrected and withdrawn here, each change told and undone."""

from __future__ import annotations

import gradio as gr

from assistant.pages.adding import AddingTab
from assistant.pages.editing import StoriesTab
from assistant.pages.frame import STAFF_TITLE
from assistant.pages.office import QUIET, Office, Updates, panel
from assistant.pages.readers import ReadersTab

AT_ONCE = 4
"""Clicks that are worked at at the same time; more wait."""

_FORGET_FILES = 600  # seconds; what was uploaded and never read
_MASTHEAD = (
    '<a class="skip" href="#tabs">Skip to the stories</a>'
    '<header class="masthead"><h1 class="brand">For staff</h1>'
    '<p class="tagline">Learning City Assistant: add, correct and withdraw stories</p>'
    '<nav class="masthead-link"><a href="../">Ask page</a>'
    '<form method="post" action="/staff/logout"><button type="submit" class="quiet">Log out'
    "</button></form></nav></header>"
)


def staff_page(office: Office) -> gr.Blocks:
    """Return the staff page; whoever reaches it may use it."""
    page = gr.Blocks(
        title=STAFF_TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_FORGET_FILES, _FORGET_FILES),
    )
    with page:
        panel("masthead", _MASTHEAD)
        with gr.Column(elem_id="staff"):
            who = gr.Textbox(
                label="Your name, for the history",
                elem_id="who",
                html_attributes=gr.InputHTMLAttributes(autocomplete="name"),
            )
            with gr.Tabs(elem_id="tabs"):
                with gr.Tab("Add", id="adding"):
                    AddingTab(office, who)
                with gr.Tab("Stories", id="all") as all_stories:
                    stories = StoriesTab(office, who)
                with gr.Tab("What readers get", id="readers"):
                    readers = ReadersTab(office)

        def begin(request: gr.Request) -> Updates:
            return {**stories.open_by_address(request), **readers.look()}

        all_stories.select(stories.find, stories.search, stories.rows, **QUIET)
        page.load(begin, None, [*stories.shown, *readers.shown], **QUIET)
    page.queue(default_concurrency_limit=AT_ONCE, max_size=50, api_open=False)
    return page
