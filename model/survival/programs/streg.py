"""Stata's streg and the spline model stpm2, without covariates.

The estimation table shows _cons, and below it the logarithm of a positive ancillary parameter (/ln_p, /lnsigma, /lngamma) or
the parameter itself (/gamma of Gompertz, /kappa); `e(V)` is of these. Exponential, Weibull and Gompertz are printed as
proportional hazards, and with the option time, where there is one, as accelerated failure times; the other families have the
latter alone. [ST] streg, Methods and formulas.
"""

from __future__ import annotations

from typing import Any

from model.survival.programs.parametrisation import Parametrisation, Program, spline_names
from model.survival.programs.survreg import from_log_sd, to_log_sd

CONS = "_cons"
SOURCE = "Stata, [ST] streg, Methods and formulas"


def _exponential_ph(w: Any, cons: Any) -> tuple[Any, ...]:
    return (w.exp(cons),)


def _to_exponential_ph(w: Any, rate: Any) -> tuple[Any, ...]:
    return (w.ln(rate),)


def _exponential_time(w: Any, cons: Any) -> tuple[Any, ...]:
    return (w.exp(-cons),)


def _to_exponential_time(w: Any, rate: Any) -> tuple[Any, ...]:
    return (-w.ln(rate),)


def _weibull_ph(w: Any, cons: Any, ln_p: Any) -> tuple[Any, ...]:
    return w.exp(ln_p), w.exp(-cons * w.exp(-ln_p))


def _to_weibull_ph(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return -shape * w.ln(scale), w.ln(shape)


def _weibull_time(w: Any, cons: Any, ln_p: Any) -> tuple[Any, ...]:
    return w.exp(ln_p), w.exp(cons)


def _to_weibull_time(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), w.ln(shape)


def _gompertz(w: Any, cons: Any, gamma: Any) -> tuple[Any, ...]:
    return gamma, w.exp(cons)


def _to_gompertz(w: Any, shape: Any, rate: Any) -> tuple[Any, ...]:
    return w.ln(rate), shape


def _loglogistic(w: Any, cons: Any, lngamma: Any) -> tuple[Any, ...]:
    return w.exp(-lngamma), w.exp(cons)


def _to_loglogistic(w: Any, shape: Any, scale: Any) -> tuple[Any, ...]:
    return w.ln(scale), -w.ln(shape)


def from_log_sigma(w: Any, mu: Any, log_sigma: Any, q: Any) -> tuple[Any, ...]:
    """mu, sigma and Q of a generalised gamma distribution whose sigma is given as a logarithm."""
    return mu, w.exp(log_sigma), q


def to_log_sigma(w: Any, mu: Any, sigma: Any, q: Any) -> tuple[Any, ...]:
    return mu, w.ln(sigma), q


def _last_first(_: Any, *values: Any) -> tuple[Any, ...]:
    """Stata prints the constant last."""
    return (values[-1], *values[:-1])


def _first_last(_: Any, *values: Any) -> tuple[Any, ...]:
    return (*values[1:], values[0])


def _spline(internal: int) -> Parametrisation:
    constant, *others = spline_names(CONS, "_rcs{}", internal)
    return Parametrisation(
        names=(*others, constant),
        to_ours=_last_first,
        to_theirs=_first_last,
        equation="g(S) = _cons + _rcs1 log t + _rcs2 v1(log t) + ...; fitted with noorthog",
        source="Lambert and Royston 2009, Stata J 9:265; Royston and Parmar 2002, Stat Med 21:2175",
    )


_TIME_ALONE = {
    "loglogistic": Parametrisation(
        names=(CONS, "/lngamma"),
        to_ours=_loglogistic,
        to_theirs=_to_loglogistic,
        equation="S = 1 / (1 + (t exp(-_cons))^(1 / gamma))",
        source=SOURCE,
    ),
    "lognormal": Parametrisation(
        names=(CONS, "/lnsigma"),
        to_ours=from_log_sd,
        to_theirs=to_log_sd,
        equation="S = 1 - Phi((log t - _cons) / sigma)",
        source=SOURCE,
    ),
    "generalised_gamma": Parametrisation(
        names=(CONS, "/lnsigma", "/kappa"),
        to_ours=from_log_sigma,
        to_theirs=to_log_sigma,
        equation="S = 1 - P(kappa^-2, kappa^-2 exp(|kappa| z)) for kappa > 0, P(...) for kappa < 0, "
        "z = sign(kappa) (log t - _cons) / sigma",
        source=SOURCE,
    ),
}
_GOMPERTZ = Parametrisation(
    names=(CONS, "/gamma"),
    to_ours=_gompertz,
    to_theirs=_to_gompertz,
    equation="S = exp(-exp(_cons) (exp(gamma t) - 1) / gamma)",
    source=SOURCE,
)

STREG = Program(
    meaning="Stata's streg as it prints unless asked otherwise: proportional hazards where there are any",
    families={
        "exponential": Parametrisation(
            names=(CONS,),
            to_ours=_exponential_ph,
            to_theirs=_to_exponential_ph,
            equation="S = exp(-exp(_cons) t)",
            source=SOURCE,
        ),
        "weibull": Parametrisation(
            names=(CONS, "/ln_p"),
            to_ours=_weibull_ph,
            to_theirs=_to_weibull_ph,
            equation="S = exp(-exp(_cons) t^p)",
            source=SOURCE,
        ),
        "gompertz": _GOMPERTZ,
        **_TIME_ALONE,
    },
)
STREG_TIME = Program(
    meaning="Stata's streg with the option time",
    families={
        "exponential": Parametrisation(
            names=(CONS,),
            to_ours=_exponential_time,
            to_theirs=_to_exponential_time,
            equation="S = exp(-exp(-_cons) t)",
            source=SOURCE,
        ),
        "weibull": Parametrisation(
            names=(CONS, "/ln_p"),
            to_ours=_weibull_time,
            to_theirs=_to_weibull_time,
            equation="S = exp(-(exp(-_cons) t)^p)",
            source=SOURCE,
        ),
        **_TIME_ALONE,
    },
)
STPM2 = Program(
    meaning="Stata's stpm2 with the option noorthog", families={}, spline=_spline, spline_scales=("hazard", "odds", "normal")
)
