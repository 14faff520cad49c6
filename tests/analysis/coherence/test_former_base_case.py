"""The coherence report of the former US base case. Oracle: an independent replication, ``tests/reference/coherence.json``,
to the digits printed there."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case
from model.analysis.base_case.post_progression import implied_mortality
from model.definition import edit
from tests.helpers.former_base_case import former_base
from tests.helpers.shipped import ROOT

FACTS = json.loads((ROOT / "tests" / "reference" / "coherence.json").read_text())
ARMS = ("control", "palbociclib")


def agrees(value: float, printed: str) -> bool:
    """Is the value what was printed, to its last digit?"""
    decimals = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.5 * 10.0**-decimals + 1e-9


def at_years(arm: str, years: list[float]) -> Any:
    """Implied hazards in the cycles that hold some years."""
    coherence = former_base().coherence()
    return [coherence.hazards_at(arm, year) for year in years]


@pytest.mark.parametrize("arm", ARMS)
def test_mortality_after_progression(arm: str) -> None:
    facts = FACTS["deaths_after_progression_per_year"]
    found = [row["death_after_by_death_share"] for row in at_years(arm, facts["years"])]
    assert [agrees(v, p) for v, p in zip(found, facts[arm], strict=True)] == [True] * len(found)


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize(
    "what", ["deaths_before_progression_over_population", "deaths_before_progression_over_population_once_pfs_has_met_os"]
)
def test_mortality_before_progression_beside_the_populations(arm: str, what: str) -> None:
    facts = FACTS[what]
    found = [row["death_before_by_death_share"] / row["general_population"] for row in at_years(arm, facts["years"])]
    assert [agrees(v, p) for v, p in zip(found, facts[arm], strict=True)] == [True] * len(found)


@pytest.mark.parametrize("arm", ARMS)
def test_years_lived_progression_free_at_less_than_the_populations_mortality(arm: str) -> None:
    base = former_base()
    c = base.traces[arm].columns
    years = (c["PFS"][1:] + c["PFS"][:-1]) / 2 * np.diff(c["Years"])
    assert agrees(float(years.sum()), FACTS["progression_free_years"][arm])
    limit = edit(base.definition, {"coherence_limits.before_below_population.share": 0.0})
    flags = base_case(limit).coherence().judged(arm)["before_below_population"]
    assert agrees(float(years[flags.broken[0]].sum()), FACTS["progression_free_years_below_population"][arm])


@pytest.mark.parametrize("arm", ARMS)
def test_where_pfs_exceeds_os_and_how_much_the_repair_moves(arm: str) -> None:
    base = former_base()
    rules = base.coherence().rules_in_force()
    label = base.definition.arm(arm).short_label
    row = rules[(rules["arm"] == label) & (rules["rule"] == "repair: PFS lowered to OS")].iloc[0]
    assert agrees(row["from_month"], FACTS["pfs_exceeds_os_from_month"][arm])
    assert agrees(row["largest_share_moved"], FACTS["largest_excess_of_pfs_over_os"][arm])


def test_shares_of_the_difference_that_arise_once_pfs_has_met_os() -> None:
    """The later of the two meetings gives the lower end of what was printed, the earlier the upper one. In whole per cent;
    the largest, 30.5%, was printed as 30."""
    table = former_base().coherence().beyond()
    met = table[table["after"].str.startswith("PFS has met OS")].sort_values("month", ascending=False)
    for what in ("qalys", "costs"):
        found = met[f"share_of_incremental_{what}"].tolist()
        printed = FACTS["share_of_increment_after_pfs_has_met_os"][what]
        assert found == pytest.approx([float(p) for p in printed], abs=0.0055)


def test_a_horizon_within_the_follow_up_leaves_nothing_beyond_it() -> None:
    base = base_case(edit(former_base().definition, {"settings.horizon_years": 2.0}))
    row = base.coherence().beyond().iloc[0]
    assert row[[f"share_of_incremental_{what}" for what in ("life_years", "qalys", "costs")]].tolist() == [0.0, 0.0, 0.0]


def test_the_rule_hazard_binds_years_before_the_curves_meet() -> None:
    base = base_case(edit(former_base().definition, {"settings.crossing": "hazard"}))
    rules = base.coherence().rules_in_force()
    repair = rules[rules["rule"] == "repair: PFS hazard raised to the OS hazard"]
    assert agrees(repair["from_month"].min() / 12, FACTS["hazard_rule_binds_from_year"])


def test_every_flag_is_raised_and_told() -> None:
    coherence = former_base().coherence()
    told = coherence.sentences()
    arms = [former_base().definition.arm(arm).short_label for arm in ARMS]
    assert all(any(s.startswith(f"{arm}: mortality before progression lies below") for s in told) for arm in arms)
    assert coherence.line().startswith("PFS and OS do not hang together: 15 of 15 flags of coherence raised")


@pytest.mark.parametrize("arm", ARMS)
def test_the_table_of_implied_mortality_is_that_of_the_death_share(arm: str) -> None:
    base = former_base()
    table = implied_mortality(base.definition, base.traces[arm])
    found = base.coherence().judged(arm)["after_high"]
    shown = table["progressed"].notna().to_numpy() & (table["general_population"] < table["progression_free"]).to_numpy()
    np.testing.assert_allclose(found.values[0][shown], table["progressed"][shown], rtol=1e-9)
