"""Makes the index equal to the library: adds, replaces, removes; nothing else is touched.

The order makes it safe to stop at any point, by a crash or `kill -9`. For the stories that
changed, some at a time: embed; note in the record that their change began; write the new vectors;
put the new rows in place of the old ones in one transaction; delete the old vectors; note that the
change ended. A vector counts only if the record names its passage, so a half-written story is never
found, and the next sync finds the note and finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import accumulate, pairwise

from corpus.story import Story
from index.embedding import Encoder
from index.errors import IndexFailure
from index.passages import Passage, passages_of
from index.store import Store

Progress = Callable[[int, int], None]
# Is entered around the moment at which stories, by slug, become what is found; None: one that goes.
# If that fails, none of them has changed.
Turning = Callable[[Mapping[str, Story | None]], AbstractContextManager[None]]

# Stories whose passages are embedded together. Larger groups fill the encoder's batches better;
# smaller ones lose less work when a sync is stopped.
_GROUP = 20


@dataclass(frozen=True)
class SyncReport:
    """The slugs of the stories that a sync added, changed, removed, and found as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


def _unnoticed(_: Mapping[str, Story | None]) -> AbstractContextManager[None]:
    return nullcontext()


def sync_index(
    stories: Sequence[Story],
    store: Store,
    encoder: Encoder,
    progress: Progress | None = None,
    turning: Turning = _unnoticed,
) -> SyncReport:
    """Make the index equal to the stories and report what that took.

    Before anything changes, a store found damaged is told and built anew.

    :param progress: is told (passages embedded, passages to embed).
    :param turning: is entered around each moment at which stories change for those who search.
    :raises IndexFailure: the disk is full or the store fails; what was indexed before still is.
    """
    if encoder.fingerprint != store.fingerprint:
        raise IndexFailure(
            f"The index is of the embedding {store.fingerprint}, not of {encoder.fingerprint}: "
            "open it anew and it is rebuilt."
        )
    before = store.records.hashes()
    now = {story.slug: story for story in stories}
    unfinished = set(store.records.unfinished())
    added = [s for s in now if s not in before]
    changed = [s for s in now if s in before and now[s].content_hash != before[s]]
    removed = [s for s in before if s not in now]
    if before and (added or changed or removed or unfinished) and not store.was_sound():
        store.forget()
        return sync_index(stories, store, encoder, progress, turning)
    _index([now[s] for s in (*added, *changed)], store, encoder, progress, turning)
    _remove(removed, store, turning)
    for slug in sorted(unfinished.union(removed)):
        _drop_stale_vectors(store, slug)
    touched = {*added, *changed}
    return SyncReport(
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(removed),
        unchanged=tuple(s for s in now if s not in touched),
    )


def _index(
    stories: Sequence[Story],
    store: Store,
    encoder: Encoder,
    progress: Progress | None,
    turning: Turning,
) -> None:
    cut = [(story, passages_of(story)) for story in stories]
    total = sum(len(passages) for _, passages in cut)
    done = 0
    for first in range(0, len(cut), _GROUP):
        group = cut[first : first + _GROUP]
        texts = [p.label + p.text for _, passages in group for p in passages]
        start = done

        def report(part: int, _: int, start: int = start) -> None:
            if progress:
                progress(start + part, total)

        vectors, tokens = encoder.encode_passages_with_tokens(texts, report)
        done += len(texts)
        rows = _rows(passages for _, passages in group)
        for (story, passages), own in zip(group, rows, strict=True):
            store.records.begin_change(story.slug)
            store.vectors.put(story.slug, [p.id for p in passages], vectors[own])
        with turning({story.slug: story for story, _ in group}), store.records.transaction():
            for (story, passages), own in zip(group, rows, strict=True):
                store.records.replace_story(story.slug, story.content_hash, passages, tokens[own])
        for story, _ in group:
            _drop_stale_vectors(store, story.slug)


def _rows(groups: Iterable[Sequence[Passage]]) -> list[slice]:
    """Return where each story's passages lie among those of all."""
    ends = list(accumulate((len(passages) for passages in groups), initial=0))
    return [slice(start, end) for start, end in pairwise(ends)]


def _remove(slugs: Sequence[str], store: Store, turning: Turning) -> None:
    if not slugs:
        return
    for slug in slugs:
        store.records.begin_change(slug)
    with turning(dict.fromkeys(slugs)), store.records.transaction():
        for slug in slugs:
            store.records.remove_story(slug)


def _drop_stale_vectors(store: Store, slug: str) -> None:
    """Delete a story's vectors whose passages the record does not hold, and end the change."""
    stale = store.vectors.ids_of(slug) - store.records.passage_ids(slug)
    store.vectors.delete(stale)
    store.records.end_change(slug)


def holds_exactly(store: Store, stories: Sequence[Story]) -> bool:
    """Tell whether record and vectors hold the stories' passages, all of them and no others."""
    wanted = {passage.id for story in stories for passage in passages_of(story)}
    slugs = [story.slug for story in stories]
    recorded = {passage.id for passage in store.records.passages_of(slugs)}
    return recorded == wanted == store.vectors.ids() and store.records.count() == len(wanted)
