"""The stories as HTML, as staff see them: the list, the faults of a file, what changes did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from assistant.pages.markup import counted, escaped, story_address
from assistant.saved_questions import Difference, Told
from corpus.faults import Fault
from corpus.history import Change, Sign, difference
from corpus.library import Entry
from corpus.spelling import key

_ROWS = 200  # shown at once; a longer list is searched
_CHANGES = 30  # shown with what they did
_STATUS = {"added": "added", "replaced": "changed", "withdrawn": "withdrawn"}
_KIND = {
    "found": "stood there before",
    "added": "added",
    "replaced": "changed",
    "withdrawn": "withdrawn",
    "restored": "restored",
}


def matching(entries: Sequence[Entry], search: str) -> list[Entry]:
    """Return the stories in whose title, city, country, year or slug every word occurs."""
    words = key(search).split()
    return [entry for entry in entries if all(word in _searched(entry) for word in words)]


def story_rows(entries: Sequence[Entry], search: str = "") -> str:
    """Return the list of stories that fit a search, each a link that opens it."""
    found = matching(entries, search)
    rows = "".join(_row(entry) for entry in found[:_ROWS])
    count = f"{len(found)} of {counted(len(entries), 'story', 'stories')}"
    more = f'<p class="hint">The first {_ROWS} are shown.</p>' if len(found) > _ROWS else ""
    return f'<p class="hint" role="status">{count}</p><ul class="rows">{rows}</ul>{more}'


def story_heading(entry: Entry) -> str:
    """Return what a story is, and the link to what readers see of it."""
    story = entry.story
    status = _STATUS.get(entry.status, "as it came with the assistant")
    read = ""
    if entry.status != "withdrawn":
        address = f"../{story_address(entry.slug)}"
        read = (
            f' · <a href="{escaped(address)}" target="_blank" rel="noopener">as readers see it</a>'
        )
    return (
        f'<h2 class="panel-title" tabindex="-1"><bdi>{escaped(story.title)}</bdi></h2>'
        f'<p class="hint">{escaped(entry.slug)} · {status}{read}</p>'
    )


def faults_view(faults: Sequence[Fault], text: str) -> str:
    """Return each fault below the line it is in; a click on it goes there in the text."""
    if not faults:
        return '<div class="told" role="status"><p>No faults.</p></div>'
    lines = [*text.split("\n"), ""]
    items = "".join(
        f'<li><button type="button" class="line" data-line="{fault.line}">line {fault.line}'
        "</button>"
        f"<code>{escaped(lines[min(fault.line, len(lines)) - 1][:160])}</code>"
        f"<p>{escaped(fault.message)}</p></li>"
        for fault in faults
    )
    head = f"<p>{counted(len(faults), 'fault')}; nothing is saved.</p>"
    return f'<div class="failure" role="alert">{head}<ul class="faults">{items}</ul></div>'


def history_view(changes: Sequence[Change]) -> str:
    """Return a story's changes, the newest first, each with what it did to the text."""
    if not changes:
        return '<p class="hint">Nothing was changed yet.</p>'
    items = []
    last = changes[-1].number
    for change, before in reversed(
        [*zip(changes, _texts_before(changes), strict=True)][-_CHANGES:]
    ):
        by = f" by <bdi>{escaped(change.who)}</bdi>" if change.who else ""
        why = f'<p class="why-changed"><bdi>{escaped(change.why)}</bdi></p>' if change.why else ""
        head = f"{escaped(_when(change.when))} · {_KIND[change.kind]}{by}"
        items.append(
            f'<li><p><span class="n">{change.number}</span> {head}</p>{why}'
            f"{_did(change, before)}{_restore(change, last)}</li>"
        )
    return f'<ol class="history" reversed>{"".join(items)}</ol>'


def readers_view(differences: Sequence[Difference]) -> str:
    """Return the saved questions that got another answer, before and after."""
    if not differences:
        return (
            '<p class="hint">No saved question got another answer since the stories were last '
            "changed.</p>"
        )
    return "".join(_reader_difference(each) for each in differences)


