"""Published curves in the engine, with digits worked out by hand or by quadrature: steps with a tail, cure with mortality.

Most models are invented (tests/helpers/published_models.py). Oracles: closed forms with pen and paper, scipy's quad, the
distributions that drawn coefficients must have, and survival printed by flexsurvcure (cure_models.json, within 2e-6).
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, logit

from model.definition import Arm, Coefficient, base_case_draws, edit, sample
from model.definition.curves.coefficients import curve_coefficients
from model.engine import evaluate, trace
from tests.helpers import published_models as published
from tests.helpers.reference_trial import REFERENCE
from tests.helpers.small_models import fixed, model, own_curve, settings

FINE = settings(horizon_years=5.0, cycle_days=30.4375 / 8, accrual="life_table")


def alive_after_steps(month: float) -> float:
    """1, then 0.85 from month 3, 0.6 from month 9, and from month 12 0.6 exp(-((t - 12) / 20)^1.3)."""
    if month < 3:
        return 1.0
    if month < 9:
        return 0.85
    return 0.6 if month < 12 else 0.6 * float(np.exp(-(((month - 12) / 20) ** 1.3)))


def test_survival_after_a_restarted_tail_has_the_digits_of_the_formula() -> None:
    """By hand: (12/20)^1.3 = exp(-0.664073) = 0.514751; S(24) = 0.6 exp(-0.514751) = 0.358590; S(32) = 0.6 / e = 0.220728."""
    columns = trace(published.restarted_tail(), "old").columns
    months, alive = columns["Months"], columns["OS of the curve"]
    assert alive == pytest.approx([alive_after_steps(t) for t in months], rel=1e-12)
    assert alive[24] == pytest.approx(0.358590, abs=1e-6)
    assert alive[32] == pytest.approx(0.220728, abs=1e-6)


def test_life_years_of_steps_and_tail_are_their_area() -> None:
    """Undiscounted, over 60 months: 3 + 6 x 0.85 + 3 x 0.6 + the area under the tail. A trapezoid of an eighth of a month
    that ends in a step loses half of the step: 0.4 / 2 / 8 months in all."""
    definition = published.restarted_tail(settings=FINE)
    life_years = evaluate(definition, base_case_draws(definition)).total_life_years[0, 0]
    tail = quad(lambda t: 0.6 * np.exp(-((t / 20) ** 1.3)), 0, 48, epsabs=1e-12)[0]
    assert life_years == pytest.approx((3 + 5.1 + 1.8 + tail - 0.4 / 16) / 12, abs=1e-5)


def test_a_clock_that_continues_conditions_on_the_cut() -> None:
    alive = trace(published.restarted_tail("continues"), "old").columns["OS of the curve"]
    assert alive[24] == pytest.approx(0.6 * np.exp(-((24 / 20) ** 1.3) + (12 / 20) ** 1.3), rel=1e-12)


@pytest.mark.parametrize("clock", ["continues", "restarts"])
def test_the_odds_of_cure_behind_steps_move_the_share_cured_of_the_tail_alone(clock: str) -> None:
    """The new arm has the steps of the old one; then S(12) s(t) / s(begin), s with 1.4 times the odds 0.25 / 0.75 of cure."""
    alive = trace(published.effect_behind_steps("cure_odds_ratio", clock), "new").columns["OS of the curve"]
    share, begin = 1.4 / (3 + 1.4), 12 if clock == "continues" else 0

    def tail(t: float) -> float:
        return share + (1 - share) * float(np.exp(-((t / 20) ** 1.3)))

    assert alive[[3, 9, 12]] == pytest.approx([0.85, 0.6, 0.6], rel=1e-12)
    assert alive[40] == pytest.approx(0.6 * tail(40 - 12 + begin) / tail(begin), rel=1e-12)


def test_draws_of_table_and_tail_have_the_errors_that_are_printed() -> None:
    """Greenwood's error of the steps (118 and 100.7 at risk), the typed covariance of the tail, and no correlation."""
    draws = sample(published.restarted_tail(), 4096, 5)["curves.old.os"]
    estimates = np.log(draws[:, 2:])
    assert np.cov(estimates.T) == pytest.approx(np.array(published.OS_COVARIANCE), abs=8e-4)
    definition = published.restarted_tail()
    made = curve_coefficients(definition, definition.curve("old", "os"))
    assert made is not None
    at_cut = made.family.survival(np.array([3.0, 12.0]), draws)
    assert at_cut.mean(axis=0) == pytest.approx([0.85, 0.6], abs=2e-3)
    assert at_cut[:, 0].std() == pytest.approx(np.sqrt(0.85 * 0.15 / 118), rel=0.03)
    curves = made.family.survival(np.linspace(0, 60, 121), draws)
    assert np.all(np.diff(curves, axis=1) <= 1e-15)
    assert np.corrcoef(at_cut[:, 1], estimates[:, 0])[0, 1] == pytest.approx(0.0, abs=0.05)


