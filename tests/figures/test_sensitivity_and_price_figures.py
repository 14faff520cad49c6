"""Figures of global sensitivity, two-way and price analyses: complete, labelled, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from model.analysis import morris, net_price_grid, price_probability, psa, sobol, two_way, value_based_prices
from model.figures import write_figures
from model.figures.contours import two_way_contours
from model.figures.frame import is_empty
from model.figures.global_sensitivity import morris_points, sobol_bars
from model.figures.price_analyses import net_price_contours, price_probability_curve, value_based_price
from tests.helpers.shipped import shipped
from tests.helpers.small_models import published_example_a
from tests.helpers.three_arms import three_arms


def made() -> dict[str, Figure]:
    three, a, us = three_arms(), published_example_a(), shipped("patina_us")
    return {
        "sobol": sobol_bars(sobol(three, 500, 1)),
        "morris": morris_points(morris(three, 5, 1)),
        "two_way": two_way_contours(two_way(a, "care.target_drug", "relative_effects.new.os", points=5), 450_000.0),
        "one_sign": two_way_contours(two_way(a, "care.pfs_care", "utilities.progressed", points=3), 1_000.0),
        "value_based_price": value_based_price(value_based_prices(a, ["care.target_drug"], [50_000.0, 150_000.0])),
        "probability": price_probability_curve(price_probability(psa(three, 200, 1), "care.new_drug")),
        "net_prices": net_price_contours(net_price_grid(us, "palbociclib", "pertuzumab")),
    }


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return made()


def test_every_figure_has_a_title_its_model_and_labels(figures: dict[str, Figure]) -> None:
    for stem, figure in figures.items():
        assert not is_empty(figure), stem
        texts = {text.get_gid(): text.get_text() for text in figure.texts}
        assert texts["title"] and "version" in texts["subtitle"] and texts["note"], stem
        assert any(axis.get_xlabel() for axis in figure.axes) and any(axis.get_ylabel() for axis in figure.axes), stem


def test_money_carries_its_currency(figures: dict[str, Figure]) -> None:
    for stem, currency in (
        ("morris", "EUR"),
        ("two_way", "USD"),
        ("value_based_price", "USD"),
        ("probability", "EUR"),
        ("net_prices", "USD"),
    ):
        assert any(currency in a.get_xlabel() + a.get_ylabel() for a in figures[stem].axes), stem


def test_files_are_the_same_bytes_for_the_same_inputs(figures: dict[str, Figure], tmp_path: Path) -> None:
    first = write_figures(figures, tmp_path / "one", ("svg",))
    second = write_figures(made(), tmp_path / "two", ("svg",))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_without_a_priced_drug_the_figure_says_so() -> None:
    assert is_empty(value_based_price(value_based_prices(published_example_a())))


def test_the_line_at_zero_is_drawn_only_where_the_sign_changes(figures: dict[str, Figure]) -> None:
    assert figures["two_way"].legends and not figures["one_sign"].legends
