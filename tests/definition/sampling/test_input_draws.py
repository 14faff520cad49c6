"""Draws of inputs that were made elsewhere: whole rows, in order or one for each draw by the seed, checked by row and column.

Oracles: the rows themselves, and the program's own draws, which given back must lead to the same results.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from model.definition import Correlation, DefinitionError, ModelDefinition, base_case_draws, edit, sample
from model.definition.input_draws import with_input_draws
from model.definition.sampling.unit_cube import unit_cube
from model.engine import evaluate
from tests.helpers.shipped import shipped
from tests.helpers.small_models import model, monthly, settings, uncertain, uncertain_curves, utilities

FREE, PROGRESSED, COST = "utilities.progression_free", "utilities.progressed", "care.visits"
PFS = ("curves.control.pfs[shape]", "curves.control.pfs[rate]")
N = 200


def definition(**tables: Any) -> ModelDefinition:
    return model(
        uncertain_curves(),
        utilities=utilities(uncertain(0.8, 0.02, "beta"), uncertain(0.6, 0.02, "beta")),
        care=(monthly("visits", "alive", uncertain(100.0, 10.0)), monthly("other", "alive", uncertain(50.0, 5.0))),
        settings=settings(horizon_years=2.0, cycle_days=91.3125),
        **tables,
    )


def rows(n: int = N) -> dict[str, np.ndarray]:
    """Utilities that differ by 0.1 in every row, and a cost that says which row it is."""
    free = 0.7 + 0.2 * np.arange(n) / n
    return {FREE: free, PROGRESSED: free - 0.1, COST: 100.0 + np.arange(n)}


def with_rows(n: int = N, made: ModelDefinition | None = None) -> ModelDefinition:
    return with_input_draws(made or definition(), rows(n), "elicited.csv")


# ---- whole rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampling", ["random", "latin_hypercube", "sobol"])
def test_as_many_rows_as_draws_are_taken_in_their_order(sampling: str) -> None:
    drawn = sample(with_rows(), N, seed=5, sampling=sampling)
    for name, values in rows().items():
        np.testing.assert_array_equal(drawn[name], values)


@pytest.mark.parametrize("n", [64, 1000])
def test_another_number_of_draws_takes_whole_rows_by_the_seed(n: int) -> None:
    drawn, again, other = (sample(with_rows(), n, seed) for seed in (5, 5, 6))
    np.testing.assert_allclose(drawn[FREE] - drawn[PROGRESSED], 0.1, rtol=1e-12)
    row = (drawn[COST] - 100).astype(int)
    np.testing.assert_array_equal(drawn[FREE], rows()[FREE][row])
    np.testing.assert_array_equal(again[COST], drawn[COST])
    assert (other[COST] != drawn[COST]).any()
    assert len(set(row)) > 0.9 * N * (1 - (1 - 1 / N) ** n)  # as many different rows as n draws with replacement give


def test_other_inputs_are_drawn_as_before() -> None:
    plain, given = (sample(d, 300, seed=5) for d in (definition(), with_rows()))
    others = set(plain.varying()) - rows().keys()
    assert {"care.other", "coefficients.old.os.rate", "relative_effects.new.os"} <= others
    for name in others:
        np.testing.assert_array_equal(plain[name], given[name])


def test_the_base_case_keeps_the_values_typed() -> None:
    plain, given = (base_case_draws(d) for d in (definition(), with_rows()))
    assert plain.values.keys() == given.values.keys()
    assert all(np.array_equal(plain[name], given[name]) for name in plain.values)


def test_the_programs_own_draws_given_back_lead_to_the_same_results() -> None:
    """Also coefficients of curves, relative effects and utilities, in a model with correlations between them."""
    own = edit(shipped("patina_us"), {"settings.cycle_days": 91.3125})
    drawn = sample(own, 40, seed=3)
    families = {"curves.control.pfs": ("shape", "rate"), "curves.palbociclib.pfs": ("shape", "rate")}
    columns = {f"{name}[{part}]": drawn[name][:, i] for name, parts in families.items() for i, part in enumerate(parts)}
    columns |= {name: drawn[name] for name in drawn.varying() if name.startswith(("utilities.", "relative_effects."))}
    given = with_input_draws(own, columns, "own.csv")
    wanted, found = (evaluate(d, sample(d, 40, seed=3)) for d in (own, given))
    np.testing.assert_array_equal(found.total_costs, wanted.total_costs)
    np.testing.assert_array_equal(found.total_qalys, wanted.total_qalys)


def test_correlations_with_an_input_from_elsewhere_are_left_out() -> None:
    pair = Correlation(first=COST, second="care.other", value=0.9)
    plain, given = definition(), with_rows(made=definition(correlations=(pair,)))
    np.testing.assert_array_equal(sample(given, 300, 5)["care.other"], sample(plain, 300, 5)["care.other"])


def test_in_the_unit_cube_all_rows_are_one_input() -> None:
    cube = unit_cube(with_rows(4))
    assert set(cube.members["input_draws"]) == set(rows())
    assert cube.labels()["input_draws"] == "Draws from elicited.csv, row by row"
    points = np.full((4, len(cube.streams)), 0.5)
    points[:, cube.streams.index("input_draws")] = [0.1, 0.3, 0.6, 0.9]
    np.testing.assert_array_equal(cube.draws(points)[COST], [100, 101, 102, 103])


# ---- what is refused -----------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, list[Any]], str]] = {
    "unknown id": (
        {"utilities.progresed": [0.5, 0.6]},
        "utilities.progresed: no input .* did you mean 'utilities.progressed'",
    ),
    "a setting": ({"settings.horizon_years": [5.0, 6.0]}, "no input of this model that can be drawn"),
    "text": ({FREE: [0.5, "high"]}, "row 2, utilities.progression_free: is no finite number"),
    "nothing": ({FREE: [0.5, None]}, "row 2, utilities.progression_free: is no finite number"),
    "beyond a limit": ({FREE: [0.5, 1.2]}, "row 2, utilities.progression_free: 1.2 is above the maximum of 1"),
    "one row": ({FREE: [0.5]}, "at least 2 rows"),
    "no column": ({}, "at least 2 rows"),
    "two lengths": ({FREE: [0.5, 0.6], COST: [1.0]}, "not of one length"),
    "a relative effect below 0": (
        {"relative_effects.new.pfs": [0.7, -0.1]},
        "row 2, relative_effects.new.pfs: -0.1 is not above",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_columns_that_cannot_be_used_are_refused(case: str) -> None:
    columns, message = WRONG[case]
    with pytest.raises(DefinitionError, match=message):
        with_input_draws(definition(), columns, "bad.csv")


OF_CURVES: dict[str, tuple[dict[str, list[float]], str]] = {
    "half a curve": (
        {PFS[0]: [1.0, 1.1]},
        r"needs the other coefficients of its curve too: \['curves.control.pfs\[rate\]'\]",
    ),
    "no such curve": (
        {PFS[0]: [1.0, 1.1], PFS[1]: [0.05, -0.05]},
        r"row 2.*there is no .* curve with shape 1\.1, rate -0\.05",
    ),
    "part of a mix": ({"subsequent.trastuzumab_deruxtecan.share": [0.5, 0.6]}, "is a share of a mix that sums to 1"),
}


@pytest.mark.parametrize("case", OF_CURVES)
def test_curves_and_mixes_are_given_whole(case: str) -> None:
    columns, message = OF_CURVES[case]
    with pytest.raises(DefinitionError, match=message):
        with_input_draws(shipped("patina_us"), columns, "bad.csv")


def test_shares_that_do_not_sum_to_one_in_a_row_are_refused() -> None:
    first, second = "subsequent.trastuzumab_deruxtecan.share", "subsequent.trastuzumab_emtansine.share"
    columns = {first: [0.5, 0.5], second: [0.5, 0.6]}
    with pytest.raises(DefinitionError, match=r"row 2.*sum to 1\.1 in this row"):
        with_input_draws(shipped("patina_us"), columns, "bad.csv")


def test_another_distribution_than_that_of_the_rows_is_refused() -> None:
    own = shipped("patina_us")
    given = with_input_draws(own, {PFS[0]: [1.0, 1.1], PFS[1]: [0.05, 0.06]}, "fit.csv")
    with pytest.raises(DefinitionError, match=r"curves.control.pfs\[rate\]: no input of this model"):
        edit(given, {"curves.control.pfs.distribution": "weibull"})


def test_in_the_state_transition_structure_os_cannot_be_from_elsewhere() -> None:
    states = dataclasses.replace(
        shipped("patina_us"), settings=dataclasses.replace(shipped("patina_us").settings, structure="state_transition")
    )
    columns = {f"curves.control.os[{part}]": [1.0, 1.1] for part in ("shape", "scale")}
    with pytest.raises(DefinitionError, match="OS follows from survival after progression"):
        with_input_draws(states, columns, "fit.csv")
