"""What a program does not print, and names that are nearly right."""

from __future__ import annotations

import numpy as np
import pytest

from model.survival import PROGRAMS, distributions_of, from_program, parametrisation, to_program

REFUSED = [
    (("survreg", "gompertz", [1.0, 1.0]), "survreg prints no gompertz distribution; it has exponential, weibull"),
    (("lifereg", "gamma", [1.0, 1.0]), "lifereg prints no gamma distribution"),
    (("lifelines", "spline_odds_1", [1.0, 1.0, 0.0]), "lifelines prints no spline, odds, 1 knot distribution"),
    (("lifelines", "spline_hazard_1", [1.0, 1.0, 0.0]), "needs 3 knots"),
    (("surreg", "weibull", [1.0, 1.0]), "did you mean 'survreg'"),
    (
        ("survreg", "weibull", {"(Intercept)": 4.0, "Log scale": 0.1}),
        r"'Log scale' is no coefficient .*; did you mean 'Log\(scale\)'",
    ),
    (("survreg", "weibull", {"Intercept": 4.0, "Log(scale)": 0.1}), r"did you mean '\(Intercept\)'"),
    (("streg", "weibull", {"_cons": -4.0, "ln_p": 0.1}), "did you mean '/ln_p'"),
    (("streg", "weibull", {"_cons": -4.0}), "needs the coefficient.s. /ln_p"),
    (("lifelines", "weibull", {"lambda": 40.0, "rho_": 1.0}), "did you mean 'lambda_'"),
    (("lifereg", "weibull", {"Intercept": 4.0, "Scale": -1.0}), "Scale must be above 0"),
    (("survreg", "weibull", [4.0]), r"survreg prints \(Intercept\), Log\(scale\) of a weibull curve, in this order"),
]


@pytest.mark.parametrize("arguments, words", REFUSED)
def test_the_message_says_what_there_is(arguments, words):
    with pytest.raises(ValueError, match=words):
        from_program(*arguments)


def test_another_unit_and_another_shape_of_the_covariance_are_refused():
    with pytest.raises(ValueError, match="'fortnights' is not a unit of time"):
        from_program("survreg", "weibull", [4.0, 0.1], time_unit="fortnights")
    with pytest.raises(ValueError, match="the covariance must be 2 x 2"):
        from_program("survreg", "weibull", [4.0, 0.1], np.eye(3))


@pytest.mark.parametrize(
    "program, name, natural",
    [("flexsurv_gengamma_orig", "generalised_gamma", [3.0, 1.0, -0.5]), ("scipy", "gompertz", [-0.02, 0.03])],
)
def test_a_curve_outside_a_programs_version_of_the_family_is_refused(program, name, natural):
    with pytest.raises(ValueError, match=f"{program} does not print this {name} curve"):
        to_program(program, name, natural)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_parametrisation_says_its_equation_and_its_source(program):
    for name in distributions_of(program):
        printed = parametrisation(program, name)
        assert printed.equation and printed.source
        assert len(printed.covariance_of) == len(printed.names) == len(set(printed.names))
