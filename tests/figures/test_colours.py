"""Colours for every reader: apart under simulated colour blindness, apart in a grey print or told by something else too."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.analysis.curve_choice.colours import SPLINE_COLOURS, STANDARD_COLOURS
from model.excel.output_book import PALETTE as SHEET_PALETTE
from model.excel.output_book import STATE_COLOURS
from model.excel.pages.heat import BETTER, WORSE
from model.excel.pages.lines import DASHES
from model.excel.report.charts import CATEGORY_COLOURS
from model.figures.curve_pairs import CROSSED, HELD
from model.figures.differences import FALL, RISE
from model.figures.style import DARK_BLUE, HATCHES, LIGHT_BLUE, LINE_STYLES, MARKERS, PALETTE
from tests.helpers.colours import SIMULATED, brightness, distance, lab, linear, nearest, nearest_grey
from tests.helpers.shipped import ROOT, shipped
from tests.helpers.three_arms import figures_of_three_arms

APART, APART_IN_GREY = 10.0, 10.0
BOOKS = sorted(path.stem for path in (ROOT / "inputs").glob("*.xlsx"))


@pytest.mark.parametrize("name", SIMULATED)
def test_a_simulated_reader_sees_white_and_greys_as_they_are(name: str) -> None:
    np.testing.assert_allclose(SIMULATED[name] @ np.ones(3), 1.0, atol=2e-6)
    assert distance("#808080", "#FFFFFF", name) == pytest.approx(distance("#808080", "#FFFFFF", "normal"), abs=1e-3)


def test_distances_are_those_of_the_published_colour_space() -> None:
    """L*a*b* of sRGB red under D65: 53.24, 80.09, 67.20 (Lindbloom)."""
    np.testing.assert_allclose(lab(linear("#FF0000")), [53.24, 80.09, 67.20], atol=0.02)
    assert brightness("#FFFFFF") == pytest.approx(100.0) and brightness("#000000") == pytest.approx(0.0)


def test_the_simulation_finds_green_and_red_of_one_brightness_that_many_cannot_tell_apart() -> None:
    assert distance("#CFE8D2", "#F6D0CE", "normal") > 25
    assert distance("#CFE8D2", "#F6D0CE", "deuteranopia") < 2.3


@pytest.mark.parametrize("book", BOOKS)
def test_arms_of_a_shipped_workbook_are_apart_for_everybody_and_in_grey(book: str) -> None:
    colours = [arm.colour for arm in shipped(book).arms]
    assert nearest(colours) >= 2 * APART
    assert nearest_grey(colours) >= APART_IN_GREY


@pytest.mark.parametrize(
    "colours",
    [PALETTE, SHEET_PALETTE, STANDARD_COLOURS, tuple(SPLINE_COLOURS.values())],
    ids=("figures", "sheets", "curves", "splines"),
)
def test_colours_of_many_series_are_apart_for_everybody(colours: tuple[str, ...]) -> None:
    assert nearest(colours) >= APART


@pytest.mark.parametrize(
    "pair",
    [(LIGHT_BLUE, DARK_BLUE), (BETTER, WORSE), (HELD, CROSSED), tuple(STATE_COLOURS.values())],
    ids=("low and high", "better and worse", "held and crossed", "states"),
)
def test_colours_of_few_meanings_are_apart_for_everybody_and_in_grey(pair: tuple[str, ...]) -> None:
    assert nearest(pair) >= 2 * APART
    assert nearest_grey(pair) >= APART_IN_GREY


def test_rise_and_fall_are_apart_for_everybody_and_have_a_sign_beside_them() -> None:
    assert nearest((RISE, FALL)) >= 2 * APART


def test_neighbours_in_a_stack_of_costs_differ_in_brightness() -> None:
    assert len(set(CATEGORY_COLOURS)) == len(CATEGORY_COLOURS)
    for one, other in pairwise(CATEGORY_COLOURS):
        assert abs(brightness(one) - brightness(other)) >= APART_IN_GREY
        assert nearest((one, other)) >= APART


def test_there_are_as_many_dashes_marks_and_hatches_as_a_model_usually_has_arms() -> None:
    for kinds in (LINE_STYLES, MARKERS, HATCHES, DASHES):
        assert len({str(kind) for kind in kinds}) == len(kinds) >= 6


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    return figures_of_three_arms()


def look(line: Line2D) -> tuple[object, ...]:
    """All of a line that a grey print keeps, but its brightness."""
    dashes = line._dash_pattern if line.get_linestyle() != "None" else None  # type: ignore[attr-defined]
    return (str(dashes), line.get_marker(), line.get_fillstyle(), round(line.get_linewidth(), 1), line.get_drawstyle())


def test_no_two_lines_with_names_differ_in_colour_alone(drawn: dict[str, Figure]) -> None:
    """Of one panel; a difference in brightness counts as one that is seen in grey."""
    astray = []
    for stem, figure in drawn.items():
        for axis in figure.axes:
            lines = [line for line in axis.lines if not str(line.get_label()).startswith("_")]
            for one, other in combinations(lines, 2):
                grey = abs(brightness(to_hex(one.get_color())) - brightness(to_hex(other.get_color())))
                if look(one) == look(other) and grey < 2 * APART_IN_GREY:
                    astray.append((stem, one.get_label(), other.get_label()))
    assert astray == []


def test_parts_of_a_stack_that_touch_differ_in_hatching_or_brightness(drawn: dict[str, Figure]) -> None:
    for stem in ("10_cost_breakdown", "11_qaly_breakdown", "08_state_occupancy"):
        for axis in drawn[stem].axes:
            parts = [(to_hex(p.get_facecolor()), p.get_hatch()) for p in (*axis.patches, *axis.collections)]
            looks = list(dict.fromkeys(parts))
            for one, other in pairwise(looks):
                assert one[1] != other[1] or abs(brightness(one[0]) - brightness(other[0])) >= APART_IN_GREY, stem
