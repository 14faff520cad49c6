"""Each figure of a run is described in words, and the words are of figures, analyses and tables that there are."""

from __future__ import annotations

import re

import pytest

from model.analysis.all_analyses import analysis_of
from model.analysis.analysis import Results
from model.analysis.structures.structures import structures
from model.choices import ANALYSES
from model.figures import figure_groups
from model.figures.descriptions import FIGURES, alternative_text, description_of, name_of
from tests.helpers.imports import MODEL
from tests.helpers.three_arms import figures_of_three_arms, results_of_three_arms, three_arms

OF_RUNS = ("all_figures.py", "deep.py")
SOURCES = "\n".join((MODEL / "figures" / name).read_text(encoding="utf-8") for name in OF_RUNS)
STEMS = set(re.findall(r'"(\d{2}_[a-z_]+)"', SOURCES))
FITTED = set(re.findall(r'"(\d_[a-z_]+)"', (MODEL / "figures" / "curve_choice" / "all.py").read_text(encoding="utf-8")))


def test_every_stem_in_the_code_of_the_figures_is_described_and_nothing_else_is() -> None:
    named = {name_of(stem) for stem in STEMS} | {name_of(f"fit_pfs_{stem}") for stem in FITTED}
    assert len(STEMS) > 30 and len(FITTED) == 8
    assert named == set(FIGURES)


def test_every_figure_of_a_run_is_described() -> None:
    further = figure_groups(Results(results_of_three_arms()[0], structures(three_arms())))["34_structures"]()
    assert set(further) == {"34_structures"}
    assert [stem for stem in (*figures_of_three_arms(), *further) if description_of(stem) is None] == []


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("16_tornado", "tornado"),
        ("fit_pfs_3_hazards", "fit_hazards"),
        ("fit_time_on_drug_excess_6_quantile_quantile", "fit_quantile_quantile"),
    ],
)
def test_a_figure_goes_by_its_name_without_number_and_endpoint(stem: str, name: str) -> None:
    assert name_of(stem) == name


def test_the_words_name_analyses_that_there_are_and_their_tables() -> None:
    results = Results(*results_of_three_arms())
    known = {stem for word in ("base", "one_way", "scenarios", "psa") for stem in analysis_of(word).tables_of(results)}
    for name, found in FIGURES.items():
        assert found.of in ANALYSES, name
        if found.of in ("base", "one_way", "scenarios", "psa"):
            assert set(found.tables) <= known, name


def test_words_are_no_longer_than_what_is_read_out_at_once_and_end_without_a_stop() -> None:
    for name, found in FIGURES.items():
        assert 30 <= len(found.shows) <= 200 and not found.shows.endswith("."), name
        assert found.shows[0].isupper(), name
    assert len({found.shows for found in FIGURES.values()}) == len(FIGURES)


def test_a_figure_that_nobody_described_is_read_out_by_its_title() -> None:
    assert alternative_text("99_new", "A new figure.") == "A new figure."
    assert alternative_text("16_tornado", "One way").startswith("One way. Tornado: ")
