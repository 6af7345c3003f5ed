"""Which stories a set of facts leaves."""

from __future__ import annotations

import pytest

from corpus.library import Library
from corpus.names import country_names
from corpus.selection import Places, Selection, country_called

STORIES = Library(None).stories()
IRELAND = Places(countries=("IE",))


@pytest.mark.parametrize(
    ("selection", "slugs"),
    [
        (Selection(Places(cities=("Cork",))), ["2015-cork", "2024-cork"]),
        (Selection(IRELAND, since=2016, until=2021), ["2017-limerick", "2021-dublin"]),
        (Selection(Places(regions=("Africa",)), years=(2015,)), ["2015-bahir-dar"]),
        (Selection(IRELAND, Places(cities=("Cork",))), ["2017-limerick", "2021-dublin"]),
        (Selection(more_than=10_000_000), ["2021-shanghai", "2024-wuhan"]),
        (Selection(fewer_than=20), []),
    ],
)
def test_conditions_are_joined_by_and_and_places_by_or(
    selection: Selection, slugs: list[str]
) -> None:
    assert [story.slug for story in selection.of(STORIES)] == slugs


def test_themes_are_all_required() -> None:
    chosen = Selection(themes=("festivals", "funding")).of(STORIES)
    assert chosen and all({"festivals", "funding"} <= set(story.themes) for story in chosen)


@pytest.mark.parametrize(
    ("words", "code"),
    [("republic", "IE"), ("kingdom", "GB"), ("united kingdom", "GB"), ("empire", None), ("", None)],
)
def test_a_country_of_a_list_may_be_called_by_a_part_of_its_name(
    words: str, code: str | None
) -> None:
    assert country_called(words, ("IE", "GB"), country_names()) == code
