"""What changed for readers, on the staff page: saved questions that got another answer."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.pages import told
from assistant.pages.office import QUIET, Office, Updates, panel, plain_failures
from assistant.pages.story_view import readers_view

_LEAD = (
    '<p class="hint">After each change these questions are asked again, by quotes. What is told '
    "otherwise since then stands here, the newest first.</p>"
)


@dataclass
class ReadersTab:
    """The components of the tab, and what its button does."""

    office: Office

    def __post_init__(self) -> None:
        """Lay the tab out and tie its button."""
        with gr.Row(elem_id="readers"):
            with gr.Column(elem_id="answers"):
                panel("readers-lead", _LEAD)
                self.differences = panel("differences")
                self.again = gr.Button("Look again", elem_id="again")
            with gr.Column(elem_id="saved"):
                self.questions = gr.Textbox(
                    label="Saved questions, one a line", lines=12, max_lines=30, elem_id="questions"
                )
                self.save = gr.Button("Save the questions", elem_id="save-questions")
                self.told = panel("questions-told")
        shown = [self.differences, self.questions, self.told]
        self.again.click(self.look, None, shown, **QUIET)
        self.save.click(self.save_questions, self.questions, shown, **QUIET)
        self.shown = shown

    def look(self) -> Updates:
        """Show the saved questions and the answers that are others now."""
        failures: list[str] = []
        text = ""
        with plain_failures(failures.append):
            text = self.office.saved.text()
        return {
            self.differences: readers_view(self.office.saved.differences()),
            self.questions: text,
            self.told: told.failed(*failures),
        }

    def save_questions(self, text: str) -> Updates:
        """Save the questions, and ask the new ones for the first time."""
        failures: list[str] = []
        count = 0
        with plain_failures(failures.append):
            count = self.office.saved.save(text)
            if self.office.opening.done():
                self.office.look_for_readers()
        if failures:
            return {self.told: told.failed(*failures)}
        noun = "question is" if count == 1 else "questions are"
        return {**self.look(), self.told: told.done(f"{count} {noun} saved.")}
