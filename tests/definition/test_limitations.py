"""The numbered limitations of the cover and those of the first page, from texts read by eye."""

from __future__ import annotations

import dataclasses

import pytest

from model.definition.checks.remarks import limitations_shown_first
from model.definition.limitations import numbered, shown_first
from model.definition.records.settings import About
from tests.helpers.small_models import published_example_a

TEXT = "1. Short follow-up of 2.5 years.\n2. Prices of 2024. They fall.\n3. Proxies. 4. No norms."


def about(first: str = "", limitations: str = TEXT) -> About:
    return dataclasses.replace(published_example_a().about, limitations=limitations, first_limitations=first)


def test_a_text_is_taken_apart_at_its_numbers_in_order_and_nowhere_else() -> None:
    assert numbered(TEXT) == {
        1: "Short follow-up of 2.5 years.",
        2: "Prices of 2024. They fall.",
        3: "Proxies.",
        4: "No norms.",
    }


@pytest.mark.parametrize("text, found", [("", {}), ("  \n", {}), ("No numbers here.", {1: "No numbers here."})])
def test_a_text_without_numbers_is_one_limitation(text: str, found: dict[int, str]) -> None:
    assert numbered(text) == found


@pytest.mark.parametrize(
    "typed, shown", [("", [1, 2, 3]), ("4, 2", [4, 2]), ("4;1;2;3", [4, 1, 2]), ("2, 9, x", [2]), ("3", [3])]
)
def test_at_most_three_are_shown_in_the_order_asked_for(typed: str, shown: list[int]) -> None:
    assert list(shown_first(about(typed))) == shown


def test_a_number_of_no_limitation_is_told() -> None:
    model = dataclasses.replace(published_example_a(), about=about("2, 9"))
    (remark,) = limitations_shown_first(model)
    assert (remark.table, remark.field) == ("about", "first_limitations")
    assert "'9' names no limitation" in remark.message and "1 to 4" in remark.message
    assert not list(limitations_shown_first(dataclasses.replace(model, about=about("2, 4"))))
