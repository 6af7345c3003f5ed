"""The stories on the staff page: found, corrected, withdrawn, restored, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.pages import told
from assistant.pages.office import QUIET, Office, Updates, doing, panel, plain_failures
from assistant.pages.story_view import (
    faults_view,
    history_view,
    story_heading,
    story_rows,
)
from corpus.errors import CorpusError
from corpus.library import Entry
from corpus.markdown import find_faults, read_story, write_story

_NO_STORY = ""


@dataclass
class StoriesTab:
    """The components of the tab, and what its buttons do."""

    office: Office
    who: gr.Textbox

    def __post_init__(self) -> None:
        """Lay the tab out and tie its buttons."""
        self.slug, self.opened = gr.State(_NO_STORY), gr.State("")
        with gr.Row(elem_id="stories"):
            with gr.Column(elem_id="list"):
                self.search = gr.Textbox(
                    label="Search by city, country, year or title", elem_id="search"
                )
                self.rows = panel("rows")
            with gr.Column(elem_id="story"):
                self.told = panel("story-told")
                self.heading = panel("story-heading", _choose_one())
                with gr.Column(visible=False, elem_id="editor") as self.editor:
                    self._lay_out_editor()
        self.wanted, self.open_it = doing("open")
        self.version, self.bring_back = doing("restore-version")
        self._tie()

    def _lay_out_editor(self) -> None:
        self.text = gr.Textbox(
            label="The story’s file", lines=18, max_lines=24, elem_id="text", container=True
        )
        self.faults = panel("faults")
        self.why = gr.Textbox(label="Why, for the history", elem_id="why-changed")
        with gr.Row(elem_classes="buttons"):
            self.save = gr.Button("Save", variant="primary", elem_id="save")
            self.check = gr.Button("Check", elem_id="check")
            self.withdraw = gr.Button("Withdraw", elem_id="withdraw")
            self.restore = gr.Button("Restore", elem_id="restore", visible=False)
        self.history = panel("history")

    def _tie(self) -> None:
        shown = [
            self.told, self.heading, self.editor, self.text, self.faults, self.why, self.withdraw,
            self.restore, self.history, self.slug, self.opened, self.rows,
        ]  # fmt: skip
        changing = [self.slug, self.why, self.who, self.search]
        typing = {**QUIET, "trigger_mode": "always_last"}  # no letter is passed over
        self.search.input(self.find, self.search, self.rows, **typing)
        self.open_it.click(self.open, [self.wanted, self.search], shown, **QUIET)
        self.check.click(self.check_text, [self.slug, self.text], self.faults, **QUIET)
        saving = [self.text, self.opened, *changing]
        self.save.click(self.save_text, saving, shown, **QUIET)
        self.withdraw.click(self.hide, changing, shown, **QUIET)
        self.restore.click(self.show, changing, shown, **QUIET)
        self.bring_back.click(self.show_version, [self.version, *changing], shown, **QUIET)
        self.shown = shown

    def find(self, search: str) -> str:
        """Return the list of the stories that fit."""
        found: list[str] = []
        with plain_failures(lambda failure: found.append(told.failed(failure))):
            found.append(story_rows(self.office.library.entries(), search))
        return found[0]

    def open_by_address(self, request: gr.Request) -> Updates:
        """Show the list, and the story that the page's address names (`?story=…`)."""
        slug = request.query_params.get("story", "")
        return self.open(slug, "") if slug else {self.rows: self.find("")}

    def open(self, slug: str, search: str) -> Updates:
        """Show a story as it is now."""
        failures: list[str] = []
        with plain_failures(failures.append):
            return {**self._opened(slug), self.rows: self.find(search)}
        return {self.told: told.failed(*failures), self.rows: self.find(search)}

    def check_text(self, slug: str, text: str) -> str:
        """Return the faults of the text as it stands in the box."""
        return faults_view(find_faults(text, f"{slug}.md"), text)

    def save_text(
        self, text: str, opened: str, slug: str, why: str, who: str, search: str
    ) -> Iterator[Updates]:
        """Save a corrected text, unless it has faults or somebody else changed the story."""
        faults = find_faults(text, f"{slug}.md")
        if faults:
            yield {self.faults: faults_view(faults, text)}
            return

        def save() -> str:
            if write_story(self._entry(slug).story) != opened:
                raise CorpusError(
                    f"The story {slug} was changed by somebody else since you opened it: copy your "
                    "text, open the story again and put it in."
                )
            self.office.library.add(read_story(text, slug), who, why)
            return f"{slug} is saved, and readers are answered from it."

        yield from self._change(save, slug, search)

    def hide(self, slug: str, why: str, who: str, search: str) -> Iterator[Updates]:
        """Withdraw the story."""

        def withdraw() -> str:
            self.office.library.withdraw(slug, who, why)
            return f"{slug} is withdrawn: readers see it no more."

        yield from self._change(withdraw, slug, search)

    def show(self, slug: str, why: str, who: str, search: str) -> Iterator[Updates]:
        """Restore the story."""

        def restore() -> str:
            self.office.library.restore(slug, who, why)
            return f"{slug} is restored: readers see it again."

        yield from self._change(restore, slug, search)

    def show_version(
        self, version: str, slug: str, why: str, who: str, search: str
    ) -> Iterator[Updates]:
        """Make an earlier version the newest."""

        def restore() -> str:
            number = int(version) if version.isdecimal() else 0
            self.office.library.restore_version(slug, number, who, why)
            return f"{slug} is as it was in version {number}."

        yield from self._change(restore, slug, search)

    def _change(self, make: Callable[[], str], slug: str, search: str) -> Iterator[Updates]:
        """Make a change, have the index follow, and show the story as it is then."""
        failures: list[str] = []
        what = ""
        with plain_failures(failures.append):
            what = make()
        if failures:
            yield {self.told: told.failed(*failures)}
            return
        ended = ""
        for ended in self.office.indexing():
            yield {self.told: ended}
        yield {**self.open(slug, search), self.told: ended or told.done(what)}

    def _opened(self, slug: str) -> Updates:
        entry = self._entry(slug)
        text = write_story(entry.story)
        hidden = entry.status == "withdrawn"
        return {
            self.told: "",
            self.heading: story_heading(entry),
            self.editor: gr.Column(visible=True),
            self.text: text,
            self.faults: "",
            self.why: "",
            self.withdraw: gr.Button(visible=not hidden),
            self.restore: gr.Button(visible=hidden),
            self.history: _history(self.office, slug),
            self.slug: slug,
            self.opened: text,
        }

    def _entry(self, slug: str) -> Entry:
        self.office.library.title_of(slug)  # tells an unknown slug, with near ones
        return next(each for each in self.office.library.entries() if each.slug == slug)


def _history(office: Office, slug: str) -> str:
    changes = office.library.history.of(slug)
    return f"<h3>History</h3>{history_view(changes)}"


def _choose_one() -> Any:
    return '<p class="hint">Choose a story from the list to correct it or to withdraw it.</p>'
