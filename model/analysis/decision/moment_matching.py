"""EVSI by moment matching (Heath, Manolopoulou and Baio 2018), for all sizes of a study at once.

What the parameters phi of a study lead us to expect, g(phi), is known from the regression of EVPPI. What its data
will lead us to expect has the same mean and a smaller variance, var g - E[var(g | data)]; g is shrunk about its
mean to that variance. The posterior variance is averaged over a few simulated data sets, whose sizes are spread
so that one curve n / (n + h) serves every size (Heath, Manolopoulou and Baio 2019): it is exact for normal data
with a normal prior. Posteriors are the draws weighted by their likelihood (Menzies 2016), so no sampler is
needed; data sets are only as large as leaves enough draws with weight.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from model.analysis.decision.regression.splines import Indices
from model.analysis.decision.regression.value_by_regression import RegressionProblem, Value
from model.analysis.decision.studies import Study
from model.arrays import Array

_DATA_SETS = 200
_PILOTS = 20
_FEWEST_EFFECTIVE = 50.0  # draws that carry the weight of a posterior
_SMALLEST_SHARE = 0.05  # of the largest data set, in the smallest
_RESAMPLES = 200
_HALF_LOGS = np.linspace(-9, 9, 3001)  # of h, about the middle of the sizes


@dataclass(frozen=True)
class Matched:
    """EVSI and its standard error at each size and threshold, both `(n_sizes, n_thresholds)`."""

    estimate: Array
    standard_error: Array


def moment_matching(study: Study, problem: RegressionProblem, known: Value, sizes: Indices, seed: int) -> Matched:
    """EVSI at sizes above 0, given the value of knowing what the study informs.

    The standard error is of the curve of variances (data sets resampled), of the finite number of draws, and of
    mean net benefit, as far as data do not explain it, in the draws that would change the decision.
    """
    fitted = known.fitted
    mean = fitted.mean(axis=0)
    of_data_set, variances = _posterior_variances(study, fitted, int(sizes.max()), seed)
    total = fitted.var(axis=0)
    remaining = np.divide(variances, total, out=np.ones_like(variances), where=total > 0)
    half = _sizes_of_half(of_data_set, remaining, seed)  # (1 + resamples, n_outcomes)

    shape = (len(half), sizes.size, problem.perfect.size)
    value, of_draws = np.empty(shape), np.empty(shape[1:])
    for b, r in np.ndindex(shape[:2]):
        shrink = np.sqrt(sizes[r] / (sizes[r] + half[b]))
        expected = mean + (fitted - mean) * shrink
        for k, s in enumerate(problem.of_threshold):
            highest = expected[:, s].max(axis=1)
            value[b, r, k] = np.maximum(highest, 0).mean()
            if b == 0:
                left = np.maximum(problem.outcomes[:, s].var(axis=0) - expected[:, s].var(axis=0), 0).max()
                won = (highest > 0).mean()
                of_draws[r, k] = (np.maximum(highest, 0).var(ddof=1) + won**2 * left) / len(fitted)
    value = np.minimum(value, problem.perfect)
    return Matched(value[0], np.sqrt(value[1:].var(axis=0, ddof=1) + of_draws))


def _posterior_variances(study: Study, fitted: Array, largest: int, seed: int) -> tuple[Array, Array]:
    """Sizes `(n_data_sets,)` and variances of each fitted outcome given the data `(n_data_sets, n_outcomes)`.

    True values are taken at even steps through the draws, sorted by the first outcome that varies.
    """
    random = np.random.default_rng([seed, largest])
    varying = fitted[:, int(np.argmax(fitted.std(axis=0) > 0))]
    order = np.argsort(varying, kind="stable")
    steps = (np.arange(_DATA_SETS) + 0.5) / _DATA_SETS
    truths = order[(steps * len(order)).astype(np.intp)]
    largest = _largest_that_weights_bear(study, truths, largest, random)
    smallest = max(1.0, _SMALLEST_SHARE * largest)
    sizes = np.rint(np.linspace(np.sqrt(smallest), np.sqrt(largest), _DATA_SETS) ** 2)
    sizes = random.permutation(sizes)
    variances = np.empty((_DATA_SETS, fitted.shape[1]))
    for q, truth in enumerate(truths):
        weight = _weights(study, truth, int(sizes[q]), random)
        centred = fitted - weight @ fitted
        variances[q] = weight @ np.square(centred) / max(1 - float(weight @ weight), 1e-12)
    return sizes, variances


def _largest_that_weights_bear(study: Study, truths: Indices, largest: int, random: np.random.Generator) -> int:
    """The size, halved until posteriors rest on enough draws on average."""
    while largest > 1:
        pilots = truths[:: max(1, truths.size // _PILOTS)]
        effective = [1 / np.square(_weights(study, t, largest, random)).sum() for t in pilots]
        if np.mean(effective) >= _FEWEST_EFFECTIVE:
            break
        largest //= 2
    return largest


def _weights(study: Study, truth: int, size: int, random: np.random.Generator) -> Array:
    """Posterior probability of every draw given data simulated from one of them, which itself gets none."""
    data = study.simulate(size, random, np.array([truth]))[0]
    likelihood = study.log_likelihood(data, size)
    likelihood[truth] = -np.inf
    return np.asarray(np.exp(likelihood - logsumexp(likelihood)), dtype=np.float64)


def _sizes_of_half(sizes: Array, remaining: Array, seed: int) -> Array:
    """h of each outcome: least squares of the remaining share of variance on h / (n + h).

    Returns `(1 + resamples, n_outcomes)`: of all data sets, then of data sets resampled with replacement.
    """
    candidates = np.exp(_HALF_LOGS) * np.sqrt(sizes.min() * sizes.max())
    random = np.random.default_rng(seed)
    times = random.multinomial(sizes.size, np.full(sizes.size, 1 / sizes.size), _RESAMPLES)
    times = np.vstack([np.ones(sizes.size), times])
    expected = candidates[:, None] / (sizes + candidates[:, None])
    half = np.empty((len(times), remaining.shape[1]))
    for d, shares in enumerate(remaining.T):
        half[:, d] = candidates[(times @ np.square(expected - shares).T).argmin(axis=1)]
    return half
