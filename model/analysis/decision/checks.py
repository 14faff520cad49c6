"""What every decision function asks of its inputs: shapes, finite numbers, names. Errors say what was found.

Costs are in one currency, effects in one unit (usually QALYs), thresholds in currency per unit of effect.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array


def finite_array(values: ArrayLike, what: str) -> Array:
    """`values` as an array of finite floats, or a ValueError that says where the first bad one stands."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers in a rectangular array: {error}") from None
    finite = np.isfinite(array)
    if not finite.all():
        if array.ndim == 0:
            raise ValueError(f"{what} must be finite; got {array}")
        first = tuple(int(i) for i in np.argwhere(~finite)[0])
        how_many = np.count_nonzero(~finite)
        where = f"the first at index {first}: {array[first]}"
        raise ValueError(f"{what} must be finite; {how_many} of {array.size} are not, {where}")
    return array


def options(costs: ArrayLike, effects: ArrayLike) -> tuple[Array, Array]:
    """Costs and effects of at least two options, both `(n_draws, n_options)` or both `(n_options,)`."""
    cost, effect = finite_array(costs, "costs"), finite_array(effects, "effects")
    if cost.shape != effect.shape:
        raise ValueError(f"costs and effects must have the same shape; got {cost.shape} and {effect.shape}")
    if cost.ndim not in (1, 2):
        raise ValueError(f"costs and effects must be (n_draws, n_options) or (n_options,); got {cost.shape}")
    if cost.shape[-1] < 2:
        raise ValueError(f"a decision needs at least 2 options in the last axis; got shape {cost.shape}")
    if cost.shape[0] == 0:
        raise ValueError("costs and effects hold no draws")
    return cost, effect


def draws_of_options(costs: ArrayLike, effects: ArrayLike) -> tuple[Array, Array]:
    """Costs and effects `(n_draws, n_options)`: a single row of means has no uncertainty to analyse."""
    cost, effect = options(costs, effects)
    if cost.ndim != 2:
        raise ValueError(f"uncertainty needs costs and effects (n_draws, n_options); got shape {cost.shape}")
    return cost, effect


def mean_options(costs: ArrayLike, effects: ArrayLike) -> tuple[Array, Array]:
    """Mean cost and effect of each option, `(n_options,)`: ratios are of means, never means of ratios."""
    cost, effect = options(costs, effects)
    return (cost, effect) if cost.ndim == 1 else (cost.mean(axis=0), effect.mean(axis=0))


def willingness_to_pay(thresholds: ArrayLike) -> Array:
    """Thresholds `()` or `(n_thresholds,)`, finite and not negative."""
    array = finite_array(thresholds, "thresholds")
    if array.ndim > 1 or array.size == 0:
        raise ValueError(f"thresholds must be a number or a list of numbers; got shape {array.shape}")
    if (array < 0).any():
        raise ValueError(f"thresholds must not be negative; the lowest is {array.min():g}")
    return array


def option_names(names: Sequence[str] | None, n_options: int) -> list[str]:
    """Distinct names, one for each option; `option 1`, `option 2`, ... where none are given."""
    if names is None:
        return [f"option {i + 1}" for i in range(n_options)]
    if isinstance(names, str):
        raise ValueError(f"names must be a sequence of names, not one string: {names!r}")
    listed = [str(name) for name in names]
    if len(listed) != n_options:
        raise ValueError(f"{n_options} options need {n_options} names; got {len(listed)}: {listed}")
    repeated = sorted({name for name in listed if listed.count(name) > 1})
    if repeated:
        raise ValueError(f"names must differ; given more than once: {repeated}")
    return listed


def position(name: str, names: Sequence[str]) -> int:
    """Where `name` stands in `names`."""
    if name not in names:
        raise ValueError(f"reference {name!r} is not among the options {list(names)}")
    return list(names).index(name)


def confidence_level(level: float) -> float:
    """A confidence level strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1; got {level}")
    return level
