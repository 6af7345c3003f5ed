"""What a question means in its conversation: what it inherits from the turns before, and what not.

No language model takes part: the words that refer back, go on, correct or change the subject stand
in `conversation.toml`, by language. A question inherits where its words ask for it; one that names
its own city, asks for cities at large or changes the subject inherits nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from assistant.ellipsis import (
    at_place,
    at_year,
    corrects_year,
    is_fragment,
    is_thin,
    own_matter,
)
from assistant.language import language_of
from assistant.listing import Listing, read_listing
from assistant.reference import Pool, pointed_at
from assistant.small_talk import SmallTalk, language_of_small_talk, small_talk
from assistant.thread import Thread, Turn, appended, named_in, told_in
from assistant.wording import folded, has_phrases, languages_saying, says
from corpus.catalogue import Catalogue, Mentions

# How many earlier turns are read again; what lies further back is rarely meant.
_REMEMBERED = 12
# The language of fewer letters is too hard to tell, so they are of the conversation's.
_TELLING_LETTERS = 25


@dataclass(frozen=True)
class Meaning:
    """A question as its conversation makes it.

    `focus`: slugs of the stories it is about, where the conversation or its own words tell.
    `inherited`: in words, what it took from earlier turns, "" if nothing; `topic`: the section that
    is a part of it. `several`: it wants to hear of several cities and points at none. `question`:
    the wording on which an elliptic question after it builds, if not `standalone`.
    """

    standalone: str
    language: str
    mentions: Mentions
    focus: tuple[str, ...] = ()
    inherited: str = ""
    topic: str = ""
    several: bool = False
    listing: Listing | None = None
    small_talk: SmallTalk | None = None
    question: str = ""


def follow(history: Sequence[Turn], catalogue: Catalogue) -> Thread:
    """Return what the turns of a conversation have come to, oldest first."""

    def after(thread: Thread, turn: Turn) -> Thread:
        return _after(thread, turn, interpret(turn.question, thread, catalogue), catalogue)

    return reduce(after, history[-_REMEMBERED:], Thread())


def interpret(text: str, thread: Thread, catalogue: Catalogue) -> Meaning:
    """Return what a question means after a conversation.

    :param text: the question, cleaned.
    :param thread: what the conversation has come to; `Thread()` for none.
    """
    language = _language(text, thread)
    told = language_of(text)
    spoken = tuple(dict.fromkeys(filter(None, (language, told, thread.language))))
    mentions = _meant(catalogue.mentions(text), text, spoken)
    if kind := small_talk(text, mentions, spoken):
        language = language_of_small_talk(text, (told, thread.language))
        return Meaning(text, language, mentions, small_talk=kind)
    thread = _without_what_is_left(text, mentions, thread, spoken)
    if listing := read_listing(text, mentions, spoken, catalogue, thread.listing):
        return _listed(text, language, mentions, listing, thread, catalogue)
    return _asked(text, language, mentions, thread, spoken, catalogue)


def _asked(
    text: str,
    language: str,
    mentions: Mentions,
    thread: Thread,
    spoken: tuple[str, ...],
    catalogue: Catalogue,
) -> Meaning:
    """Return what a question means that asks for something told in the stories."""
    pool = Pool(catalogue, thread.focus, thread.listed, thread.seen)
    focus = pointed_at(text, mentions, pool, spoken)
    fragment = is_fragment(text, spoken)
    goes_on = bool(thread.question) and (fragment or corrects_year(text, spoken))
    if goes_on:
        return _going_on(text, language, mentions, focus, thread, spoken, catalogue)
    own_city = bool(focus) and set(_cities(focus, catalogue)) <= set(mentions.cities)
    if not focus and _inherits(text, mentions, spoken):
        focus = thread.focus or (thread.listed if says("refers", text, spoken) else ())
    if own_city or not focus:
        several = not focus and says("several", text, spoken)
        return Meaning(text, language, mentions, focus, several=several)
    return _in_context(text, language, focus, thread, catalogue)


def _in_context(
    text: str, language: str, focus: tuple[str, ...], thread: Thread, catalogue: Catalogue
) -> Meaning:
    """Return a question with the city, and where it says little itself the topic, it inherits."""
    cities = _cities(focus, catalogue)
    same = focus == thread.focus and bool(thread.section)
    topic = thread.section if same and is_thin(text) else ""
    inherited = ", ".join(cities) + (f": {topic}" if topic else "")
    standalone = f"{text} ({inherited})"
    mentions = _about(catalogue.mentions(standalone), catalogue.mentions(text), cities)
    # A topic is of one question; the next elliptic one is about its own.
    question = f"{text} ({', '.join(cities)})"
    return Meaning(standalone, language, mentions, focus, inherited, topic, question=question)


def _going_on(
    text: str,
    language: str,
    mentions: Mentions,
    focus: tuple[str, ...],
    thread: Thread,
    spoken: tuple[str, ...],
    catalogue: Catalogue,
) -> Meaning:
    """Return an elliptic question ("And in Limerick?") as the question before it, changed."""
    places = [*mentions.cities, *mentions.countries, *mentions.regions, *mentions.elsewhere]
    if not focus and not places:
        focus = thread.focus
    earlier = at_year(thread.question, text, mentions, spoken)
    if places or focus != thread.focus:
        to = _cities(focus, catalogue) or [s.text for s in mentions.spans if s.kind != "year"]
        earlier = at_place(earlier, ", ".join(to), catalogue)
    bare = not own_matter(text, mentions) or corrects_year(text, spoken)
    changed = earlier != thread.question
    standalone = earlier if bare and changed else f"{text} ({earlier})"
    cities = _cities(focus, catalogue)
    found = catalogue.mentions(standalone)
    own = found if bare and changed else catalogue.mentions(text)
    if cities:
        found = _about(found, own, cities)
    return Meaning(standalone, language, found, focus, earlier)


def _listed(
    text: str,
    language: str,
    mentions: Mentions,
    listing: Listing,
    thread: Thread,
    catalogue: Catalogue,
) -> Meaning:
    focus = tuple(story.slug for story in listing.stories(catalogue.stories))
    if thread.listing is None:
        return Meaning(text, language, mentions, focus, listing=listing)
    standalone = f"{text} ({thread.question})"
    return Meaning(standalone, language, mentions, focus, thread.question, listing=listing)


def _after(thread: Thread, turn: Turn, meaning: Meaning, catalogue: Catalogue) -> Thread:
    """Return the thread after a turn, from what its question meant and what its answer told."""
    if meaning.small_talk:
        return thread
    told = turn.told or told_in(turn.answer, catalogue)
    slugs = tuple(dict.fromkeys(slug for slug, _ in told))
    if meaning.listing:
        return Thread(
            focus=meaning.focus if len(meaning.focus) == 1 else (),
            seen=appended(thread.seen, meaning.focus),
            listed=meaning.focus if len(meaning.focus) > 1 else thread.listed,
            question=meaning.question or meaning.standalone,
            listing=meaning.listing if meaning.listing.edge is None else thread.listing,
            language=meaning.language,
        )
    named = meaning.focus or slugs or named_in(turn.answer, catalogue)
    several = len(_cities(named, catalogue)) > 1
    focus = () if several and not meaning.focus else named
    return Thread(
        focus=focus,
        seen=appended(thread.seen, named),
        listed=named if several else thread.listed,
        question=meaning.question or meaning.standalone,
        section=next((section for slug, section in told if slug in focus), ""),
        language=meaning.language,
    )


def _meant(mentions: Mentions, text: str, spoken: Sequence[str]) -> Mentions:
    """Return the mentions without the place that the question turns away from."""
    left = [
        span
        for span in mentions.spans
        if span.kind in ("city", "country", "part")
        and says("leaves", " ".join(folded(text[: span.start]).split()[-3:]), spoken)
    ]
    if not left or len(left) == len(mentions.spans):
        return mentions
    values = {span.value for span in left}
    return replace(
        mentions,
        cities=tuple(city for city in mentions.cities if city not in values),
        countries=tuple(code for code in mentions.countries if code not in values),
        regions=tuple(region for region in mentions.regions if region not in values),
        spans=tuple(span for span in mentions.spans if span not in left),
    )


def _without_what_is_left(
    text: str, mentions: Mentions, thread: Thread, spoken: Sequence[str]
) -> Thread:
    """Return the thread without its subject where the question changes it."""
    changes = says("switches", text, spoken) and not says("returns", text, spoken)
    if changes and (mentions.cities or not says("refers", text, spoken)):
        return Thread(seen=thread.seen, language=thread.language)
    return thread


def _inherits(text: str, mentions: Mentions, spoken: Sequence[str]) -> bool:
    """Tell whether a question that points at no city asks for the one spoken of.

    Without a word that refers back, it does if it speaks of something known ("the money"). A place
    of no story is what a question is about, unless it refers back before: "Do they know Paris?".
    """
    if says("general", text, spoken):
        return False
    elsewhere = [span.start for span in mentions.spans if span.kind == "elsewhere"]
    if says("continues", text, spoken) or says(
        "refers", text[: min(elsewhere, default=None)], spoken
    ):
        return True
    places = mentions.countries or mentions.regions or elsewhere
    known = says("definite", text, spoken) or not has_phrases(spoken[0], "definite")
    return known and not places and not says("at_large", text, spoken)


def _about(found: Mentions, own: Mentions, cities: Sequence[str]) -> Mentions:
    """Return the mentions of a stand-alone question that is about these cities.

    Its years are its own: those of an inherited topic are not asked about.
    """
    return replace(
        found,
        cities=tuple(cities),
        countries=(),
        regions=(),
        within=(),
        years=own.years,
        elsewhere=own.elsewhere,
    )


def _cities(slugs: Iterable[str], catalogue: Catalogue) -> list[str]:
    wanted = set(slugs)
    return list(dict.fromkeys(s.city for s in catalogue.stories if s.slug in wanted))


def _language(text: str, thread: Thread) -> str:
    """Return the language of a question; of a short one that of the conversation, if it may be."""
    told = language_of(text)
    if len([c for c in text if c.isalpha()]) >= _TELLING_LETTERS or not thread.language:
        return told
    known = languages_saying(("asks", "refers", "continues"), text)
    if not known:
        return thread.language if _is_latin(text) == _is_latin(thread.question) else told
    return next((language for language in (thread.language, told) if language in known), told)


def _is_latin(text: str) -> bool:
    return all(c < "\u0250" for c in text if c.isalpha())
