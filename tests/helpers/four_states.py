"""A model of four states with constant hazards, of which everything has a closed form.

Curves of exponentials, rates per month, time to treatment discontinuation <= PFS <= OS: on treatment = TTD, off treatment =
PFS - TTD, progressed = OS - PFS. Continuous discounting, Simpson's rule over cycles of a month.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from model.definition import Arm, Drug, EndOfLife, ModelDefinition, Product, Regimen, State, Utility, define
from tests.helpers.small_models import effect_curve, fixed, model, monthly, own_curve, settings, tables_of, uncertain

STATES = (
    State(id="on_therapy", endpoint="ttd", label="On treatment"),
    State(id="off_therapy", endpoint="pfs", label="Off treatment, progression-free"),
    State(id="progressed", endpoint="os", label="Progressed"),
)
RATES = {"old": {"ttd": 0.09, "pfs": 0.06, "os": 0.025}, "new": {"ttd": 0.06, "pfs": 0.039, "os": 0.02}}
UTILITIES = {"on_therapy": 0.72, "off_therapy": 0.80, "progressed": 0.55}
CARE = {"on_therapy": 3000.0, "off_therapy": 400.0, "progressed": 1500.0}
TERMINAL = 9000.0
RATE = 0.03
YEARS = 30.0


def four_states(**tables: Any) -> ModelDefinition:
    """The model; ``tables`` replace those that it would have."""
    old, new = (RATES[arm] for arm in ("old", "new"))
    curves = [
        *(own_curve("old", e, "exponential", rate=uncertain(r, r / 10)) for e, r in old.items()),
        own_curve("new", "ttd", "exponential", rate=uncertain(new["ttd"], new["ttd"] / 10)),
        *(effect_curve("new", e, "old", "exponential", uncertain(new[e] / old[e], 0.05, "lognormal")) for e in ("pfs", "os")),
    ]
    given: dict[str, Any] = dict(
        states=STATES,
        settings=settings(
            horizon_years=YEARS,
            accrual="simpson",
            discounting="continuous",
            discount_rate_costs=RATE,
            discount_rate_effects=RATE,
        ),
        arms=(
            Arm(id="old", label="Old treatment", short_label="Old"),
            Arm(id="new", label="New treatment", short_label="New"),
        ),
        utilities=tuple(
            Utility(id=f"u_{state}", state=state, parameter=uncertain(value, 0.03, "beta"))
            for state, value in UTILITIES.items()
        ),
        care=tuple(monthly(f"care_{state}", state, uncertain(cost, cost / 10)) for state, cost in CARE.items()),
        end_of_life=(EndOfLife(id="terminal", label="Terminal care", parameter=fixed(TERMINAL)),),
    )
    return model(curves, **{**given, **tables})


def years_below(rate: float, discount: float = RATE, months: float = YEARS * 12) -> float:
    """Area under exp(-rate x t) times the discount factor, in years, by Simpson's rule over cycles of a month: a geometric
    series of pairs of cycles, (1 + 4 q + q^2) / 3 each."""
    q = float(np.exp(-(rate + discount / 12)))
    return (1 + 4 * q + q**2) / 3 * (1 - q**months) / (1 - q**2) / 12


def integral_below(rate: float, discount: float = RATE) -> float:
    """The same area exactly."""
    whole = rate + discount / 12
    return (1 - float(np.exp(-whole * YEARS * 12))) / whole / 12


def expected_years(arm: str, discount: float = RATE) -> dict[str, float]:
    """Life years in each state."""
    areas = [0.0, *(years_below(RATES[arm][s.endpoint], discount) for s in STATES)]
    return {state.id: areas[i + 1] - areas[i] for i, state in enumerate(STATES)}


def with_own_curve(definition: ModelDefinition) -> ModelDefinition:
    """The same with tablets in the new arm for those below the lowest curve: 500 on day 0 and every month after it."""
    drug = Drug(id="tablets", label="Tablets", dose=1.0, unit="tablet", dose_basis="fixed", schedule_days=30.4375)
    product = Product(drug="tablets", product="pack", contents=1.0, parameter=fixed(500.0))
    regimen = Regimen(arm="new", drug="tablets", until="own_curve", own_curve="ttd")
    return define(**{**tables_of(definition), "drugs": (drug,), "products": (product,), "regimens": (regimen,)})
