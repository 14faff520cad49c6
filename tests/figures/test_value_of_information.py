"""Figures of the value of information: what they show is in the tables, and nothing to gain is said in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from model.analysis import PSA, psa
from model.analysis.research import SurvivalStudy
from model.definition import labels
from model.figures import write_figures
from model.figures.frame import is_empty
from model.figures.value_of_information import evppi_ranking, sample_information
from tests.helpers.small_models import model, monthly, settings, uncertain, uncertain_curves, utilities

WTP = 100_000.0


@pytest.fixture(scope="module")
def result() -> PSA:
    definition = model(
        uncertain_curves(),
        settings=settings(currency="EUR", horizon_years=10.0),
        utilities=utilities(uncertain(0.8, 0.03, "beta"), 0.6),
        care=(monthly("drug", "progression_free", 2000.0, arm="new"),),
    )
    return psa(definition, 800, 1)


def words(figure: Figure) -> str:
    texts = [t.get_text() for t in figure.texts] + [t.get_text() for a in figure.axes for t in a.texts]
    return " ".join(texts).replace("\n", " ")


def test_bars_are_the_values_of_the_table_from_the_highest_down(result: PSA, tmp_path: Path) -> None:
    table = result.evppi("parameters", [WTP])
    figure = evppi_ranking(result, table, WTP, most=3)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    values = np.sort(table["evppi"])[::-1][:3]
    np.testing.assert_allclose(widths, values[values > 0])
    label = figure.axes[0].get_yticklabels()[0].get_text().replace("\n", " ")
    best = table.loc[table["evppi"].idxmax(), "group"]
    assert label == labels.label(result.definition, best)
    assert "EUR" in figure.axes[0].get_xlabel()
    assert f"{len(widths)} of {len(table)} groups or inputs" in words(figure)
    assert write_figures({"evppi": figure}, tmp_path)


def test_the_value_of_a_study_is_drawn_over_its_size_with_the_best_marked(result: PSA, tmp_path: Path) -> None:
    value = result.evsi(SurvivalStudy(36.0), [0, 30, 300], WTP)
    net = result.enbs(value, incidence_per_year=100, horizon_years=5, fixed_cost=1e4, cost_per_patient=10.0)
    figure = sample_information(result, value, net, "trial of 36 months", WTP)
    left, right = figure.axes
    np.testing.assert_array_equal(left.lines[0].get_xdata(), [30, 300])
    np.testing.assert_array_equal(left.lines[0].get_ydata(), value["evsi"].iloc[1:])
    star = right.lines[-1].get_xydata()[0]
    assert star.tolist() == net.loc[net["optimal"], ["size", "enbs"]].values[0].tolist()
    assert "36 months" in words(figure) and "version 1" in words(figure)
    assert write_figures({"evsi": figure, "alone": sample_information(result, value, threshold=WTP)}, tmp_path)


def test_without_a_study_worth_its_cost_nothing_is_marked(result: PSA) -> None:
    value = result.evsi(SurvivalStudy(36.0), [30, 300], WTP)
    net = result.enbs(value, incidence_per_year=1, horizon_years=1, fixed_cost=1e9, cost_per_patient=0.0)
    figure = sample_information(result, value, net, threshold=WTP)
    assert "Best of these sizes" not in {t.get_text() for t in figure.legends[0].get_texts()}


def test_nothing_to_gain_is_said_in_words(result: PSA) -> None:
    for figure in (
        evppi_ranking(result, result.evppi("default", [0.0]), 0.0),
        sample_information(result, result.evsi(SurvivalStudy(36.0), [30], 0.0), threshold=0.0),
    ):
        assert is_empty(figure) and "change" in words(figure)
