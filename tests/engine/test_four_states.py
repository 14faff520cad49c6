"""Four states with constant hazards beside their closed forms; what happens where their curves cross.

Simpson's rule over an exponential curve is a geometric series, within 1e-6 of the integral (1 - exp(-a T)) / a.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.definition import DefinitionError, ModelDefinition, State, base_case_draws, define, edit, sample
from model.engine import evaluate, trace
from model.engine.crossing import CROSSING_TOLERANCE
from tests.helpers.four_states import (
    CARE,
    RATE,
    RATES,
    STATES,
    TERMINAL,
    UTILITIES,
    YEARS,
    expected_years,
    four_states,
    integral_below,
    with_own_curve,
    years_below,
)
from tests.helpers.small_models import model, own_curve, settings, tables_of, utilities

EXACT = 1e-9


@pytest.fixture(scope="module")
def four() -> ModelDefinition:
    return four_states()


def test_life_years_qalys_and_care_of_every_state_have_their_closed_form(four: ModelDefinition) -> None:
    base = base_case(four)
    lived, gained = (t.set_index("state") for t in (base.life_years(), base.qalys()))
    paid = base.costs().set_index("state")
    for arm, label in zip(RATES, four.arm_labels, strict=True):
        for state in STATES:
            years = expected_years(arm)[state.id]
            assert lived.loc[state.label, label] == pytest.approx(years, rel=EXACT)
            assert gained.loc[state.label, label] == pytest.approx(years * UTILITIES[state.id], rel=EXACT)
            assert paid.loc[state.label, label] == pytest.approx(years * 12 * CARE[state.id], rel=EXACT)


def test_the_sums_over_cycles_are_the_integrals() -> None:
    for rates in RATES.values():
        assert [years_below(r) for r in rates.values()] == pytest.approx(
            [integral_below(r) for r in rates.values()], rel=1e-6
        )


def test_totals_are_those_of_the_four_states(four: ModelDefinition) -> None:
    found = evaluate(four, base_case_draws(four))
    years = [sum(expected_years(arm).values()) for arm in RATES]
    assert found.total_life_years[0] == pytest.approx(years, rel=EXACT)
    undiscounted = [years_below(r["os"], 0.0) for r in RATES.values()]
    assert found.life_years.total("undiscounted")[0] == pytest.approx(undiscounted, rel=EXACT)
    # Deaths are counted over cycles: factor of the mean of both ends of each.
    months = np.arange(YEARS * 12 + 1)
    factor = np.exp(-RATE * months / 12)
    for a, (arm, rates) in enumerate(RATES.items()):
        alive = np.exp(-rates["os"] * months)
        deaths = float(((alive[:-1] - alive[1:]) * (factor[:-1] + factor[1:]) / 2).sum())
        care = sum(12 * CARE[s] * y for s, y in expected_years(arm).items())
        assert found.total_costs[0, a] == pytest.approx(care + TERMINAL * deaths, rel=EXACT)


def test_the_trace_shows_each_state_and_they_make_the_whole(four: ModelDefinition) -> None:
    for arm, rates in RATES.items():
        columns = trace(four, arm).columns
        months = columns["Months"]
        ttd, pfs, os = (np.exp(-rates[e] * months) for e in ("ttd", "pfs", "os"))
        states = [columns[f"In state: {s.label}"] for s in STATES]
        np.testing.assert_allclose(states, [ttd, pfs - ttd, os - pfs], atol=1e-12)
        np.testing.assert_allclose(sum(states) + columns["Dead"], 1.0, atol=1e-12)


def test_regions_of_care_hold_several_states(four: ModelDefinition) -> None:
    before, alive = (edit(four, {"care.care_off_therapy.during": w}) for w in ("progression_free", "alive"))
    for arm, label in zip(RATES, four.arm_labels, strict=True):
        years = expected_years(arm)
        paid = base_case(before).costs().set_index("category").loc["Care, progression-free", label]
        assert paid == pytest.approx(12 * CARE["off_therapy"] * (years["on_therapy"] + years["off_therapy"]), rel=EXACT)
        paid = base_case(alive).costs().set_index("category")[label]
        whole = 12 * CARE["off_therapy"] * sum(years.values()) + 12 * CARE["progressed"] * years["progressed"]
        assert paid["Care, progression-free"] + paid["Care, progressed"] == pytest.approx(whole, rel=EXACT)


def test_a_decrement_is_taken_from_the_first_state_and_a_level_stands_as_it_is(four: ModelDefinition) -> None:
    fallen = edit(four, {"utilities.u_progressed.given_as": "decrement", "utilities.u_progressed": 0.3})
    better = edit(four, {"utilities.u_progressed": 0.95})
    for arm, label in zip(RATES, four.arm_labels, strict=True):
        years = expected_years(arm)["progressed"]
        for definition, utility in ((fallen, UTILITIES["on_therapy"] - 0.3), (better, 0.95)):
            qalys = base_case(definition).qalys().set_index("state").loc["Progressed", label]
            assert qalys == pytest.approx(years * utility, rel=EXACT)


def test_every_draw_is_the_base_case_of_its_values(four: ModelDefinition) -> None:
    draws = sample(four, 6, 3)
    found = evaluate(four, draws)
    for i in range(6):
        rates = {e: float(draws[f"coefficients.old.{e}.rate"][i]) for e in ("ttd", "pfs", "os")}
        areas = [0.0, *(years_below(r) for r in rates.values())]
        assert found.life_years.discounted[i, 0] == pytest.approx(np.diff(areas), rel=EXACT)


# ---- crossing ----------------------------------------------------------------------------------------------------------

MONTHS = np.arange(241)


def crossing_model(rule: str) -> ModelDefinition:
    """Weibull curves that cross: four states, ttd above PFS late, PFS above OS late."""
    shapes = {"ttd": (0.5, 8.0), "pfs": (0.8, 14.0), "os": (1.6, 30.0)}
    curves = [own_curve(a, e, "weibull", shape=k, scale=s) for a in ("old", "new") for e, (k, s) in shapes.items()]
    return model(
        curves, states=STATES, settings=settings(crossing=rule, horizon_years=20.0), utilities=four_states().utilities
    )


def raw() -> dict[str, np.ndarray]:
    shapes = {"ttd": (0.5, 8.0), "pfs": (0.8, 14.0), "os": (1.6, 30.0)}
    return {e: np.exp(-((MONTHS / s) ** k)) for e, (k, s) in shapes.items()}


def raised_hazard(own: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Cumulative hazard whose rises are at least those of another one, cycle by cycle."""
    return np.concatenate([[0.0], np.cumsum(np.maximum(np.diff(own), np.diff(floor)))])


