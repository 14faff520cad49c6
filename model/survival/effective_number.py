"""The effective number at risk of a landmark: of how many patients it is as precise as a plain share.

(number at risk at the landmark) / survival is a sensible one: the binomial S (1 - S) / n is then the conservative variance
S^2 (1 - S) / (number at risk) of Peto et al. (1977, Br J Cancer 35:1). A median known by an effective number alone is the
landmark S(median) = 0.5.
"""

from __future__ import annotations

from math import sqrt


def standard_error_of_landmark(survival: float, effective_n: float) -> float:
    """Binomial standard error of survival at a time, sqrt(S (1 - S) / n). ValueError unless n is above 0 and S from 0 to 1.

    >>> standard_error_of_landmark(0.5, 100)
    0.05
    """
    if not (effective_n > 0 and 0 <= survival <= 1):
        raise ValueError(
            f"a landmark needs an effective n above 0 and survival from 0 to 1, not {effective_n} and {survival}"
        )
    return sqrt(survival * (1 - survival) / effective_n)
