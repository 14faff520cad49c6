"""Values as text: the digits of each kind of column, and what is no number."""

from __future__ import annotations

import numpy as np
import pytest

from model.cell_text import text_of
from model.result_columns import KINDS


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (1234567.8, "money", "1,234,568"),
        (-1234567.8, "money", "\N{MINUS SIGN}1,234,568"),
        (-0.2, "money", "0"),
        (12.345, "price", "12.35"),
        (0.7174, "qalys", "0.717"),
        (0.0000123, "gain", "1.2e-05"),
        (-0.3, "extra", "\N{MINUS SIGN}0.3"),
        (1.23456, "member", "1.2346"),
        (-0.00123, "member", "\N{MINUS SIGN}0.0012"),
        (0.256, "share", "25.6%"),
        (0.1, "change", "+10.0%"),
        (12.0, "value", "12.00"),
        (12.3456, "value", "12.3456"),
        (3, "any", "3"),
        (1234.5, "any", "1,234.50"),
        (2.5e10, "any", "2.5e+10"),
        (1e-13, "qalys", "0.000"),
        (float("inf"), "price", "infinite"),
        (float("nan"), "money", ""),
        (None, "text", ""),
        (np.bool_(True), "text", "yes"),
        ("a label", "money", "a label"),
    ],
)
def test_a_value_is_shown_with_the_digits_of_its_kind(value: object, kind: str, shown: str) -> None:
    assert text_of(value, kind) == shown


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_column_can_be_shown(kind: str) -> None:
    assert text_of(1.25, kind) and text_of(0.0, kind) and "-" not in text_of(-1.25, kind)
