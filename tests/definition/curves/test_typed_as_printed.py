"""A model typed as one program prints is the model typed as another prints the same fits.

tests/reference/parametrisations.json: survreg and flexsurv (R) on the same patients. Coefficients agree there to about 1e-8,
covariances to about 1e-6, and so do results and draws.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.analysis import base_case
from model.definition import DefinitionError, sample
from model.definition.curves.typed import natural_coefficients
from model.survival import distribution
from tests.helpers.reference_trial import parametrisations
from tests.helpers.small_models import uncertain
from tests.helpers.typed_models import covariance_of, printed_curve, typed_model

DAYS = np.log(30.4375)
ARMS = {"old": "control", "new": "intervention"}
FLEXSURV = {"weibull": ["shape", "scale"], "lognormal": ["meanlog", "sdlog"], "loglogistic": ["shape", "scale"]}


def fit(arm: str, endpoint: str, name: str, program: str):
    short = {"lognormal": "lnorm", "loglogistic": "llogis"}.get(name, name) if program == "flexsurv" else name
    return parametrisations()[f"{endpoint}|{ARMS[arm]}|{short}|{program}"]


def as_survreg(pfs: str, os: str):
    """In days."""
    curves, covariance = [], []
    for arm in ARMS:
        for endpoint, name in (("pfs", pfs), ("os", os)):
            r = fit(arm, endpoint, name, "survreg")
            values = {"(Intercept)": r["coef"] + DAYS, "Log(scale)": float(np.log(r["scale"]))}
            curves.append(printed_curve(arm, endpoint, name, "survreg", "days", values))
            covariance += covariance_of(arm, endpoint, list(values), r["vcov"])
    return typed_model(*curves, covariance=tuple(covariance))


def as_flexsurv(pfs: str, os: str):
    curves, covariance = [], []
    for arm in ARMS:
        for endpoint, name in (("pfs", pfs), ("os", os)):
            r = fit(arm, endpoint, name, "flexsurv")
            values = dict(zip(FLEXSURV[name], r["est"], strict=True))
            curves.append(printed_curve(arm, endpoint, name, "flexsurv", "months", values))
            covariance += covariance_of(arm, endpoint, list(values), r["vcov_transformed"])
    return typed_model(*curves, covariance=tuple(covariance))


def test_survreg_in_days_and_flexsurv_in_months_are_the_same_model():
    survreg, flexsurv = as_survreg("lognormal", "weibull"), as_flexsurv("lognormal", "weibull")
    ours, theirs = (base_case(d).outcomes.total_qalys for d in (survreg, flexsurv))
    assert ours == pytest.approx(theirs, rel=1e-6)
    drawn, expected = (sample(d, 50, seed=1) for d in (survreg, flexsurv))
    for arm in ARMS:
        for endpoint in ("pfs", "os"):
            key = f"curves.{arm}.{endpoint}"
            assert drawn[key].shape == (50, 2)
            assert drawn[key] == pytest.approx(expected[key], rel=1e-4)


def test_coefficients_without_a_covariance_are_drawn_as_printed():
    """Each by itself; the curve takes what they are together in each draw."""
    pfs = printed_curve("old", "pfs", "weibull", "streg", "years", {"_cons": uncertain(-0.5, 0.1, "normal"), "/ln_p": 0.2})
    others = [
        printed_curve(arm, endpoint, "exponential", "streg", "years", {"_cons": -1.5})
        for arm, endpoint in (("old", "os"), ("new", "pfs"), ("new", "os"))
    ]
    definition = typed_model(pfs, *others)
    draws = sample(definition, 20, seed=2)
    cons = draws["coefficients.old.pfs._cons"]
    assert cons.std() > 0.05
    curve = definition.curve("old", "pfs")
    natural = natural_coefficients(definition, curve, distribution("weibull"), draws.values)
    p = np.exp(0.2)
    scale_in_years = np.exp(-cons / p)  # exp(_cons) t^p = (t / scale)^p
    assert natural == pytest.approx(np.column_stack([np.full(20, p), 12 * scale_in_years]), rel=1e-12)


OF_SURVREG = "is no coefficient of a weibull curve of survreg; did you mean"
WRONG = [
    (("gompertz", "survreg", {"(Intercept)": 4.0}), "parametrisation: survreg prints no gompertz distribution; it has expo"),
    (("weibull", "survreg", {"(Intercept)": 4.0, "log scale": 0.1}), f"'log scale' {OF_SURVREG} 'Log(scale)'?"),
    (("weibull", "survreg", {"(Intercept)": 4.0, "log(Scal)": 0.1}), f"'log(Scal)' {OF_SURVREG} 'Log(scale)'?"),
    (("weibull", "survreg", {"(Intercept)": 4.0}), "a weibull curve of survreg needs the coefficient(s) Log(scale)"),
    (("weibull", "flexsurv", {"shap": 1.1, "scale": 20.0}), "no coefficient of a weibull curve; did you mean 'shape'?"),
    (
        ("weibull", "lifereg", {"Intercept": 4.0, "Scale": -0.5}),
        "value: -0.5 is not above 0, as Scale of a weibull curve must",
    ),
    (("spline_odds_1", "lifelines", {"phi_0_": -4.0}), "parametrisation: lifelines prints no spline, odds, 1 knot distrib"),
    (("spline_hazard_1", "stpm2", {"_cons": -4.0, "_rcs1": 1.0, "_rcs2": 0.1}), "needs its knots in days: knot0, knot1"),
]


@pytest.mark.parametrize("case, words", WRONG)
def test_what_cannot_be_is_told_once_where_it_stands(case, words):
    name, program, values = case
    others = [
        printed_curve(arm, endpoint, "exponential", "streg", "years", {"_cons": -1.5})
        for arm, endpoint in (("old", "os"), ("new", "pfs"), ("new", "os"))
    ]
    with pytest.raises(DefinitionError) as error:
        typed_model(printed_curve("old", "pfs", name, program, "days", values), *others)
    (problem,) = error.value.problems
    assert words in f"{problem.field}: {problem.message}"