def expected_curves(rule: str) -> dict[str, np.ndarray]:
    s = raw()
    if rule == "cap_pfs":
        pfs = np.minimum(s["pfs"], s["os"])
        return {"ttd": np.minimum(s["ttd"], pfs), "pfs": pfs, "os": s["os"]}
    if rule == "raise_os":
        pfs = np.maximum(s["pfs"], s["ttd"])
        return {"ttd": s["ttd"], "pfs": pfs, "os": np.maximum(s["os"], pfs)}
    hazard = {e: -np.log(v) for e, v in s.items()}
    pfs_hazard = raised_hazard(hazard["pfs"], hazard["os"])
    return {"ttd": np.exp(-raised_hazard(hazard["ttd"], pfs_hazard)), "pfs": np.exp(-pfs_hazard), "os": s["os"]}


@pytest.mark.parametrize("rule", ["cap_pfs", "hazard", "raise_os"])
def test_each_rule_keeps_the_order_from_os_downward(rule: str) -> None:
    columns, expected = trace(crossing_model(rule), "old").columns, expected_curves(rule)
    np.testing.assert_allclose(columns["TTD in use"], expected["ttd"], atol=1e-12)
    np.testing.assert_allclose(columns["PFS"], expected["pfs"], atol=1e-12)
    np.testing.assert_allclose(columns["OS"], expected["os"], atol=1e-12)
    shares = [columns[f"In state: {s.label}"] for s in STATES]
    assert np.min(shares) > -1e-12


