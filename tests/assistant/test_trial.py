"""A draft is asked before it is added, alone, and leaves no trace."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Kind
from assistant.service import Assistant
from assistant.trial import answer_from
from corpus.library import Library
from index.embedding import Encoder
from index.store import Store
from tests.index.small_library import make_story

pytestmark = pytest.mark.slow


def test_a_draft_answers_alone_and_leaves_no_trace(
    all_stories: tuple[Store, Encoder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assistant = Assistant(Library(None), *all_stories)
    before = assistant.live.store.records.all_ids()
    draft = replace(make_story("Bergen"), slug="draft")
    answer = answer_from(draft, "How many fishers teach children to mend nets?", assistant)
    assert answer.kind is Kind.ANSWERED
    assert {citation.story for citation in answer.citations} == {"draft"}
    other = answer_from(draft, "How much does Cork's festival week cost?", assistant)
    assert other.kind is Kind.NOT_FOUND
    assert assistant.live.store.records.all_ids() == before
    assert list(tmp_path.iterdir()) == []
