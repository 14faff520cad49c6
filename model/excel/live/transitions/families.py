"""Survival after progression by the distribution in use, which is one cell: two coefficients whatever its name."""

from __future__ import annotations

from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import exp, maximum, minimum, where
from model.excel.live.bench import Bench
from model.survival import distribution

EXPONENTIAL, WEIBULL, GAMMA, LOG_NORMAL = "exponential", "weibull", "gamma", "lognormal"


def survival_since(bench: Bench, name: Formula, time: Formula, log_time: Formula, first: Formula, second: Formula) -> Formula:
    """Share alive so long after progression. The only coefficient of an exponential distribution is its second one."""
    w = bench.functions

    def written(family: str, *coefficients: Formula) -> Formula:
        made: Formula = distribution(family).worksheet_survival(w, time, log_time, *coefficients)
        return made

    others = where(name.equals(EXPONENTIAL), written(EXPONENTIAL, second), written(WEIBULL, first, second))
    others = where(name.equals(GAMMA), written(GAMMA, first, second), others)
    return where(name.equals(LOG_NORMAL), written(LOG_NORMAL, first, second), others)


def natural(name: Formula, first: Formula, second: Formula) -> tuple[Formula, Formula]:
    """The coefficients from those on the estimation scale: logarithms, but for the mean of a log-normal distribution."""
    return where(name.equals(LOG_NORMAL), first, exp(first)), exp(second)


def within_bounds(bench: Bench, name: Formula, first: Formula, second: Formula) -> tuple[Formula, Formula]:
    """Coefficients on the estimation scale with the logarithm of a shape within its bounds."""
    limit = bench.constants.largest_shape

    def held(shape: Formula) -> Formula:
        return maximum(-limit, minimum(limit, shape))

    of_log_normal = name.equals(LOG_NORMAL)
    return where(of_log_normal, first, held(first)), where(of_log_normal, held(second), second)
