"""The pair of families that the shipped workbooks use: an independent replication of the pairs it was chosen from
(``tests/reference/pairs_with_effective_numbers.json``), and the stated rule applied to all pairs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.deterministic.curve_pairs import FEW_ALIVE, Pair, curve_pairs, families_of
from model.definition import ModelDefinition, edit
from model.definition.curves.coefficients import calibration
from model.definition.curves.effective_numbers import effective_n_of
from tests.helpers.former_base_case import former_edits
from tests.helpers.shipped import NAMES, ROOT, shipped, shipped_base

PRINTED = json.loads((ROOT / "tests/reference/pairs_with_effective_numbers.json").read_text(encoding="utf-8"))
TYPED = {
    f"evidence.{arm}.{endpoint}.landmark.{month}.effective_n": float(n)
    for arm, endpoints in PRINTED["effective_n"].items()
    for endpoint, numbers in endpoints.items()
    for month, n in numbers.items()
}
MEDIAN = {
    "evidence.control.os.median.use": True,
    "evidence.control.os.median.effective_n": float(PRINTED["median_effective_n"]),
}
LARGEST_RESIDUAL = 1.0  # standard errors
YEARS = (5, 10, 15)
BY_PRIOR = "generalised_gamma"


Families = frozenset[str]


@cache
def pairs(name: str, of: str, pfs: Families, os: Families) -> dict[tuple[str, str], Pair]:
    """The pairs of these families alone: others would be run to be left aside."""
    definition, looked_at = shipped(name), {"pfs": pfs, "os": os}
    changes: dict[str, Any] = {
        "without_median": former_edits() | TYPED,
        "with_median": former_edits() | TYPED | MEDIAN,
        "shipped": {},
        "as fitted": {"settings.hazard_floor_under": "os"},
    }[of]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "model.analysis.deterministic.curve_pairs.families_of",
            lambda edited, endpoint: [f for f in families_of(edited, endpoint) if f.name in looked_at[endpoint]],
        )
        made = curve_pairs(edit(definition, changes))
    assert made is not None and not made.not_run
    return {(pair.pfs.name, pair.os.name): pair for pair in made.pairs}


def digits(value: float, printed: str) -> bool:
    places = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.51 * 10.0**-places


@pytest.mark.parametrize(("of", "row"), [(of, row) for of in ("without_median", "with_median") for row in PRINTED[of]])
def test_every_pair_has_the_digits_of_the_replication(of: str, row: dict[str, Any]) -> None:
    printed = (frozenset(other[endpoint] for other in PRINTED[of]) for endpoint in ("pfs", "os"))
    pair = pairs("patina_us", of, *printed)[row["pfs"], row["os"]]
    assert digits((pair.costs[1] - pair.costs[0]) / (pair.qalys[1] - pair.qalys[0]) / 1e6, row["icer"])
    assert all(digits(years, told) for years, told in zip(pair.life_years, row["life_years"], strict=True))
    if row.get("crossing_is_of_the_former_numbers"):
        return
    for crossing, year, gap in zip(pair.crossings, row["crossing"], row["gap"], strict=True):
        first = float(crossing.first_month[0]) / 12
        assert np.isnan(first) if year is None else digits(first, year)
        assert float(crossing.largest_gap[0]) < 1e-9 if gap == "0" else digits(crossing.largest_gap[0], gap)


def fits(definition: ModelDefinition, endpoint: str, name: str) -> bool:
    """Within one standard error of every statistic, and determined without a prior."""
    own = [c for c in definition.curves if c.endpoint == endpoint and c.source == "evidence"]
    worst = max(np.nanmax(np.abs(calibration(definition, c, name).standardised_residuals)) for c in own)
    return name != BY_PRIOR and bool(worst <= LARGEST_RESIDUAL)


def in_order(pair: Pair) -> bool:
    """At 5, 10 and 15 years nobody dies faster before progression, held at the population's mortality, than after it."""
    for died in pair.mortality:
        for year in YEARS:
            row = died[died["month"] <= 12 * year].iloc[-1]
            if row["progressed"] < max(row["progression_free"], row["general_population"]):
                return False
    return True


def far_from_others(definition: ModelDefinition, pair: Pair) -> float:
    """Mean distance in survival of the control arm's OS from the figures of other studies."""
    own = [c for c in definition.curves if c.endpoint in ("pfs", "os") and c.source == "evidence"]
    families = {f"curves.{c.arm}.{c.endpoint}.distribution": getattr(pair, c.endpoint).name for c in own}
    made = base_case(edit(definition, families | {"settings.undetermined_curves": "allow"}))
    columns, gaps = made.traces["control"].columns, []
    for row in definition.external_evidence:
        if row.endpoint == "os" and row.dependence == "independent":
            month, survival = (row.value, 0.5) if row.statistic == "median" else (row.month, row.value)
            assert month is not None
            gaps.append(abs(float(np.interp(month, columns["Months"], columns["OS"])) - survival))
    return float(np.mean(gaps))


@pytest.mark.parametrize("name", NAMES)
def test_the_pair_in_use_is_what_the_stated_rule_chooses(name: str) -> None:
    definition = shipped(name)
    fitting = [
        frozenset(f.name for f in families_of(definition, endpoint) if fits(definition, endpoint, f.name))
        for endpoint in ("pfs", "os")
    ]
    assert "exponential" not in fitting[0]
    apart = {key for key, pair in pairs(name, "as fitted", *fitting).items() if pair.alive_at_crossing <= FEW_ALIVE}
    assert apart == {*(("gamma", os) for os in ("exponential", "loglogistic", "lognormal")), ("weibull", "exponential")}
    as_shipped = pairs(name, "shipped", *(frozenset(families) for families in zip(*apart, strict=True)))
    left = [key for key in apart if in_order(as_shipped[key])]
    chosen = min(left, key=lambda key: far_from_others(definition, as_shipped[key]))
    assert chosen == ("gamma", "loglogistic")
    assert as_shipped[chosen].in_use


@pytest.mark.parametrize("name", NAMES)
def test_no_flag_is_raised_without_a_comment(name: str) -> None:
    flags = shipped_base(name).coherence().flags()
    raised = flags[flags["raised"]]
    assert set(raised["flag"]) == {"after_below_population", "before_below_population", "outside_evidence"}
    assert raised["comment"].str.len().gt(20).all() and flags.loc[~flags["raised"], "comment"].eq("").all()
    for words in raised["comment"]:
        assert words in shipped_base(name).coherence().comments()


@pytest.mark.parametrize("name", NAMES)
def test_even_accrual_gives_the_effective_numbers_of_simulated_trials(name: str) -> None:
    definition = shipped(name)
    even = edit(definition, definition.scenario_changes()["follow_up_even"])
    for row in even.evidence:
        if row.statistic == "landmark":
            expected = PRINTED["effective_n"][row.arm][row.endpoint][row.item]
            assert effective_n_of(even, row) == pytest.approx(expected, rel=0.03)
