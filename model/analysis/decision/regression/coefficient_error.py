"""How far the value of a regression moves with its coefficients (Strong, Oakley and Brennan 2014, section 2.4)."""

import numpy as np

from model.analysis.decision.regression.smoothing import Smoothed
from model.arrays import Array

_SIMULATIONS, _SEED = 200, 2014
_SURE, _SIMULATED_DRAWS = 5.0, 4000


def error_of_coefficients(regression: Smoothed, outcomes: Array, of_threshold: slice) -> float:
    """Standard deviation of EVPPI at one threshold over draws of the regression coefficients and means.

    Coefficients of different options are correlated as their residuals are. A draw whose best option leads
    by more than `_SURE` standard errors keeps it: the sum over such draws is linear in the coefficients. Of
    the others at most `_SIMULATED_DRAWS`, evenly spread over the fitted values, are simulated one by one.
    """
    columns = regression.design.columns
    n, p = columns.shape
    fitted = regression.fitted[:, of_threshold]
    noise, roots = regression.noise[of_threshold], regression.roots[of_threshold]
    of_mean = noise / np.sqrt(n)
    with_reference = np.column_stack([np.zeros(n), fitted])
    ranked = np.sort(with_reference, axis=1)
    spread = of_mean + noise * np.column_stack([_length(columns, root) for root in roots])
    sure = ranked[:, -1] - ranked[:, -2] > _SURE * spread.sum(axis=1)
    best = np.where(sure, with_reference.argmax(axis=1), 0)
    open_to_doubt = np.flatnonzero(~sure)
    step = max(1, -(-open_to_doubt.size // _SIMULATED_DRAWS))
    doubtful = open_to_doubt[np.argsort(fitted[open_to_doubt, 0], kind="stable")][step // 2 :: step]

    residual = (outcomes[:, of_threshold] - fitted) / np.where(noise > 0, noise, 1)
    size, direction = np.linalg.eigh(residual.T @ residual / n)
    together = (direction * np.sqrt(np.maximum(size, 0))) @ direction.T
    normal = np.random.default_rng(_SEED).standard_normal((p + 1, _SIMULATIONS, len(noise))) @ together

    total, highest_mean = np.zeros(_SIMULATIONS), np.zeros(_SIMULATIONS)
    highest = np.zeros((doubtful.size, _SIMULATIONS))
    rows = columns[doubtful]
    for d, root in enumerate(roots):
        change = noise[d] * (root[:, None] * normal[1:, :, d] if root.ndim == 1 else root @ normal[1:, :, d])
        change_of_mean = of_mean[d] * normal[0, :, d]
        winning = best == d + 1
        total += winning @ columns @ change + np.count_nonzero(winning) * change_of_mean
        moved = rows @ change
        moved += change_of_mean
        moved += fitted[doubtful, d][:, None]
        np.maximum(highest, moved, out=highest)
        np.maximum(highest_mean, fitted[:, d].mean() + change_of_mean, out=highest_mean)
    total += highest.sum(axis=0) * (open_to_doubt.size / max(doubtful.size, 1))
    return float((total / n - highest_mean).std(ddof=1))


def _length(columns: Array, root: Array) -> Array:
    """Length of each row of columns @ root, where a vector stands for a diagonal root."""
    moved = columns * root if root.ndim == 1 else columns @ root
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", moved, moved)), dtype=np.float64)
