"""Coefficients of a curve as a view: each on its natural scale, with its standard error where it is estimated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array
from model.shown import View
from model.survival.families.base import Distribution


def coefficients_view(
    family: Distribution, estimates: Array, covariance: Array | None, title: str, words: Sequence[str] = ()
) -> View:
    """``estimates`` (k,) and ``covariance`` (k, k), or None: on the estimation scale."""
    natural = family.to_natural(np.asarray(estimates, dtype=float))
    errors = [float("nan")] * len(natural) if covariance is None else np.sqrt(np.diag(covariance))
    rows = list(zip(family.parameters, natural, estimates, errors, family.estimation_scale, strict=True))
    headers = ["Coefficient", "Value", "Estimate on its scale", "Standard error there", "Scale"]
    told = ", ".join(f"{name} {value:.5g}" for name, value in zip(family.parameters, natural, strict=True))
    return View(title, headers, rows, ["text", "any", "any", "any", "text"], [told, *words])
