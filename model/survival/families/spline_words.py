"""The equation of a Royston-Parmar spline in words and numbers, as a reader would type it into a calculator.

Royston and Parmar (2002), Statistics in Medicine 21:2175, equations 3 and 4, in the form that flexsurv's help gives.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.survival.families.splines import RoystonParmar

LEFT = {"hazard": "ln(-ln S(t))", "odds": "ln(1/S(t) - 1)", "normal": "-Phi^-1(S(t))"}
"""What the spline equals, by its scale."""
LINE = {
    "hazard": "the log cumulative hazard is a straight line in log time, as a Weibull curve's",
    "odds": "the log odds of the event are a straight line in log time, as a log-logistic curve's",
    "normal": "the normal quantile is a straight line in log time, as a log-normal curve's",
}
"""What a spline is outside its boundary knots."""


def spline_in_words(spline: RoystonParmar, coefficients: ArrayLike) -> str:
    """The equation of one spline with its natural coefficients ``(k,)``, its basis, and what it means, six digits each.

    Time t is in months. Raises ValueError where the number of coefficients is not that of the spline.

    >>> import numpy as np
    >>> words = spline_in_words(RoystonParmar("hazard", np.log([2.0, 10.0, 50.0])), [-4.0, 1.2, 0.05])
    >>> words.partition(";")[0]
    'ln(-ln S(t)) = -4 + 1.2 x + 0.05 v1(x), where x = ln t, t in months'
    """
    gamma = np.asarray(coefficients, dtype=float)
    if gamma.shape != (len(spline.parameters),):
        raise ValueError(f"the spline has {len(spline.parameters)} coefficients, not {gamma.size}.")
    low, *internal, high = (float(k) for k in spline.knots)
    terms = [f"{gamma[0]:.6g}", _term(gamma[1], "x"), *(_term(g, f"v{j}(x)") for j, g in enumerate(gamma[2:], start=1))]
    parts = [f"{LEFT[spline.scale]} = {' '.join(terms)}, where x = ln t, t in months"]
    for j, knot in enumerate(internal, start=1):
        share = (high - knot) / (high - low)
        cubes = [_cube(knot), _term(-share, _cube(low)), _term(share - 1, _cube(high))]
        parts.append(f"v{j}(x) = {' '.join(cubes)}")
    months = [f"{np.exp(k):.4g}" for k in spline.knots]
    listed = f"{', '.join(months[:-1])} and {months[-1]}"
    if not internal:
        return f"{'; '.join(parts)}. At all times {LINE[spline.scale]}."
    between = "before the first and after the last " + LINE[spline.scale]
    return f"{'; '.join(parts)}. Knots at {listed} months: {between}; between them it bends smoothly."


def _term(factor: float, of: str) -> str:
    return f"{'-' if factor < 0 else '+'} {abs(factor):.6g} {of}"


def _cube(knot: float) -> str:
    return f"max(x {'-' if knot >= 0 else '+'} {abs(knot):.6g}, 0)^3"
