"""Makes the index equal to the library: adds, replaces, removes; nothing else is touched.

The order makes it safe to stop at any point, by a crash or `kill -9`. For each story that
changed: embed; note in the record that its change began; write the new vectors; put the new rows
in place of the old ones in one transaction; delete the old vectors; note that the change ended. A
vector counts only if the record names its passage, so a half-written story is never found, and the
next sync finds the note and finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.story import Story
from index.embedding import Encoder
from index.errors import IndexFailure
from index.passages import passages_of
from index.store import Store

Progress = Callable[[int, int], None]

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


def sync_index(
    stories: Sequence[Story], store: Store, encoder: Encoder, progress: Progress | None = None
) -> SyncReport:
    """Make the index equal to the stories and report what that took.

    Before anything changes, a store found damaged is told and built anew.

    :param progress: is told (passages embedded, passages to embed).
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
    if before and (added or changed or removed or unfinished) and not store.is_sound():
        store.forget()
        return sync_index(stories, store, encoder, progress)
    _index([now[s] for s in (*added, *changed)], store, encoder, progress)
    for slug in removed:
        store.records.begin_change(slug)
        store.records.remove_story(slug)
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
    stories: Sequence[Story], store: Store, encoder: Encoder, progress: Progress | None
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
        at = 0
        for story, passages in group:
            rows = slice(at, at + len(passages))
            at += len(passages)
            store.records.begin_change(story.slug)
            store.vectors.put(story.slug, [p.id for p in passages], vectors[rows])
            store.records.replace_story(story.slug, story.content_hash, passages, tokens[rows])
            _drop_stale_vectors(store, story.slug)


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
