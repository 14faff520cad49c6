"""How long a drug is taken: until progression, until death, or by a curve of its own, never longer than patients could."""

from __future__ import annotations

import numpy as np

from model.arrays import Array
from model.definition.records.arms import Regimen
from model.definition.sampling.draws import Draws
from model.engine.curves import Curves
from model.engine.ordered_curves import starting_below

SMALLEST_SHARE = 1e-300  # a share of patients not above it counts as nobody where a power of it is taken


def share_on_treatment(curves: Curves, regimen: Regimen, draws: Draws, in_use: dict[str, Array]) -> Array:
    """Share of all patients still on a drug, ``(n_draws, n_times)``. A hazard ratio of stopping acts on the curve's own
    hazard; the result is then capped at PFS (until progression) or at OS. ``in_use``: the curves of the states by endpoint,
    after the repair of crossing."""
    limit = in_use["pfs" if regimen.until == "progression" else "os"]
    base = _own_curve(curves, regimen, draws, in_use) if regimen.until == "own_curve" else limit
    ratio = draws.values.get(f"treatment.{regimen.arm}.{regimen.drug}.hazard_ratio")
    if ratio is not None and not np.all(ratio == 1.0):
        powered = _stopping_at(ratio, base, starting_below(curves.definition, regimen.arm, regimen.endpoint, draws))
        return np.minimum(powered, limit, out=powered)
    return base if base is limit else np.minimum(base, limit)


def _own_curve(curves: Curves, regimen: Regimen, draws: Draws, in_use: dict[str, Array]) -> Array:
    """The curve of time on treatment: one of the states', as it is in use, or one of its own."""
    if regimen.endpoint in in_use:
        return in_use[regimen.endpoint]
    return curves.survival(curves.records[regimen.arm, regimen.endpoint], draws, {})


def _stopping_at(ratio: Array, share: Array, starting: Array | None) -> Array:
    """A share of patients ``(n_draws, n_times)`` to the power of a hazard ratio of stopping, ``(n_draws,)``. ``starting``:
    how many of all patients start on the curve, None for all."""
    if starting is not None:
        share = np.divide(share, starting, out=np.zeros_like(share), where=starting > 0)
    if share.min(initial=np.inf) <= SMALLEST_SHARE:
        share = np.where(share > SMALLEST_SHARE, share, 0.0)
    with np.errstate(divide="ignore"):
        powered = np.log(share)
    powered *= ratio[:, None]
    np.exp(powered, out=powered)
    if starting is not None:
        powered *= starting
    return powered
