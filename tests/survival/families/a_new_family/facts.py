"""What holds of a distribution that was added by its file and its line of the registry alone, here Burr XII.

Run by test_a_new_family.py in a copy of the model to which it was added. Oracles: scipy.stats.burr12 (its c is our shape,
its d our k) with scipy's optimiser; formualizer for the workbook.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from scipy.optimize import minimize
from scipy.stats import burr12

from model.analysis import base_case
from model.analysis.agreement import ALLOWED
from model.analysis.base_case.named_outputs import named_outputs
from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.curve_choice.from_definition import endpoints_of
from model.definition import Curve, ModelDefinition, edit, sample
from model.definition.curves.from_data import fit_of
from model.definition.records.curves import Coefficient, Evidence
from model.excel import read_inputs, write_inputs
from model.excel.inputs.layout import layout_of
from model.excel.output import write_workbook
from model.figures.curve_choice.all import curve_choice_figures
from model.figures.curve_choice.common import standard_look
from model.survival import CANDIDATES, DISTRIBUTIONS, calibrate, distribution, fit_data
from model.survival.summary_statistics import Landmark, Median
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.reference_trial import ARMS, trial
from tests.helpers.small_models import effect_curve, model, own_curve, settings, uncertain_curves
from tests.helpers.small_runs import small_definition
from tests.helpers.trial_data import patient_records, trial_model

NAME = "burr"
SHAPE, SCALE, K = 1.4, 20.0, 0.7
SCIPY = burr12(SHAPE, K, scale=SCALE)
SELECTED = {"curves.standard_care.pfs.distribution": NAME}
MONTHS = np.array([0.5, 3.0, 12.0, 40.0, 120.0, 480.0])


def test_curves_are_scipys() -> None:
    family, coefficients = distribution(NAME), np.array([SHAPE, SCALE, K])
    assert family.survival(MONTHS, coefficients) == pytest.approx(SCIPY.sf(MONTHS), rel=1e-12)
    assert family.hazard(MONTHS, coefficients) == pytest.approx(SCIPY.pdf(MONTHS) / SCIPY.sf(MONTHS), rel=1e-11)
    assert family.quantile([0.1, 0.5, 0.9], coefficients) == pytest.approx(SCIPY.ppf([0.1, 0.5, 0.9]), rel=1e-12)
    assert family.mean([2.0, SCALE, K]) == pytest.approx(burr12(2.0, K, scale=SCALE).mean(), rel=1e-10)
    assert np.isinf(family.mean(coefficients))  # k shape = 0.98: the tail is too heavy


@pytest.mark.parametrize("arm", ARMS)
def test_the_maximum_of_the_likelihood_is_that_of_scipys_density_and_optimiser(arm: str) -> None:
    data = trial("pfs", arm)

    def minus_log_likelihood(logarithms: np.ndarray) -> float:
        shape, scale, k = np.exp(logarithms)
        other = burr12(shape, k, scale=scale)
        return -float(other.logpdf(data.time[data.event]).sum() + other.logsf(data.time[~data.event]).sum())

    tight = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 20_000, "maxfev": 20_000}
    found = minimize(minus_log_likelihood, [0.0, 3.0, 0.0], method="Nelder-Mead", options=tight)
    fit = fit_data(data, NAME)
    assert fit.usable and not fit.not_identified
    assert fit.log_likelihood == pytest.approx(-found.fun, abs=1e-5)
    assert fit.coefficients == pytest.approx(np.exp(found.x), rel=1e-4)


def test_a_calibrated_curve_passes_through_what_was_published() -> None:
    statistics = [
        Median(float(SCIPY.median()), standard_error=2.0),
        *(Landmark(t, float(SCIPY.sf(t)), standard_error=0.02) for t in (6.0, 48.0)),
    ]
    found = calibrate(distribution(NAME), statistics)
    assert found.identified, found.message
    assert found.coefficients == pytest.approx([SHAPE, SCALE, K], rel=1e-7)


OS_OF_OLD = own_curve("old", "os", NAME, shape=1.5, scale=90.0, k=1.2)


@cache
def chosen(os_of_old: tuple[Curve, list[Coefficient]] = OS_OF_OLD, effect: str = "acceleration_factor") -> ModelDefinition:
    """PFS of the synthetic trial fitted in either arm, with cure in one; OS typed, and an effect on it. Quarterly cycles."""
    curves = [
        (Curve(arm="old", endpoint="pfs", source="patient_data", distribution=NAME, cure="mixture"), []),
        (Curve(arm="new", endpoint="pfs", source="patient_data", distribution=NAME), []),
        os_of_old,
        effect_curve("new", "os", "old", NAME, 0.8, effect),
    ]
    patients = tuple(row for row in patient_records() if row.endpoint == "pfs")
    return trial_model(*curves, patient_data=patients, settings=settings(horizon_years=12.0, cycle_days=91.0))


@cache
def published() -> ModelDefinition:
    """A published model whose curve of PFS is calibrated to a median and a landmark; and a prior on ln k."""
    definition = dataclasses.replace(small_definition(), scenarios=())
    prior = Evidence(arm="standard_care", endpoint="pfs", statistic="prior", item="k", value=0.0, standard_error=0.3)
    return dataclasses.replace(definition, evidence=(*definition.evidence, prior))


def test_draws_have_the_mean_and_the_covariance_of_the_fit() -> None:
    definition = chosen()
    curve = definition.curve("new", "pfs")
    assert curve is not None
    fit = fit_of(definition, curve, NAME)
    logarithms = np.log(sample(definition, 4096, 1)[curve.id])
    assert logarithms.mean(axis=0) == pytest.approx(fit.estimates, abs=0.02)
    assert np.cov(logarithms.T) == pytest.approx(fit.covariance, abs=0.05 * np.abs(fit.covariance).max())


def test_it_is_drawn_in_a_look_of_its_own_in_every_figure_of_the_curve_choice() -> None:
    looks = [standard_look(name) for name in DISTRIBUTIONS]
    assert None not in looks and len(set(looks)) == len(looks)
    endpoints = [e for e in endpoints_of(chosen()) if e.endpoint == "pfs"]
    made = curve_choice_figures(endpoints, "Trial")
    for stem in ("fit_pfs_1_candidates_follow_up", "fit_pfs_2_candidates_horizon", "fit_pfs_3_hazards"):
        labels = {text.get_text() for legend in made[stem].legends for text in legend.get_texts()}
        assert "Burr XII (selected)" in labels, stem


def test_it_stands_in_the_drop_down_of_a_workbook_and_is_read_back(tmp_path: Path) -> None:
    definition, path = edit(published(), SELECTED), tmp_path / "inputs.xlsx"
    write_inputs(definition, path)
    assert read_inputs(path).curve("standard_care", "pfs") == definition.curve("standard_care", "pfs")
    place = layout_of(definition).cells["curves.standard_care.pfs.distribution"]
    book = openpyxl.load_workbook(path)
    cell = book[place.sheet].cell(place.row + 1, place.column + 1).coordinate
    (rule,) = [v for v in book[place.sheet].data_validations.dataValidation if v.type == "list" and cell in v.sqref]
    assert NAME in offered(book, place.sheet, rule.formula1)


def offered(book: Any, sheet: str, formula: str) -> list[str]:
    """The words of a drop-down: listed in it, or in cells of its sheet."""
    if formula.startswith('"'):
        return formula.strip('"').split(",")
    return [cell.value for row in book[sheet][formula.replace("$", "")] for cell in row]


def live(definition: ModelDefinition, folder: Path) -> Recalculated:
    path = folder / "live.xlsx"
    write_workbook(path, base=base_case(definition))
    return Recalculated(path, definition)


def test_the_live_workbook_gives_what_python_gives(tmp_path: Path) -> None:
    """PFS fitted to data, one arm with cure; OS typed, and its time stretched."""
    book = live(chosen(), tmp_path)
    assert book.value("checks_failed") == 0.0
    assert differences(book.python, book.base, ALLOWED) == {}


def test_it_is_selected_in_the_live_workbook_and_follows_a_published_median(tmp_path: Path) -> None:
    definition = published()
    book = live(definition, tmp_path)
    for changes in (SELECTED, {**SELECTED, "evidence.standard_care.pfs.median.value": 13.0}):
        python = named_outputs(base_case(edit(definition, changes)))
        with book.with_inputs(changes):
            assert differences(python, book.results(), 1e-8) == {}


def test_a_hazard_ratio_on_it_is_not_warned_of_as_its_form_is_kept() -> None:
    on_burr = chosen(effect="hazard_ratio")
    on_gamma = model(
        [*uncertain_curves()[:1], own_curve("old", "os", "gamma", shape=1.5, rate=0.02), *uncertain_curves()[2:]]
    )
    lost = [treatment_effects(d)["warning"].str.contains("no longer of that family").any() for d in (on_burr, on_gamma)]
    assert lost == [False, True]


def test_it_is_a_candidate_after_the_distributions_that_were_there() -> None:
    assert list(DISTRIBUTIONS)[-1] == NAME and NAME in CANDIDATES
