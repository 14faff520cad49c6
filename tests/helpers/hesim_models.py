"""The partitioned-survival models of tests/reference/psm_hesim.json (synthetic parameters), computed by hesim 0.5.5 (R).

hesim works in years, discounts by exp(-r t), integrates by the trapezoid rule and raises OS where the curves cross.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from model.arrays import Array
from model.definition import Draws, ModelDefinition, base_case_draws
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
ARMS = {1: "old", 2: "new"}
N_DRAWS = 50


def coefficients(curve: dict[str, Any], strategy: int) -> Array:
    """hesim's linear predictors of one curve as natural coefficients in months, (50, k)."""
    family = distribution(NAMES[curve["dist"]])
    columns = []
    for name in family.parameters:
        rows = curve["coefs"][name]
        columns.append([row["int"] + (row.get("new", 0.0) if strategy == 2 else 0.0) for row in rows])
    return family.rescale_time(family.to_natural(np.array(columns).T), 12.0)


def with_its_draws(case: str, rate: float, **conventions: Any) -> tuple[ModelDefinition, dict[str, Array]]:
    """A case as a model with settings of ours, and what its 50 draws are, by id; coefficients (50, k), others (50,)."""
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
            discount_rate_costs=rate,
            discount_rate_effects=rate,
            **conventions,
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
    return definition, values


def evaluated(definition: ModelDefinition, values: dict[str, Array]) -> Outcomes:
    """All draws of a case."""
    return evaluate(definition, Draws(N_DRAWS, {**base_case_draws(definition).values, **values}))


def assert_equals_hesim(outcomes: Outcomes, case: str, rate: float, account: str = "discounted") -> None:
    """Life years, QALYs and costs of every draw, arm and state, ``discounted`` or ``undiscounted``; 1e-9 relative."""
    rows = [r for r in REFERENCE["cases"][case]["outcomes"] if r["discount_rate_continuous"] == rate]
    assert len(rows) == N_DRAWS * 2 * 2
    draw, arm, state = (np.array([r[k] for r in rows]) - 1 for k in ("draw", "strategy", "state"))
    for found, key in ((outcomes.life_years, "lys"), (outcomes.qalys, "qalys"), (outcomes.costs, "costs")):
        np.testing.assert_allclose(getattr(found, account)[draw, arm, state], [r[key] for r in rows], rtol=1e-9)