def test_crossing_is_told_of_each_pair_before_it_is_repaired() -> None:
    table = base_case(crossing_model("cap_pfs")).crossing_of_states().set_index(["arm", "lower", "higher"])
    curves = raw()
    for low, high in (("ttd", "pfs"), ("pfs", "os")):
        gap = curves[low] - curves[high]
        row = table.loc[("Old treatment", low.upper(), high.upper())]
        assert row["first_month"] == MONTHS[gap > CROSSING_TOLERANCE][0]
        assert row["largest_gap"] == pytest.approx(gap.max(), rel=1e-9)
        assert row["area_months"] == pytest.approx(np.maximum(gap, 0).sum(), rel=1e-9)


def test_over_draws_crossing_is_told_of_each_pair(four: ModelDefinition) -> None:
    close = edit(four, {"coefficients.old.ttd.rate": 0.0605, "settings.cycle_days": 91.3125})
    found = psa(close, draws=40, seed=5)
    draws = found.draws
    crossing = draws["coefficients.old.ttd.rate"] < draws["coefficients.old.pfs.rate"]
    table = found.crossing_of_states().set_index(["arm", "lower"])
    assert 0 < crossing.mean() < 1
    assert table.loc[("Old treatment", "TTD"), "share_of_draws"] == pytest.approx(crossing.mean())


# ---- treatment until a curve of the states -----------------------------------------------------------------------------


def test_a_drug_is_taken_by_those_in_the_states_below_its_curve() -> None:
    """A dose of 500 on day 0 and every 30.4375 days: a geometric series of shares and factors."""
    definition = with_own_curve(four_states())
    paid = base_case(definition).costs().set_index("category").loc["Drug: Tablets"]
    monthly_factor = np.exp(-(RATES["new"]["ttd"] + RATE / 12))
    doses = (1 - monthly_factor ** (12 * YEARS)) / (1 - monthly_factor)
    assert paid["New treatment"] == pytest.approx(500.0 * doses, rel=1e-9)
    assert paid["Old treatment"] == 0.0


# ---- three states with names of their own ------------------------------------------------------------------------------


def test_three_states_with_other_names_are_the_three_states() -> None:
    curves = [own_curve(a, e, "exponential", rate=RATES[a][e]) for a in RATES for e in ("pfs", "os")]
    plain = model(curves)
    rows = (State(id="well", endpoint="pfs", label="Event-free"), State(id="ill", endpoint="os", label="Relapsed"))
    renamed_utilities = tuple(
        dataclasses.replace(u, state={"progression_free": "well", "progressed": "ill"}[u.state]) for u in utilities(0.8, 0.6)
    )
    named = model(curves, states=rows, utilities=renamed_utilities)
    for of in ("life_years", "qalys"):
        one, other = (getattr(evaluate(d, base_case_draws(d)), of).discounted for d in (plain, named))
        np.testing.assert_array_equal(one, other)
    assert list(base_case(named).life_years()["state"]) == ["Event-free", "Relapsed"]


def test_each_further_state_costs_the_same_memory() -> None:
    """Ten states are ten differences of ten curves."""
    rates = {f"e{i}": 0.2 / (i + 1) for i in range(8)} | {"pfs": 0.02, "os": 0.01}
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in rates.items()]
    rows = tuple(State(id=f"s{i}", endpoint=e, label=f"State {i}") for i, e in enumerate(rates))
    used = tuple(dataclasses.replace(utilities(0.8, 0.6)[0], id=f"u{i}", state=f"s{i}") for i in range(10))
    many = model(curves, states=rows, utilities=used, settings=settings(accrual="simpson"))
    found = evaluate(many, base_case_draws(many)).life_years.discounted[0, 0]
    areas = [0.0, *(years_below(r, 0.0, 240.0) for r in rates.values())]
    assert found == pytest.approx(np.diff(areas), rel=EXACT)


