"""Every draw, arm, state and rate of three partitioned-survival models computed by hesim 0.5.5 (R).

Source: tests/reference/psm_hesim.json (synthetic parameters; see tests/reference/README.md). hesim works in years,
discounts by exp(-r t), integrates by the trapezoid rule and raises OS where the curves cross. Tolerance 1e-9 relative.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.definition import Draws, base_case_draws
from model.engine import Outcomes, evaluate
from model.survival import distribution
from tests.helpers.small_models import model, monthly, own_curve, settings, utilities

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "psm_hesim.json").read_text())
NAMES = {
    "weibull": "weibull",
    "lnorm": "lognormal",
    "gompertz": "gompertz",
    "gengamma": "generalised_gamma",
    "llogis": "loglogistic",
}
HESIM_NAMES = {
    "meanlog": "meanlog",
    "sdlog": "sdlog",
    "shape": "shape",
    "scale": "scale",
    "rate": "rate",
    "mu": "mu",
    "sigma": "sigma",
    "Q": "Q",
}
ARMS = {1: "old", 2: "new"}


def coefficients(curve: dict, strategy: int) -> np.ndarray:
    """hesim's linear predictors of one curve as natural coefficients in months, (50, k)."""
    family = distribution(NAMES[curve["dist"]])
    columns = []
    for name in family.parameters:
        rows = curve["coefs"][HESIM_NAMES[name]]
        columns.append([row["int"] + (row.get("new", 0.0) if strategy == 2 else 0.0) for row in rows])
    return family.rescale_time(family.to_natural(np.array(columns).T), 12.0)


def run(case: str, rate: float) -> Outcomes:
    spec = REFERENCE["cases"][case]
    curves, values = [], {}
    for strategy, arm in ARMS.items():
        for endpoint, curve in spec["params"].items():
            natural = coefficients(curve, strategy)
            family = distribution(NAMES[curve["dist"]])
            curves.append(own_curve(arm, endpoint, family.name, **dict(zip(family.parameters, natural[0], strict=True))))
            values[f"curves.{arm}.{endpoint}"] = natural
    definition = model(
        curves,
        settings=settings(
            horizon_years=spec["horizon_years"],
            cycle_days=spec["time_step_years"] * 365.25,
            crossing="raise_os",
            discount_rate_costs=rate,
            discount_rate_effects=rate,
            discounting="continuous",
        ),
        utilities=utilities(0.7, 0.5),
        care=(monthly("free", "progression_free", 1.0), monthly("sick", "progressed", 1.0)),
    )
    quality, costs = np.array(REFERENCE["utilities"]), np.array(REFERENCE["annual_costs"])
    values |= {
        "utilities.progression_free": quality[:, 0],
        "utilities.progressed": quality[:, 1],
        "care.free": costs[:, 0] / 12,
        "care.sick": costs[:, 1] / 12,
    }
    return evaluate(definition, Draws(50, {**base_case_draws(definition).values, **values}))


@pytest.mark.parametrize("case", ["weibull", "mixed", "flexible"])
@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_every_draw_arm_and_state_equals_hesim(case: str, rate: float) -> None:
    outcomes = run(case, rate)
    rows = [r for r in REFERENCE["cases"][case]["outcomes"] if r["discount_rate_continuous"] == rate]
    assert len(rows) == 50 * 2 * 2
    draw, arm, state = (np.array([r[k] for r in rows]) - 1 for k in ("draw", "strategy", "state"))
    for account, key in ((outcomes.life_years, "lys"), (outcomes.qalys, "qalys"), (outcomes.costs, "costs")):
        ours = account.discounted[draw, arm, state]
        np.testing.assert_allclose(ours, [r[key] for r in rows], rtol=1e-9)


def test_the_crossing_that_hesim_hides_is_reported() -> None:
    outcomes = run("mixed", 0.0)
    assert np.isfinite(outcomes.crossing_first_month).any()
    assert (outcomes.crossing_area_months >= 0).all()