def test_the_tail_as_survreg_prints_it_in_days_is_the_same_tail_with_the_same_errors() -> None:
    here, there = published.restarted_tail(), published.restarted_tail_of_survreg()
    for column in ("OS of the curve", "Progressed"):
        assert trace(there, "old").columns[column] == pytest.approx(trace(here, "old").columns[column], rel=1e-12)
    made = [curve_coefficients(d, d.curve("old", "os")) for d in (here, there)]
    assert made[0] is not None and made[1] is not None and made[0].covariance is not None
    assert made[1].covariance == pytest.approx(made[0].covariance, rel=1e-12)


def test_coefficients_without_a_covariance_stay_inputs_of_their_own_behind_a_table() -> None:
    definition = published.certain_coefficients()
    draws = sample(definition, 500, 5)
    shapes = draws["coefficients.old.os.shape"]
    assert shapes.std() == pytest.approx(0.13, rel=0.15)
    one = definition.parameters["coefficients.old.os.shape"].value
    moved = base_case_draws(definition).replace({"coefficients.old.os.shape": np.array([2.0])})
    years = [evaluate(definition, d).total_life_years[0, 0] for d in (base_case_draws(definition), moved)]
    direct = evaluate(edit(definition, {"coefficients.old.os.shape": 2.0}), base_case_draws(definition)).total_life_years
    assert one == 1.3 and years[0] != years[1]
    assert direct[0, 0] == years[0]


def population(month: float) -> float:
    """The life table's survival of a woman of 54, hazard constant within a year of age."""
    hazard, age = 0.0, 54
    while month > 0:
        hazard -= np.log(1 - 0.004 * 1.09 ** (age - 54)) * min(month, 12.0) / 12.0
        month, age = month - 12.0, age + 1
    return float(np.exp(-hazard))


def test_a_cure_model_with_background_mortality_has_the_digits_of_the_formula() -> None:
    """Relative survival: S = population x (pi + (1 - pi) exp(-(t / 20)^1.2)), pi = 0.25; new arm: logit pi + 0.45."""
    more = float(expit(logit(0.25) + 0.45))
    assert more == pytest.approx(0.343302, abs=1e-6)  # e^0.45 = 1.568312; 0.392078 / 1.142078
    for effect in ("jointly", "relative"):
        definition = published.cured(effect)
        for arm, share in (("old", 0.25), ("new", more)):
            columns = trace(definition, arm).columns
            for month in (0, 6, 18, 60):
                own = share + (1 - share) * np.exp(-((month / 20) ** 1.2))
                assert columns["OS of the curve"][month] == pytest.approx(own * population(month), rel=1e-10)


def test_shared_coefficients_are_the_same_in_both_arms_of_every_draw_and_correlated_with_the_effect() -> None:
    draws = sample(published.cured(), 4096, 9)
    old, new = draws["curves.old.os"], draws["curves.new.os"]
    assert np.array_equal(old, new)
    estimates = np.column_stack([logit(old[:, 0]), np.log(old[:, 1:])])
    assert estimates.mean(axis=0)[[0, 3]] == pytest.approx([logit(0.25), 0.45], abs=0.01)
    assert np.cov(estimates.T) == pytest.approx(np.array(published.PFS_COVARIANCE), abs=3e-3)


def test_a_joint_fit_with_cure_gives_both_shares_back() -> None:
    """Patients at the quantiles of curves with 25% and 45% cured: odds ratio (0.45 / 0.55) / (0.25 / 0.75) = 2.45."""
    definition = published.joint_fit_with_cure()
    made = curve_coefficients(definition, definition.curve("new", "os"))
    assert made is not None and made.covariance is not None
    found = dict(zip(made.family.parameters, made.natural, strict=True))
    assert found["cure_fraction"] == pytest.approx(0.25, abs=0.01)
    assert found["effect_new"] == pytest.approx(2.4545, rel=0.05)
    assert float(made.family.survival(1000.0, made.natural)) == pytest.approx(0.45, abs=0.01)