# ---- what is refused ---------------------------------------------------------------------------------------------------

CHANGES = {
    "the last is no os": ({"states": STATES[:2]}, "os is the last"),
    "no pfs": ({"states": (STATES[0], STATES[2])}, "pfs is among them"),
    "one id twice": ({"states": (STATES[0], dataclasses.replace(STATES[1], id="on_therapy"), STATES[2])}, "another state"),
    "a word of the model": ({"states": (dataclasses.replace(STATES[0], id="alive"), *STATES[1:])}, "something else"),
    "one curve twice": ({"states": (STATES[0], dataclasses.replace(STATES[0], id="b"), *STATES[1:])}, "ends no other state"),
    "a region that is divided": (
        {"states": (dataclasses.replace(STATES[0], id="progression_free"), *STATES[1:])},
        "all patients before progression",
    ),
    "a name of other patients": ({"states": (dataclasses.replace(STATES[0], label="Dead"), *STATES[1:])}, "names other"),
    "a state without a utility": (
        {"utilities": four_states().utilities[:2]},
        "exactly one utility of the state 'progressed'",
    ),
    "a curve that is missing": (
        {"states": (State(id="first", endpoint="response", label="Response"), *STATES)},
        "arm 'old' has no response curve",
    ),
    "the other structure": ({"settings": settings(structure="state_transition")}, "divides them further"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_states_that_cannot_be_are_refused_with_what_to_do(what: str) -> None:
    tables, words = CHANGES[what]
    with pytest.raises(DefinitionError) as error:
        four_states(**tables)
    assert words in str(error.value)


def test_a_state_that_is_not_listed_is_one_problem() -> None:
    plain = model([own_curve(a, e, "exponential", rate=RATES[a][e]) for a in RATES for e in ("pfs", "os")])
    wrong = (dataclasses.replace(plain.utilities[0], state="progresion_free"), plain.utilities[1])
    with pytest.raises(DefinitionError) as error:
        define(**{**tables_of(plain), "utilities": wrong})
    assert len(error.value.problems) == 1
    assert "did you mean 'progression_free'" in str(error.value)


# ---- what the repair moves is told of every curve ----------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["cap_pfs", "hazard", "raise_os"])
def test_what_the_repair_moves_counts_every_curve(rule: str) -> None:
    """TTD exp(-0.02 t) lies above PFS exp(-0.04 t) from the start, PFS below OS exp(-0.01 t) throughout: each rule moves TTD
    or PFS by their distance, which is 1/4 at month log(2) / 0.02 = 34.7."""
    rates = {"ttd": 0.02, "pfs": 0.04, "os": 0.01}
    curves = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in rates.items()]
    definition = model(curves, states=STATES, settings=settings(crossing=rule), utilities=four_states().utilities)
    months = np.arange(241)
    expected = np.max(np.exp(-0.02 * months) - np.exp(-0.04 * months))
    assert 0.24 < expected <= 0.25
    told, found = base_case(definition).coherence(), evaluate(definition, base_case_draws(definition))
    table = told.rules_in_force()
    repair = table[table["rule"].str.startswith("repair")]
    assert list(repair["largest_share_moved"]) == pytest.approx([expected] * 2, rel=1e-12)
    assert list(repair["share_of_cycles"]) == [1.0, 1.0]
    flags = told.flags()
    assert flags[flags["flag"] == "repair_moves"]["raised"].astype(bool).tolist() == [True, True]
    assert found.flags[0, :, found.flag_names.index("repair_moves")].tolist() == [True, True]
