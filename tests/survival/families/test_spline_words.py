"""The printed equation of a spline, typed into a calculator (here Python's), gives the survival of the spline."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy.stats import norm

from model.survival import RoystonParmar
from model.survival.families.spline_words import spline_in_words

BACK = {"hazard": lambda s: math.exp(-math.exp(s)), "odds": lambda s: 1 / (1 + math.exp(s)), "normal": lambda s: norm.sf(s)}


def typed(words: str, months: float) -> float:
    """The right side of the printed equation at a time, evaluated as it stands."""
    x = math.log(months)
    equation, *basis = words.partition(". Knots")[0].partition(". At all")[0].split("; ")
    known = {"x": x, "max": max}
    for line in basis:
        name, _, formula = line.partition("(x) = ")
        known[name] = eval(_python(formula), {}, known)  # the project's own words, in a test
    right = equation.partition(" = ")[2].partition(", where")[0]
    return float(eval(_python(right.replace("(x)", "")), {}, known))


def _python(text: str) -> str:
    return re.sub(r"(\d) (?=[a-z])", r"\1 * ", text.replace("^", "**"))


@pytest.mark.parametrize("scale", ["hazard", "odds", "normal"])
@pytest.mark.parametrize("internal", [0, 1, 3])
def test_the_printed_equation_is_the_spline(scale: str, internal: int) -> None:
    spline = RoystonParmar(scale, np.log(np.geomspace(0.8, 60.0, internal + 2)))
    gamma = np.array([-3.2, 1.1, 0.03, -0.05, 0.02])[: internal + 2]
    words = spline_in_words(spline, gamma)
    for months in (0.5, 3.0, 24.0, 200.0):
        assert BACK[scale](typed(words, months)) == pytest.approx(
            float(spline.survival(np.array([months]), gamma)[0]), abs=2e-5
        )


def test_coefficients_of_another_spline_are_refused() -> None:
    with pytest.raises(ValueError, match="has 3 coefficients, not 2"):
        spline_in_words(RoystonParmar("hazard", np.log([1.0, 5.0, 20.0])), [1.0, 2.0])
