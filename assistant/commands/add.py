"""`add`: files and addresses → drafts → shown and confirmed → stories, indexed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.commands.changing import declare_who_and_why, index_after_change, who
from assistant.commands.stories import open_library
from assistant.commands.terminal import argument_text, one_line, say, say_json
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from corpus.library import Library
    from corpus.likeness import Likeness
    from corpus.reading.draft import Draft
    from corpus.story import Story

SUMMARY = "Adds stories from files and web addresses; shows what was read before."
# As `corpus.reading.confirmation` has them; told here, so that `--help` need not load it.
_FACTS = {
    "title": "the story's title",
    "city": "the city",
    "country": "its country, by name or code; brings its region",
    "region": "UNESCO's region, where the country leaves it open",
    "award": "the award",
    "year": "the award year",
    "population": "inhabitants",
    "language": "the code of the text's language, such as en",
    "themes": "themes with commas between",
    "slug": "the name of the story's file",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "sources", metavar="PATH_OR_URL", nargs="+", type=argument_text,
        help="PDF, Word, OpenDocument, PowerPoint, EPUB, web page, Markdown or text",
    )  # fmt: skip
    for name, what in (
        ("--yes", "add without asking"),
        ("--json", "print JSON; without --yes the drafts, and nothing is added"),
        ("--replace", "put it in the place of the story of the same slug"),
    ):
        parser.add_argument(name, action="store_true", help=what)
    for name, what in _FACTS.items():
        parser.add_argument(f"--{name}", type=argument_text, default="", help=what)
    declare_who_and_why(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read everything first; only then confirm and add, draft by draft."""
    from corpus.reading.confirmation import confirmed
    from corpus.reading.intake import read_source

    library = open_library()
    countries = library.countries()
    drafts = [draft for source in arguments.sources for draft in read_source(source, countries)]
    said = confirmed({name: getattr(arguments, name) for name in _FACTS}, countries)
    if said and len(drafts) > 1:
        raise AssistantError(
            f"{len(drafts)} stories were read, and the facts you say cannot be those of all: "
            "add them one by one, or say nothing."
        )
    if arguments.json and not arguments.yes:
        from assistant.commands.draft_view import described

        say_json({"drafts": [described(d, said, _near(d, said, library)) for d in drafts]})
        return 0
    chosen = [_confirmed(draft, said, library, countries, arguments) for draft in drafts]
    stories = [story for story in chosen if story is not None]
    _add(stories, library, arguments)
    return 0


def _near(draft: Draft, said: Mapping[str, Any], library: Library) -> tuple[Likeness, ...]:
    from corpus.likeness import alike

    slug = said.get("slug") or draft.slug
    return alike(draft.provisional(said), (s for s in library.stories() if s.slug != slug))


def _confirmed(
    draft: Draft,
    said: Mapping[str, Any],
    library: Library,
    countries: Mapping[str, str],
    arguments: argparse.Namespace,
) -> Story | None:
    """Return the story of a draft as a person confirmed it; None if it is not wanted."""
    if arguments.yes:
        return _placed(draft.story(**said), library, arguments)
    from assistant.commands.draft_view import say_draft

    facts = dict(said)
    near = _near(draft, facts, library)
    while True:
        say_draft(draft, facts, near)
        _say_place(draft, facts, library, arguments)
        if not sys.stdin.isatty():
            raise AssistantError("Nothing was added: say --yes to add it as it is shown.")
        answer = input("Add it? [y]es, [n]o, or FIELD=VALUE to correct a fact: ").strip()
        if answer.lower() in ("y", "yes"):
            try:
                return _placed(draft.story(**facts), library, arguments)
            except Exception as error:
                say(one_line(str(error)))
        elif answer.lower() in ("n", "no", ""):
            return None
        else:
            facts |= _corrected(answer, countries)


def _say_place(
    draft: Draft, facts: Mapping[str, Any], library: Library, arguments: argparse.Namespace
) -> None:
    if draft.missing(facts):
        return
    slug = draft.story(**facts).slug
    free = library.free_slug(slug)
    if arguments.replace and free != slug:
        say(f"  It takes the place of {slug}, which stays in the history.")
    elif free != slug:
        say(f"  There is a story {slug} already; this one becomes {free} (--replace: its place).")
    else:
        say(f"  It becomes {slug}.")


def _corrected(answer: str, countries: Mapping[str, str]) -> dict[str, Any]:
    from corpus.errors import CorpusError
    from corpus.reading.confirmation import confirmed

    field, _, value = answer.partition("=")
    try:
        return confirmed({field.strip().lower(): value}, countries)
    except CorpusError as error:
        say(one_line(str(error)))
        return {}


def _placed(story: Story, library: Library, arguments: argparse.Namespace) -> Story:
    """Return the story under a slug that is free, unless it is to replace or corrects itself."""
    if arguments.replace:
        return story
    return replace(story, slug=library.free_slug(story.slug))


def _add(stories: Sequence[Story], library: Library, arguments: argparse.Namespace) -> None:
    known = {entry.slug for entry in library.entries()}
    added = []
    for story in stories:
        path = library.add(story, who(arguments), arguments.why)
        did = "replaced" if story.slug in known else "added"
        added.append({"slug": story.slug, "title": story.title, "did": did, "file": str(path)})
        if not arguments.json:
            say(f"{did} {story.slug}")
    if not stories:
        say("Nothing was added.")
        return
    index = index_after_change(quiet=arguments.json)
    if arguments.json:
        say_json({"added": added, "index": index})
