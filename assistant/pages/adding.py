"""Adding stories on the staff page: read, look, correct, try, confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.pages import told
from assistant.pages.draft_view import (
    alike_view,
    draft_heading,
    found_hint,
    passages_view,
    trial_view,
)
from assistant.pages.markup import escaped, question_address, story_address, story_link
from assistant.pages.office import QUIET, Office, Updates, panel, plain_failures
from assistant.pages.reviewed import Reviewed, said_in
from corpus.front_matter import REQUIRED
from corpus.likeness import alike
from corpus.reading.confirmation import FIELDS
from corpus.reading.draft import Draft
from corpus.reading.intake import read_address, read_path
from corpus.vocabulary import REGIONS, THEMES

_LABELS = {
    "title": "Title",
    "city": "City",
    "country": "Country",
    "region": "UNESCO region",
    "award": "Award",
    "year": "Award year",
    "population": "Inhabitants",
    "language": "Language of the text (code)",
    "themes": "Themes",
    "slug": "File name",
}
_SLUG_HINT = '<p class="hint">May stay empty: it is made of year and city.</p>'


@dataclass
class AddingTab:
    """The components of the tab, and what its buttons do."""

    office: Office
    who: gr.Textbox
    fields: dict[str, Any] = field(default_factory=dict)
    hints: dict[str, gr.HTML] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay the tab out and tie its buttons."""
        self.drafts, self.current = gr.State(()), gr.State(0)
        with gr.Row(elem_id="bring"):
            self.files = gr.File(
                label="Files: PDF, Word, OpenDocument, PowerPoint, EPUB, web page, Markdown, text",
                file_count="multiple",
                elem_id="files",
                height=150,
            )
            with gr.Column():
                self.address = gr.Textbox(
                    label="Or a web address", placeholder="https://…", elem_id="address"
                )
                self.read = gr.Button("Read", variant="primary", elem_id="read")
        self.told = panel("add-told")
        self.chooser = gr.Radio([], label="Read, to be confirmed", visible=False, elem_id="chooser")
        with gr.Row(visible=False, elem_id="draft") as self.panel:
            with gr.Column(elem_id="facts"):
                self._lay_out_facts()
            with gr.Column(elem_id="preview"):
                self._lay_out_preview()
        self._tie()

    def _lay_out_facts(self) -> None:
        self.heading = panel("draft-heading")
        for name in FIELDS:
            self.fields[name] = _input(name)
            self.hints[name] = panel(f"found-{name}", _SLUG_HINT if name == "slug" else "")
        self.instead = gr.Checkbox(
            label="Put it in the place of the story of this name", visible=False, elem_id="instead"
        )
        self.place = panel("place")
        self.why = gr.Textbox(label="Why, for the history", elem_id="why-added")
        with gr.Row(elem_classes="buttons"):
            self.add = gr.Button("Add this story", variant="primary", elem_id="add")
            self.leave = gr.Button("Leave it out", elem_id="leave")

    def _lay_out_preview(self) -> None:
        with gr.Row(elem_id="try"):
            self.question = gr.Textbox(
                label="Try a question: it is answered from this draft alone", elem_id="try-question"
            )
            self.ask = gr.Button("Try", elem_id="try-ask")
        self.answer = panel("try-answer")
        self.alike = panel("alike")
        self.passages = panel("passages")

    def _tie(self) -> None:
        inputs = list(self.fields.values())
        state = [self.drafts, self.current]
        shown = [
            self.told, self.drafts, self.current, self.chooser, self.panel, self.heading,
            *inputs, *(self.hints[n] for n in FIELDS if n != "slug"), self.instead, self.place,
            self.why, self.question, self.answer, self.alike, self.passages, self.files,
            self.address,
        ]  # fmt: skip
        bringing = [self.files, self.address, self.drafts]
        gr.on([self.read.click, self.address.submit], self.bring, bringing, shown, **QUIET)
        self.chooser.input(self.choose, [self.chooser, *state, *inputs], shown, **QUIET)
        leaving = [self.fields[n].blur for n in ("city", "country", "year", "slug")]
        gr.on(leaving, self.look, [*state, *inputs], [self.place, self.instead], **QUIET)
        trying = [self.question, *state, *inputs]
        gr.on([self.ask.click, self.question.submit], self.try_out, trying, self.answer, **QUIET)
        adding = [*state, self.instead, self.why, self.who, *inputs]
        self.add.click(self.confirm, adding, shown, **QUIET)
        self.leave.click(self.leave_out, state, shown, **QUIET)

    def bring(
        self, files: Sequence[str] | None, address: str, drafts: tuple[Reviewed, ...]
    ) -> Iterator[Updates]:
        """Read files and an address, and show the first draft."""
        # A file that was dropped twice is kept once, and gone when it was read.
        paths = dict.fromkeys(map(Path, files or ()))
        sources = [*paths, *([address.strip()] if address.strip() else ())]
        if not sources:
            yield {self.told: told.failed("Choose files or type a web address first.")}
            return
        countries = self.office.library.countries()
        failures: list[str] = []
        read: list[Reviewed] = []
        for number, source in enumerate(sources):
            name = source.name if isinstance(source, Path) else source
            yield {self.told: told.progress(f"Reading {name}", number, len(sources))}
            with plain_failures(failures.append):
                read += map(Reviewed, _drafts(source, countries))
        yield {
            **self._shown((*drafts, *read), len(drafts) if read else 0),
            self.told: told.failed(*failures),
            self.files: None,
            self.address: "",
        }

    def choose(
        self, chosen: int, drafts: tuple[Reviewed, ...], current: int, *words: Any
    ) -> Updates:
        """Show another draft, and keep what was said about the one before."""
        kept = list(drafts)
        kept[current] = replace(kept[current], said=said_in(words))
        return self._shown(tuple(kept), chosen)

    def look(self, drafts: tuple[Reviewed, ...], current: int, *words: Any) -> Updates:
        """Show which story the draft becomes with what is said now."""
        return self._place(replace(drafts[current], said=said_in(words))) if drafts else {}

    def try_out(
        self, question: str, drafts: tuple[Reviewed, ...], current: int, *words: Any
    ) -> Iterator[Any]:
        """Answer a question from the draft alone."""
        if not question.strip() or not drafts:
            yield told.failed("Type a question first.")
            return
        yield told.progress("Looking in this draft …", 0, 0)
        failures: list[str] = []
        with plain_failures(failures.append):
            from assistant.trial import answer_from

            reviewed = replace(drafts[current], said=said_in(words))
            facts = reviewed.facts(self.office.library.countries())
            story = reviewed.draft.provisional(facts)
            yield trial_view(answer_from(story, question, self.office.opening.result()))
        if failures:
            yield told.failed(*failures)

    def confirm(
        self,
        drafts: tuple[Reviewed, ...],
        current: int,
        instead: bool,
        why: str,
        who: str,
        *words: Any,
    ) -> Iterator[Updates]:
        """Add the draft as it is shown, have the index follow, and show the next draft."""
        if not drafts:
            return
        failures: list[str] = []
        library = self.office.library
        reviewed = replace(drafts[current], said=said_in(words))
        slug = ""
        with plain_failures(failures.append):
            story = reviewed.draft.story(**reviewed.facts(library.countries()))
            slug = story.slug if instead else library.free_slug(story.slug)
            library.add(replace(story, slug=slug), who, why)
        if failures:
            yield {self.told: told.failed(*failures)}
            return
        kept = list(drafts)
        kept[current] = reviewed
        rest = tuple(kept[:current] + kept[current + 1 :])
        ended = ""
        for ended in self.office.indexing():
            yield {self.told: ended}
        yield {**self._shown(rest, 0), self.told: ended or _added(slug, story.city)}

    def leave_out(self, drafts: tuple[Reviewed, ...], current: int) -> Updates:
        """Forget a draft."""
        rest = tuple(each for number, each in enumerate(drafts) if number != current)
        return {**self._shown(rest, 0), self.told: told.done("It was left out.")}

    def _shown(self, drafts: tuple[Reviewed, ...], current: int) -> Updates:
        """Return what the tab shows of some drafts, of which one is looked at."""
        choices = [(each.label(n + 1), n) for n, each in enumerate(drafts)]
        updates: Updates = {
            self.drafts: drafts,
            self.current: current,
            self.chooser: gr.Radio(choices, value=current, visible=len(drafts) > 1),
            self.panel: gr.Row(visible=bool(drafts)),
            self.told: "",
        }
        if not drafts:
            return updates
        reviewed = drafts[current]
        story = reviewed.draft.provisional({})
        own = reviewed.words("slug")  # a story file that corrects one is no likeness of it
        known = [each for each in self.office.library.stories() if each.slug != own]
        return updates | {
            self.heading: draft_heading(reviewed.draft),
            **{self.fields[name]: _value(name, reviewed.words(name)) for name in FIELDS},
            **{
                self.hints[name]: found_hint(reviewed.draft, name, required=name in REQUIRED)
                for name in FIELDS
                if name != "slug"
            },
            **self._place(reviewed),
            self.why: "",
            self.question: "",
            self.answer: "",
            self.alike: alike_view(alike(story, known)),
            self.passages: passages_view(story),
        }

    def _place(self, reviewed: Reviewed) -> Updates:
        library = self.office.library
        wrong: list[str] = []
        slug = free = ""
        with plain_failures(wrong.append):
            facts = reviewed.facts(library.countries())
            if not reviewed.draft.missing(facts):
                slug = reviewed.draft.story(**facts).slug
                free = library.free_slug(slug)
        if wrong:
            text = told.failed(*wrong)
        elif not slug:
            text = ""
        elif slug == free:
            text = f'<p class="hint">It becomes {escaped(slug)}.</p>'
        else:
            text = (
                f'<p class="hint">There is a story {escaped(slug)} already; this one becomes '
                f"{escaped(free)} unless you tick the box. The other stays in the history.</p>"
            )
        return {self.place: text, self.instead: gr.Checkbox(visible=slug != free, value=False)}


def _drafts(source: Path | str, countries: Mapping[str, str]) -> tuple[Draft, ...]:
    if isinstance(source, str):
        return read_address(source, countries)
    try:
        return read_path(source, countries)
    finally:
        source.unlink(missing_ok=True)  # what is not public yet lies nowhere but in this session


def _input(name: str) -> Any:
    if name == "region":
        return gr.Radio(list(REGIONS), label=_LABELS[name], elem_id=f"field-{name}")
    if name == "themes":
        choices = [(label, theme) for theme, label in THEMES.items()]
        return gr.CheckboxGroup(choices, label=_LABELS[name], elem_id=f"field-{name}")
    return gr.Textbox(label=_LABELS[name], elem_id=f"field-{name}")


def _value(name: str, words: str) -> Any:
    if name == "themes":
        return [theme for theme in words.split(", ") if theme in THEMES]
    return (words or None) if name == "region" else words


def _added(slug: str, city: str) -> str:
    asking = question_address(f"What does {city} do for learning?").removeprefix(".")
    return told.done(
        f"{slug} is added, and readers are answered from it.",
        story_link(f"../{story_address(slug)}", "Read it"),
        story_link(asking, "Ask about it"),
    )