def difference_view(before: str, after: str) -> str:
    """Return what became of a text: paragraphs that went and came, changed words marked."""
    lines = list(difference(before, after))
    parts: list[str] = []
    at = 0
    while at < len(lines):
        sign, text = lines[at]
        if sign == "-" and at + 1 < len(lines) and lines[at + 1][0] == "+":
            parts += [_words(text, lines[at + 1][1], "-"), _words(text, lines[at + 1][1], "+")]
            at += 2
            continue
        if sign != " ":
            parts.append(_line(sign, escaped(text)))
        at += 1
    return "".join(parts) or '<p class="hint">The text stayed as it was.</p>'


def _searched(entry: Entry) -> str:
    story = entry.story
    return _folded(f"{story.title} {story.city} {story.country} {story.year} {entry.slug}")


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return key(text)


def _row(entry: Entry) -> str:
    story, slug = entry.story, escaped(entry.slug)
    status = _STATUS.get(entry.status, "")
    chip = f' <span class="chip chip-{status}">{status}</span>' if status else ""
    return (
        f'<li><a href="?story={slug}" data-do="open" data-with="{slug}">'
        f'<span class="place"><bdi>{escaped(story.city)}</bdi>, {escaped(story.country)}</span> '
        f'<span class="year">{story.year}</span>{chip} '
        f'<span class="story-title"><bdi>{escaped(story.title)}</bdi></span></a></li>'
    )


def _texts_before(changes: Sequence[Change]) -> Iterator[str | None]:
    """Yield for each change the text that stood there before it; None where there was none."""
    text: str | None = None
    for change in changes:
        yield text
        text = change.text if change.text is not None else text


def _did(change: Change, before: str | None) -> str:
    if change.text is None or change.kind == "found":
        return ""
    if before is None:
        return ""
    return (
        f"<details><summary>What it did</summary>{difference_view(before, change.text)}</details>"
    )


def _restore(change: Change, last: int) -> str:
    if change.text is None or change.number == last:
        return ""
    number = change.number
    return (
        f'<button type="button" class="quiet" data-do="restore-version" data-with="{number}">'
        f"Bring version {number} back</button>"
    )


def _words(before: str, after: str, shown: Literal["-", "+"]) -> str:
    """Return one of two texts with the words marked that the other lacks."""
    one, other = before.split(), after.split()
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        text = escaped(" ".join(one[a:b] if shown == "-" else other[c:d]))
        if text:
            parts.append(text if kind == "equal" else f"<mark>{text}</mark>")
    return _line(shown, " ".join(parts))


def _line(sign: Sign, inner: str) -> str:
    tag, name = ("del", "Gone: ") if sign == "-" else ("ins", "New: ")
    return (
        f'<p class="{tag}" dir="auto"><span class="sr-only">{name}</span><{tag}>{inner}</{tag}></p>'
    )


def _when(moment: str) -> str:
    """Return a moment in UTC, ISO 8601, as people write it: "2026-11-25 20:15 UTC"."""
    return f"{moment[:10]} {moment[11:16]} UTC"


def _reader_difference(each: Difference) -> str:
    changed = ", ".join(each.changed[:5]) + (" …" if len(each.changed) > 5 else "")
    return (
        f'<article class="difference"><h3 dir="auto">{escaped(each.question)}</h3>'
        f'<p class="hint">{escaped(_when(each.when))} · after a change of {escaped(changed)}</p>'
        f'<div class="pair">{_got("Before", each.before)}{_got("Now", each.after)}</div></article>'
    )


def _got(label: str, told: Told) -> str:
    stories = f'<p class="hint">{escaped(", ".join(told.stories))}</p>' if told.stories else ""
    return f'<div><h4>{label}</h4><p dir="auto">{escaped(told.text)}</p>{stories}</div>'
