"""Correlations that the evidence of a trial has: ``python tests/benchmarks/trial_correlations.py [trials]``.

Trials like PATINA (257 and 261 patients, censored between 39 and 88 months, half of them by 53.5) are simulated from
progression by the shipped gamma PFS, a tenth of whose events are deaths, and a Weibull time from progression to death that
gives each arm's OS at 36 and 60 months. Every trial is read as the shipped workbook reads the real one: PFS from its median
and two landmarks, OS of the control arm from two, and the hazard ratio of OS. Told are the correlations over trials of the
levels of the curves (:mod:`model.definition.curves.level`) and of the log hazard ratio, those of the log cumulative hazards
at 60 months, and what each correlation of level and ratio would make of the life years of the treated arm.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaincinv

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.definition.curves.coefficients import CurveCoefficients, root_of  # noqa: E402
from model.definition.curves.level import direction_of_normals, level_weights  # noqa: E402
from model.survival import Landmark, Median, calibrate, cox_hazard_ratio, distribution, kaplan_meier, survival_data  # noqa: E402

Array = np.ndarray
HORIZON = 480.0
ARMS = ("control", "palbociclib")
PATIENTS = {"control": 257, "palbociclib": 261}
PFS = {"control": (0.4999, 0.00779), "palbociclib": (0.4742, 0.00481)}  # shape and rate, as the workbook calibrates them
OS_AT = {"control": (0.847, 0.698), "palbociclib": (0.870, 0.743)}  # at 36 and 60 months
ERRORS = {"control": 15.3 / 3.92, "palbociclib": 24.4 / 3.92}  # of the median PFS, from the reported intervals
EFFECTIVE = {"pfs": (250, 214), "os": (259, 194)}  # of the landmarks, from follow-up


def times(arm: str, n: int, rng: np.random.Generator, after: Array) -> tuple[Array, Array]:
    """Times of progression or death, and of death."""
    shape, rate = PFS[arm]
    first = gammaincinv(shape, rng.random(n)) / rate
    dies_first = rng.random(n) < 0.1
    return first, np.where(dies_first, first, first + after[1] * rng.exponential(size=n) ** (1 / after[0]))


def censored(n: int, rng: np.random.Generator) -> Array:
    """Months of follow-up (n,), spread evenly from 39 to 53.5 and, the other half, from 53.5 to 88."""
    return np.interp(rng.random(n), [0.0, 0.5, 1.0], [39.0, 53.5, 88.0])


def after_progression(arm: str) -> Array:
    """Shape and scale of the time from progression to death that gives the arm's OS."""

    def misfit(logarithms: Array) -> float:
        _, death = times(arm, 100_000, np.random.default_rng(5), np.exp(logarithms))
        return sum((np.mean(death > m) - s) ** 2 for m, s in zip((36, 60), OS_AT[arm], strict=True)) * 1e4

    return np.exp(minimize(misfit, np.log([1.4, 65.0]), method="Nelder-Mead", options={"xatol": 0.003, "fatol": 1e-4}).x)


def one_trial(rng: np.random.Generator, after: dict[str, Array]) -> Array:
    """By arm: median PFS, PFS at 48 and 60, OS at 36 and 60 months; then the log hazard ratio of OS."""
    found, deaths = [], []
    for arm in ARMS:
        first, death = times(arm, PATIENTS[arm], rng, after[arm])
        seen = censored(PATIENTS[arm], rng)
        pfs = kaplan_meier(survival_data(np.minimum(first, seen), first <= seen))
        deaths.append(survival_data(np.minimum(death, seen), death <= seen))
        found += [pfs.median, *pfs.survival_at([48.0, 60.0]), *kaplan_meier(deaths[-1]).survival_at([36.0, 60.0])]
    return np.array([*found, cox_hazard_ratio(*deaths).log_hazard_ratio])


