"""The level of a curve: the one number by which its jointly estimated coefficients lie high or low.

It is the direction in which the restricted mean survival time changes most for its probability: with V the covariance of
the coefficients and g the gradient of the restricted mean, both on the estimation scale, the step V g / sqrt(g' V g)
raises the restricted mean by one of its standard errors and is the most probable of all such steps (Cox 2005,
Biometrika 92:411). The level of drawn coefficients x is g' (x - estimates) / sqrt(g' V g), a standard normal number,
positive where survival is longer; whatever else differs between draws is independent of it.
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array
from model.definition.curves.coefficients import CurveCoefficients, root_of
from model.definition.records.curves import Curve


def level_weights(made: CurveCoefficients, horizon_months: float) -> Array:
    """Weights ``(k,)`` of the estimated coefficients in the level of their curve, g / sqrt(g' V g); zeros where the
    restricted mean until the horizon does not vary."""
    assert made.covariance is not None
    family, centre = made.family, made.estimates
    gradient = np.zeros(len(centre))
    for j in np.flatnonzero(np.diag(made.covariance) > 0):
        step = 1e-4 * max(1.0, abs(centre[j]))
        shift = np.eye(len(centre))[j] * step
        up, down = (family.restricted_mean(horizon_months, family.to_natural(centre + s)) for s in (shift, -shift))
        gradient[j] = (up - down) / (2 * step)
    spread = float(np.sqrt(gradient @ made.covariance @ gradient))
    return gradient / spread if spread > 0 else np.zeros(len(centre))


def curve_direction(made: CurveCoefficients, horizon_months: float) -> Array:
    """Step of the estimated coefficients ``(k,)`` that raises the restricted mean by one of its standard errors, the
    most probable of all such steps: a level of one, everything else as estimated."""
    assert made.covariance is not None
    direction: Array = made.covariance @ level_weights(made, horizon_months)
    return direction


def direction_of_normals(made: CurveCoefficients, horizon_months: float) -> Array:
    """The level as a direction of the standard normals z behind the coefficients, estimates + R z: a unit vector ``(k,)``."""
    assert made.covariance is not None
    direction: Array = root_of(made.covariance).T @ level_weights(made, horizon_months)
    length = float(np.linalg.norm(direction))
    return direction / length if length > 0 else direction


def levels_of(made: CurveCoefficients, natural: Array, horizon_months: float) -> Array:
    """``(n_draws,)`` levels of drawn coefficients ``(n_draws, k)`` on the natural scale."""
    levels: Array = made.family.steps_to(natural, made.estimates) @ level_weights(made, horizon_months)
    return levels


def why_no_level(curve: Curve, made: CurveCoefficients | None) -> str:
    """Why the draws of a curve have no level of their own, to follow its name; empty where they have one."""
    own = f"{curve.arm}.{curve.endpoint}"
    if made is None:
        return f"is the reference arm's curve with an effect; its effect is 'relative_effects.{own}'"
    if curve.source == "patient_data":
        return (
            "is fitted to patients; their resampling (curve uncertainty: bootstrap) keeps the endpoints of a patient together"
        )
    if made.resamples is not None:
        return "is drawn by resampling (curve uncertainty: bootstrap), not from a covariance"
    if made.stream != curve.id:
        return "is estimated together with other arms' curves, so it has no level of its own"
    if made.averaged:
        return "is an average of distributions, whose coefficients are drawn apart, so it has no level of its own"
    if made.covariance is None:
        first = made.family.parameters[0]
        return f"has coefficients without covariance, each an input of its own ('coefficients.{own}.{first}')"
    return "" if np.any(made.covariance) else "is certain, so it has no correlation"
