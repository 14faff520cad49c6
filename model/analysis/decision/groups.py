"""Draws of parameters by name, and groups of such names: what EVPPI is asked about."""

from collections.abc import Mapping, Sequence

import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.decision.checks import finite_array
from model.arrays import Array


def named_draws(parameters: ArrayLike | Mapping[str, ArrayLike] | pd.DataFrame, n_draws: int) -> dict[str, Array]:
    """Draws `(n_draws,)` of each parameter by its name."""
    if isinstance(parameters, pd.DataFrame):
        if parameters.columns.has_duplicates:
            repeated = sorted({str(c) for c in parameters.columns[parameters.columns.duplicated()]})
            raise ValueError(f"parameters must have different names; given more than once: {repeated}")
        parameters = {str(name): parameters[name] for name in parameters}
    if isinstance(parameters, Mapping):
        draws = {str(name): finite_array(values, f"parameter {name!r}") for name, values in parameters.items()}
    else:
        array = finite_array(parameters, "parameters")
        if array.ndim != 2:
            raise ValueError(f"parameters must be (n_draws, n_parameters); got shape {array.shape}")
        draws = {f"parameter {j + 1}": column for j, column in enumerate(array.T)}
    if not draws:
        raise ValueError("there are no parameters")
    for name, values in draws.items():
        if values.shape != (n_draws,):
            raise ValueError(f"parameter {name!r} must have {n_draws} draws, as costs do; got {values.shape}")
    return draws


def members_of(groups: Mapping[str, Sequence[str]] | None, known: Sequence[str]) -> dict[str, list[str]]:
    """Parameter names of each group, none twice."""
    if groups is None:
        return {name: [name] for name in known}
    if not groups:
        raise ValueError("there are no groups")
    members: dict[str, list[str]] = {}
    for group, listed in groups.items():
        if isinstance(listed, str):
            raise ValueError(f"group {group!r} must be a list of parameter names, not one string: {listed!r}")
        members[group] = list(dict.fromkeys(listed))
        unknown = [name for name in members[group] if name not in known]
        if unknown:
            raise ValueError(f"group {group!r} names unknown parameters {unknown}; known: {list(known)}")
        if not members[group]:
            raise ValueError(f"group {group!r} is empty")
    return members