def read(family: str, arm: str, endpoint: str, values: Array) -> CurveCoefficients:
    """The curve that a workbook with these statistics has."""
    first, second = EFFECTIVE[endpoint]
    at = (48.0, 60.0) if endpoint == "pfs" else (36.0, 60.0)
    marks = [Landmark(t, s, effective_n=n) for t, s, n in zip(at, values[-2:], (first, second), strict=True)]
    made = calibrate(
        distribution(family), [Median(values[0], standard_error=ERRORS[arm]), *marks] if endpoint == "pfs" else marks
    )
    return CurveCoefficients(distribution(family), made.coefficients, made.covariance, f"curves.{arm}.{endpoint}")


def columns(trials: Array, pfs: str, os: str) -> dict[str, Array]:
    """Levels, log cumulative hazards at 60 months, and the log hazard ratio, over trials."""
    found = {}
    for start, arm in ((0, "control"), (5, "palbociclib")):
        for endpoint, family, part in (("pfs", pfs, slice(start, start + 3)), ("os", os, slice(start + 3, start + 5))):
            centre = read(family, arm, endpoint, trials[:, part].mean(axis=0))
            made = [read(family, arm, endpoint, row) for row in trials[:, part]]
            gaps = np.array([m.estimates for m in made]) - centre.estimates
            found[f"{arm} {endpoint}, level"] = gaps @ level_weights(centre, HORIZON)
            found[f"{arm} {endpoint}, log H(60)"] = np.log(
                [float(m.family.cumulative_hazard(np.array([60.0]), m.natural)[0]) for m in made]
            )
    return {**found, "log hazard ratio": trials[:, -1]}


def life_years(family: str, estimates: Array, log_ratio: Array) -> tuple[Array, Array]:
    """Restricted means in years of control and treated arm, beside a general population's mortality from age 55."""
    t = np.linspace(0, HORIZON, 961)
    made = distribution(family)
    hazard = np.array([made.cumulative_hazard(t, c) for c in made.to_natural(estimates)])
    population = np.cumsum(0.0045 * np.exp(0.09 * t / 12)) * (t[1] / 12)
    control, treated = (np.exp(-hazard * r - population) for r in (1.0, np.exp(log_ratio)[:, None]))
    return np.trapezoid(control, t / 12), np.trapezoid(treated, t / 12)


def tell(name: str, control: Array, treated: Array) -> None:
    gain = treated - control
    spread = f"life years, SD: control {control.std():.2f}, treated {treated.std():.2f}, gain {gain.std():.2f}"
    print(f"{name:24s} {spread} (mean {gain.mean():.2f}), control with gain {np.corrcoef(control, gain)[0, 1]:.2f}")


def main() -> None:
    rng = np.random.default_rng(1)
    after = {arm: after_progression(arm) for arm in ARMS}
    trials = np.array([one_trial(rng, after) for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 700)])
    trials = trials[np.isfinite(trials).all(axis=1)]
    found = columns(trials, "gamma", "loglogistic")
    table = np.corrcoef(list(found.values()))
    for name, row in zip(found, table, strict=True):
        print(f"{name:26s}", " ".join(f"{r:6.2f}" for r in row))
    centre = read("loglogistic", "control", "os", trials[:, 3:5].mean(axis=0))
    estimates = np.array([read("loglogistic", "control", "os", row).estimates for row in trials[:, 3:5]])
    tell("trials", *life_years("loglogistic", estimates, trials[:, -1]))
    assert centre.covariance is not None
    normals, other = rng.standard_normal((4000, 2)), rng.standard_normal(4000)
    drawn = centre.estimates + normals @ root_of(centre.covariance).T
    level = normals @ direction_of_normals(centre, HORIZON)
    for r in (0.0, 0.3, 0.62):
        score = r * level + np.sqrt(1 - r**2) * other
        ratio = trials[:, -1].mean() + trials[:, -1].std() * score
        tell(f"draws, correlation {r:.2f}", *life_years("loglogistic", drawn, ratio))


if __name__ == "__main__":
    main()
