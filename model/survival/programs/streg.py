"""Stata's streg and the spline model stpm2, without covariates.

The estimation table shows _cons, and below it the logarithm of a positive ancillary parameter (/ln_p, /lnsigma, /lngamma) or
the parameter itself (/gamma of Gompertz, /kappa); `e(V)` is of these. Exponential, Weibull and Gompertz are printed as
proportional hazards, and with the option time, where there is one, as accelerated failure times; the other families have the
latter alone. [ST] streg, Methods and formulas.
"""

from __future__ import annotations

from model.survival.programs.forms import (
    FIRST_LAST,
    LOCATION_LOG_SCALE,
    LOG_HAZARD_LOG_SHAPE,
    LOG_MEAN,
    LOG_RATE,
    LOG_RATE_SHAPE,
    LOG_SCALE_LOG_SHAPE,
    LOG_SD,
)
from model.survival.programs.parametrisation import Parametrisation, Program, spline_names

CONS = "_cons"
SOURCE = "Stata, [ST] streg, Methods and formulas"


def _spline(internal: int) -> Parametrisation:
    constant, *others = spline_names(CONS, "_rcs{}", internal)
    return Parametrisation(
        names=(*others, constant),
        form=FIRST_LAST,
        equation="g(S) = _cons + _rcs1 log t + _rcs2 v1(log t) + ...; fitted with noorthog",
        source="Lambert and Royston 2009, Stata J 9:265; Royston and Parmar 2002, Stat Med 21:2175",
    )


_TIME_ALONE = {
    "loglogistic": Parametrisation(
        names=(CONS, "/lngamma"), form=LOCATION_LOG_SCALE, equation="S = 1 / (1 + (t exp(-_cons))^(1 / gamma))", source=SOURCE
    ),
    "lognormal": Parametrisation(
        names=(CONS, "/lnsigma"), form=LOG_SD, equation="S = 1 - Phi((log t - _cons) / sigma)", source=SOURCE
    ),
    "generalised_gamma": Parametrisation(
        names=(CONS, "/lnsigma", "/kappa"),
        form=LOG_SD,
        equation="S = 1 - P(kappa^-2, kappa^-2 exp(|kappa| z)) for kappa > 0, P(...) for kappa < 0, "
        "z = sign(kappa) (log t - _cons) / sigma",
        source=SOURCE,
    ),
}
_GOMPERTZ = Parametrisation(
    names=(CONS, "/gamma"), form=LOG_RATE_SHAPE, equation="S = exp(-exp(_cons) (exp(gamma t) - 1) / gamma)", source=SOURCE
)

STREG = Program(
    meaning="Stata's streg as it prints unless asked otherwise: proportional hazards where there are any",
    families={
        "exponential": Parametrisation(names=(CONS,), form=LOG_RATE, equation="S = exp(-exp(_cons) t)", source=SOURCE),
        "weibull": Parametrisation(
            names=(CONS, "/ln_p"), form=LOG_HAZARD_LOG_SHAPE, equation="S = exp(-exp(_cons) t^p)", source=SOURCE
        ),
        "gompertz": _GOMPERTZ,
        **_TIME_ALONE,
    },
)
STREG_TIME = Program(
    meaning="Stata's streg with the option time",
    families={
        "exponential": Parametrisation(names=(CONS,), form=LOG_MEAN, equation="S = exp(-exp(-_cons) t)", source=SOURCE),
        "weibull": Parametrisation(
            names=(CONS, "/ln_p"), form=LOG_SCALE_LOG_SHAPE, equation="S = exp(-(exp(-_cons) t)^p)", source=SOURCE
        ),
        **_TIME_ALONE,
    },
)
STPM2 = Program(
    meaning="Stata's stpm2 with the option noorthog", families={}, spline=_spline, spline_scales=("hazard", "odds", "normal")
)
