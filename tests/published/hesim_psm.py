"""A partitioned-survival model of hesim: generalised gamma and log-logistic curves, 50 joint draws kept in the workbook."""

from __future__ import annotations

import numpy as np

from model.definition import Arm, Coefficient, Curve, ModelDefinition, Threshold
from model.definition.records.input_draws import InputDraws
from model.survival import distribution
from tests.helpers.hesim_models import NAMES, REFERENCE, coefficients
from tests.helpers.small_models import model
from tests.helpers.typed_models import printed_curve
from tests.published.parts import (
    FIRST_VERSION,
    about,
    accruing,
    cited,
    conventions,
    derived,
    printed,
    quoted,
    state_utilities,
    without_ages,
)
from tests.published.published import Digits, Published

SOURCE = "hesim"
CASE, RATE = "flexible", 0.03
SPEC = REFERENCE["cases"][CASE]
ARMS = {"first": 1, "second": 2}
"""Arm and number of the strategy."""
REFERENCE_ROW = cited(
    SOURCE,
    "hesim 0.5.5 (R package, GPL 3), class Psm: three states, synthetic coefficients, 50 draws; the case 'flexible' of the "
    "numbers in tests/reference/psm_hesim.json",
    "https://hesim-dev.github.io/hesim/",
    "2026-11",
)
PREDICTOR = "First draw; of hesim's linear predictor, in months (hesim: years)."


def curve(arm: str, endpoint: str) -> tuple[Curve, list[Coefficient]]:
    """A curve at its first draw."""
    spec = SPEC["params"][endpoint]
    family = distribution(NAMES[spec["dist"]])
    values = dict(zip(family.parameters, coefficients(spec, ARMS[arm])[0].tolist(), strict=True))
    return printed_curve(
        arm, endpoint, family.name, "flexsurv", "months", {name: derived(v, SOURCE, PREDICTOR) for name, v in values.items()}
    )


def draws() -> InputDraws:
    """hesim's draws of coefficients, utilities and costs."""
    columns: dict[str, np.ndarray] = {}
    for arm, number in ARMS.items():
        for endpoint, spec in SPEC["params"].items():
            names = distribution(NAMES[spec["dist"]]).parameters
            for name, values in zip(names, coefficients(spec, number).T, strict=True):
                columns[f"coefficients.{arm}.{endpoint}.{name}"] = values
    for table, key in (("utilities", "utilities"), ("care", "annual_costs")):
        for state, values in zip(("progression_free", "progressed"), np.array(REFERENCE[key]).T, strict=True):
            columns[f"{table}.{state}"] = values
    return InputDraws("hesim 0.5.5", columns)


def definition() -> ModelDefinition:
    """The model with its first draw as the base case."""
    first = "First draw."
    quality, costs = REFERENCE["utilities"][0], REFERENCE["annual_costs"][0]
    return model(
        [curve(arm, endpoint) for arm in ARMS for endpoint in SPEC["params"]],
        about=about(
            "hesim: generalised gamma and log-logistic curves",
            population="synthetic",
            intervention="second strategy",
            comparator="first strategy",
            limitations="1. Synthetic numbers, not a disease. 2. The base case is the first of 50 draws, and no mean of "
            "them. 3. PFS exceeds OS in some draws, and stays as it is, as in hesim.",
        ),
        arms=(
            Arm(id="first", label="First strategy", short_label="First", description="Strategy 1 of hesim's model."),
            Arm(
                id="second",
                label="Second strategy",
                short_label="Second",
                colour="#D62728",
                description="Strategy 2: the coefficients of location differ.",
            ),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "481 times from 0 to 40 years.",
                "cycle_days": "A twelfth of a year.",
                "accrual": "hesim's trapezoid rule over its times.",
                "discounting": "exp(-0.03 t).",
                "discount_rate_costs": "3%, continuous.",
                "discount_rate_effects": "3%, continuous.",
                "crossing": "hesim leaves PFS as it is where the curves cross.",
                "psa_draws": "All draws, in their order.",
            },
            currency="USD",
            price_year="not said",
            comparator="first",
            intervention="second",
            horizon_years=float(SPEC["horizon_years"]),
            cycle_days=30.4375,
            discount_rate_costs=RATE,
            discount_rate_effects=RATE,
            discounting="continuous",
            crossing="raise_os",
            psa_draws=len(REFERENCE["utilities"]),
        ),
        thresholds=(Threshold(value=50_000.0, notes="The program asks for one; no total depends on it."),),
        population=without_ages(),
        utilities=state_utilities(SOURCE, *(quoted(value, SOURCE, first) for value in quality)),
        care=tuple(
            accruing(state, label, state, "per_year", quoted(value, SOURCE, first, unit="USD per year"))
            for state, label, value in zip(
                ("progression_free", "progressed"), ("Progression-free", "Progressed"), costs, strict=True
            )
        ),
        input_draws=draws(),
        published_analyses=printed(
            SOURCE,
            "hesim 0.5.5, 50 draws",
            "second strategy with first strategy",
            "Of each draw, arm and state: life years, QALYs and costs; no ratio. The README beside this workbook has "
            "those of the first.",
        ),
        references=(REFERENCE_ROW,),
        versions=FIRST_VERSION,
    )


def _digits() -> tuple[Digits, ...]:
    """Life years, QALYs and costs of each arm and state of the first draw, with discounting and without."""
    states, found = {1: "progression_free", 2: "progressed"}, []
    names = {"lys": "life_years_of_{}", "qalys": "qalys_of_{}", "costs": "costs_of_care_{}"}
    for row in (r for r in SPEC["outcomes"] if r["draw"] == 1):
        rate = "" if row["discount_rate_continuous"] else "_undiscounted"
        arm = next(arm for arm, number in ARMS.items() if number == row["strategy"])
        found += [Digits(name.format(states[row["state"]]) + f"{rate}_{arm}", str(row[key])) for key, name in names.items()]
    return tuple(found)


MODEL = Published(
    define=definition,
    title="hesim, generalised gamma and log-logistic",
    source="[hesim](https://hesim-dev.github.io/hesim/) 0.5.5 (R), synthetic coefficients; `tests/reference/psm_hesim.json`",
    special="50 joint draws of coefficients, utilities and costs on the sheet Input draws; PFS above OS is left as it is",
    digits=_digits(),
    beside="the base case is the first draw; all 50 draws: `tests/published/test_published.py`, 1e-9",
)