def test_a_table_with_standard_errors_is_uncertain_and_without_them_certain() -> None:
    definition = published.uncertain_table()
    draws = sample(definition, 2000, 3)["curves.old.os"]
    made = curve_coefficients(definition, definition.curve("old", "os"))
    assert made is not None
    curves = made.family.survival(np.array([12.0, 24.0, 40.0, 60.0]), draws)
    assert curves.std(axis=0) == pytest.approx([0.03, 0.045, 0.05, 0.06], rel=0.06)
    bare = edit(definition, {f"survival_tables.old.os.{m}.standard_error": None for m in (12, 24, 40, 60)})
    assert sample(bare, 50, 3)["curves.old.os"].shape == (1, 0)


PRINTED = json.loads((REFERENCE / "cure_models.json").read_text())["flexsurvcure"]
DAYS = np.array(PRINTED["days"], dtype=float)


def through_the_printed_survival() -> dict[str, float]:
    """The five coefficients of flexsurvcure's model that five of its nine printed numbers have: survival of the good group at
    three times, of the others at the first. S = theta + (1 - theta) exp(-scale t^shape)."""
    good, medium, poor = (np.array(PRINTED["survival"][g]) for g in ("Good", "Medium", "Poor"))

    def cumulative(theta: float) -> Any:
        return -np.log((good - theta) / (1 - theta))

    def bent(theta: float) -> float:
        """A Weibull's log cumulative hazard is straight in log time."""
        first, second, third = np.log(cumulative(theta))
        return float((third - second) / np.log(1.5) - (second - first) / np.log(2.0))

    theta = brentq(bent, 0.66, 0.679, xtol=1e-14)
    first, second, _ = np.log(cumulative(theta))
    shape = (second - first) / np.log(2.0)
    uncured = np.exp(-cumulative(theta)[0])
    odds = {g: logit((s[0] - uncured) / (1 - uncured)) - logit(theta) for g, s in (("Medium", medium), ("Poor", poor))}
    scale = float(np.exp(first - shape * np.log(1000.0)))
    return {"theta": theta, "shape": shape, "scale": scale, **{f"group{g}": float(v) for g, v in odds.items()}}


def test_flexsurvcures_cure_model_with_groups_gives_its_printed_survival() -> None:
    """Three groups as arms that share the coefficients; the log odds typed as odds ratios. The four printed numbers that the
    coefficients were not taken from come out to the digits printed, and the coefficients are those printed."""
    found = through_the_printed_survival()
    for name, printed in PRINTED["printed"].items():
        assert found[name] == pytest.approx(printed, rel=5e-3), name
    scale = found["scale"] ** (-1 / found["shape"]) / 30.4375
    curve, rows = own_curve("good", "pfs", "weibull", cure_fraction=found["theta"], shape=found["shape"], scale=scale)
    curve = dataclasses.replace(curve, cure="mixture", fitted="jointly")
    pairs: list[Any] = []
    for arm in ("good", "medium", "poor"):
        pairs.append(own_curve(arm, "os", "exponential", rate=1e-4))
        if arm != "good":
            ratio = float(np.exp(found[f"group{arm.capitalize()}"]))
            rows.append(Coefficient(arm="good", endpoint="pfs", coefficient=f"effect_{arm}", parameter=fixed(ratio)))
            pairs.append((dataclasses.replace(curve, arm=arm, reference_arm="good", effect="cure_odds_ratio"), []))
    arms = tuple(Arm(id=a, label=a.capitalize(), short_label=a.capitalize()) for a in ("good", "medium", "poor"))
    own = settings(horizon_years=10.0, cycle_days=250.0, intervention="poor", comparator="good")
    definition = model([(curve, rows), *pairs], arms=arms, settings=own)
    for arm in ("good", "medium", "poor"):
        pfs = trace(definition, arm).columns["PFS before repair"][[4, 8, 12]]
        assert pfs == pytest.approx(PRINTED["survival"][arm.capitalize()], abs=2e-6), arm
