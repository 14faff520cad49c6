"""A model fitted by lifelines becomes a curve of a definition, with its covariance; of a workbook as well.

lifelines' own survival function and variance matrix; the derivative of log x is 1 / x (delta method).
"""

from __future__ import annotations

import lifelines
import numpy as np
import pytest

import model
from model.definition import curve_coefficients
from tests.helpers.reference_trial import trial
from tests.helpers.typed_models import printed_curve, typed_model

T = np.array([3.0, 12.0, 60.0])


def weibull() -> lifelines.WeibullFitter:
    data = trial("pfs", "control")
    return lifelines.WeibullFitter().fit(data.time, data.event)


def exponentials() -> model.ModelDefinition:
    return typed_model(
        *(
            printed_curve(arm, endpoint, "exponential", "streg", "years", {"_cons": -1.5})
            for arm in ("old", "new")
            for endpoint in ("pfs", "os")
        )
    )


def test_a_fit_of_lifelines_takes_the_place_of_a_curve():
    fitter = weibull()
    typed = model.typed_curve("old", "pfs", model.survival.from_lifelines(fitter), notes="lifelines")
    definition = typed.into(exponentials())
    made = curve_coefficients(definition, definition.curve("old", "pfs"))
    assert made.family.survival(T, made.natural) == pytest.approx(fitter.survival_function_at_times(T).to_numpy(), abs=1e-12)
    by_log = np.diag([1 / fitter.rho_, 1 / fitter.lambda_])
    variance = fitter.variance_matrix_.loc[["rho_", "lambda_"], ["rho_", "lambda_"]].to_numpy()
    assert made.covariance == pytest.approx(by_log @ variance @ by_log, rel=1e-9)
    assert len(definition.coefficients) == 3 + 2


def test_the_records_make_a_definition_of_their_own():
    typed = model.typed_curve("old", "pfs", model.survival.from_lifelines(weibull()))
    others = exponentials()
    definition = typed_model(
        (typed.curve, list(typed.coefficients)),
        *((c, [r for r in others.coefficients if (r.arm, r.endpoint) == (c.arm, c.endpoint)]) for c in others.curves[1:]),
        covariance=typed.covariance,
    )
    assert definition.curve("old", "pfs").distribution == "weibull"


def test_what_cannot_be_is_told():
    typed = model.typed_curve("nobody", "pfs", model.survival.from_lifelines(weibull()))
    with pytest.raises(model.DefinitionError, match="nobody"):
        typed.into(exponentials())
