"""Limits of numbers, remarks inside them, and conventions that act at their edges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from model.analysis import base_case, psa
from model.definition import (
    TABLES,
    Curve,
    DefinitionError,
    Drug,
    LifeTableRow,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    Regimen,
    SubsequentTreatment,
    SurvivalTableRow,
    TreatmentParameter,
    edit,
    sample,
    validate,
)
from model.definition.checks.remarks import remarks
from model.definition.checks.remarks_on_curves import certain_curves
from model.definition.input_draws import with_input_draws
from model.definition.records.columns import Column, block_of, columns_of
from model.definition.records.parameters import parameter_columns
from model.definition.records.settings import Settings
from model.definition.shares import SHARES_SUM_TO_ONE
from model.excel.live.constants import CONSTANTS
from model.survival.multistate import LINKS
from tests.helpers.shipped import shipped, without_scenarios
from tests.helpers.small_models import (
    effect_curve,
    fixed,
    model,
    monthly,
    own_curve,
    settings,
    uncertain,
    uncertain_curves,
    utilities,
)

US = "patina_us"


def number_columns() -> Iterator[tuple[str, str, Column]]:
    """Every column of numbers of every record, also with the limits that hold in single rows."""
    for record in (Settings, *TABLES.values()):
        for name, column in columns_of(record).items():
            if column.kind in ("number", "integer"):
                yield record.__name__, name, column
                for row, limits in column.of.items():
                    yield record.__name__, f"{name} of {row}", dataclasses.replace(column, **limits)
        block = block_of(record)
        if block:
            for name, column in parameter_columns(block[1]).items():
                if column.kind == "number":
                    yield record.__name__, name, column
            for row, limits in block[1].of.items():
                known = dataclasses.replace(columns_of(Parameter)["value"], **limits)
                yield record.__name__, f"value of {row}", known


def test_every_number_has_a_lowest_and_a_highest() -> None:
    open_ended = [
        f"{record}.{name}"
        for record, name, c in number_columns()
        if c.maximum is None or (c.minimum is None and c.above is None)
    ]
    assert not open_ended, open_ended


SLIPS: dict[str, Any] = {
    "settings.discount_rate_costs": 3,
    "settings.horizon_years": 1e-320,
    "event_consequences.neutropenia_g3.disutility": 50,
    "event_consequences.neutropenia_g3.cost": 1e308,
    "products.palbociclib.pack_21": 1e-320,
    "products.palbociclib.pack_21.contents": 1e15,
    "utilities.progression_free.standard_error": 1e200,
    "progression.death_share.low": -1e308,
    "subsequent.trastuzumab_emtansine.share.sample_size": 0.01,
    "population.start_age": 400,
    "treatment.palbociclib.palbociclib.hazard_ratio": 0,
    "treatment.palbociclib.pertuzumab.share_treated": 1.01,
    "drugs.trastuzumab.dose_days": "9" * 5000,
    "evidence.control.os.median.standard_error": 1e200,
    "life_table.60.qx_female": 1e-320,
}


@pytest.mark.parametrize("address", SLIPS)
def test_a_slip_is_refused_by_name(address: str) -> None:
    with pytest.raises(DefinitionError) as error:
        edit(shipped(US), {address: SLIPS[address]})
    assert address.split(".")[0] in str(error.value.problems[0])


def test_visits_far_more_often_than_daily_are_refused_before_their_days_are_listed() -> None:
    definition = model(uncertain_curves(), care=(_visits(30.0),))
    with pytest.raises(DefinitionError, match=r"below the minimum of 0\.5"):
        edit(definition, {"care.visits.interval_days": 0.00001})
    with pytest.raises(DefinitionError, match=r"below the minimum of 0\.5"):
        model(uncertain_curves(), care=(_visits(0.00001),))


def _visits(interval: float) -> Any:
    care = monthly("visits", "progression_free", 100.0)
    return dataclasses.replace(care, frequency="every_days", interval_days=interval)


def test_python_is_held_to_the_limits_of_cells() -> None:
    definition = without_scenarios(US)
    rates = dataclasses.replace(definition.settings, discount_rate_costs=3.0)
    found = validate(dataclasses.replace(definition, settings=rates))
    assert [(p.field, p.message) for p in found] == [("discount_rate_costs", "3 is above the maximum of 0.25")]


@pytest.mark.parametrize(
    ("address", "value", "words"),
    [
        ("settings.discount_rate_costs", 0.12, "above 0.1"),
        ("utilities.on_palbociclib", -0.4, "below -0.3"),
        ("event_consequences.neutropenia_g3.disutility", 0.7, "above 0.6"),
        ("settings.horizon_years", 61, "above 60"),
    ],
)
def test_an_unusual_number_is_questioned_and_stops_nothing(address: str, value: float, words: str) -> None:
    assert remarks(shipped(US)) == []
    found = remarks(edit(shipped(US), {address: value}))
    assert any(words in r.message and r.table == address.split(".")[0] for r in found)


def test_many_unusual_numbers_of_one_column_are_told_as_one() -> None:
    norms = tuple(dataclasses.replace(n, utility=0.1) for n in shipped(US).utility_norms)
    assert len(norms) > 3
    found = remarks(dataclasses.replace(shipped(US), utility_norms=norms))
    assert len(found) == 4 and found[-1].message == f"and {len(norms) - 3} more of this column that are unusual"


# ---- conventions ---------------------------------------------------------------------------------------------------


def test_a_horizon_below_one_cycle_is_refused() -> None:
    with pytest.raises(DefinitionError, match="less than one cycle of 366 days"):
        model(uncertain_curves(), settings=settings(horizon_years=0.3, cycle_days=366.0))
    whole = model(uncertain_curves(), settings=settings(horizon_years=1.4, cycle_days=366.0))
    assert any("1 years are counted" in r.message for r in remarks(whole))


def _with_table(last_age: int, last_q: float, horizon: float = 40.0) -> ModelDefinition:
    ages = range(50, last_age + 1)
    rows = tuple(LifeTableRow(age=a, qx_female=last_q if a == last_age else 0.02) for a in ages)
    return model(uncertain_curves(), settings=settings(hazard_floor=True, horizon_years=horizon), life_table=rows)


def test_a_life_table_that_ends_early_is_refused_unless_it_is_closed() -> None:
    with pytest.raises(DefinitionError, match="ends at age 65 with survivors") as error:
        _with_table(65, 0.02)
    assert (error.value.problems[0].table, error.value.problems[0].position) == ("life_table", 15)
    assert remarks(_with_table(65, 1.0)) == []
    assert remarks(_with_table(65, 0.02, horizon=12.0)) == []


def test_a_life_table_closed_at_an_old_age_inside_the_horizon_is_told() -> None:
    (found,) = remarks(_with_table(97, 0.3, horizon=60.0))
    assert found.table == "life_table" and "from age 98 on the model takes q = 1" in found.message


def _table_curves() -> dict[str, Any]:
    curves, rows = [], []
    for arm, ratio in (("old", 1.0), ("new", 0.7)):
        for endpoint, rate in (("pfs", 0.04), ("os", 0.02)):
            curves.append((Curve(arm=arm, endpoint=endpoint, source="survival_table"), []))
            for month in (0.0, 60.0, 240.0):
                share = float(np.exp(-rate * ratio * month))
                rows.append(SurvivalTableRow(arm=arm, endpoint=endpoint, time=month, survival=share))
    return {"curves": curves, "survival_tables": tuple(rows)}


def test_a_table_of_survival_needs_no_distribution() -> None:
    definition = model(**_table_curves())
    assert validate(definition) == []
    first = dataclasses.replace(definition.curves[0], source="coefficients")
    found = validate(dataclasses.replace(definition, curves=(first, *definition.curves[1:])))
    assert "needs a distribution" in found[0].message


def test_curves_that_no_draw_changes_are_named_beside_the_probability() -> None:
    definition = model(**_table_curves(), care=(monthly("c", "progression_free", uncertain(100.0, 20.0)),))
    assert "The same in every draw" in psa(definition, 20, seed=1).summary()
    assert len([r for r in remarks(definition) if "no uncertainty" in r.message]) == 4
    uncertain_too = psa(model(uncertain_curves()), 20, seed=1)
    assert "The same in every draw" not in uncertain_too.summary()


def test_curves_whose_coefficients_or_effects_are_drawn_elsewhere_are_not_called_certain() -> None:
    curves = [own_curve("old", endpoint, "exponential", rate=0.05) for endpoint in ("pfs", "os")]
    effects = [effect_curve("new", endpoint, "old", "exponential", 0.8) for endpoint in ("pfs", "os")]
    definition = model([*curves, *effects])
    given = {"coefficients.old.pfs.rate": np.array([0.04, 0.06]), "relative_effects.new.os": np.array([0.7, 0.9])}
    drawn = with_input_draws(definition, given, "elsewhere")
    assert [curve.id for curve in certain_curves(definition)] == [curve.id for curve in definition.curves]
    assert [curve.id for curve in certain_curves(drawn)] == ["curves.old.os"]  # the new arm's PFS moves with the old one's


@pytest.mark.parametrize("link", LINKS)
def test_os_that_follows_from_uncertain_transitions_is_not_called_certain(link: str) -> None:
    """Also of an arm whose own OS has coefficients, and takes those of survival after progression by the link."""
    definition = shipped("patina_us")
    states = {"settings.structure": "state_transition", "settings.link_between_arms": link}
    own = {"curves.palbociclib.os.source": "evidence"}
    for changed in (edit(definition, states), edit(definition, states | own), edit(definition, own)):
        assert certain_curves(changed) == []


def _certain_curves() -> list[Any]:
    rates = {("old", "pfs"): 0.04, ("old", "os"): 0.02, ("new", "pfs"): 0.03, ("new", "os"): 0.015}
    return [own_curve(a, e, "exponential", rate=r) for (a, e), r in rates.items()]


def test_a_progressed_level_above_the_other_counts_as_the_other_in_base_case_and_draws_alike() -> None:
    definition = model(_certain_curves(), utilities=utilities(0.6, 0.9))
    base = base_case(definition).outcomes
    years, qalys = base.life_years.total()[0], base.qalys.total()[0]
    assert qalys == pytest.approx(0.6 * years, rel=1e-12)
    draws = psa(definition, 4, seed=1).outcomes.qalys.total()
    assert np.ptp(draws, axis=0).max() == 0 and draws[0] == pytest.approx(qalys, rel=1e-12)
    assert any("held at or below" in r.message for r in remarks(definition))


def test_a_fixed_progressed_utility_beside_an_uncertain_one_is_not_sampled() -> None:
    definition = model(_certain_curves(), utilities=utilities(uncertain(0.8, 0.15, "beta"), 0.75))
    found = psa(definition, 200, seed=1)
    assert found.draws.varying() == ["utilities.progression_free"]
    assert found.sampled_moments()["input"].tolist() == ["utilities.progression_free"]
    free = found.draws["utilities.progression_free"]
    expected = base_case(definition)
    in_free, after = expected.outcomes.life_years.discounted[0, 0]
    by_hand = free * in_free + np.minimum(0.75, free) * after
    assert found.outcomes.qalys.total()[:, 0] == pytest.approx(by_hand, rel=1e-10)


# ---- shares --------------------------------------------------------------------------------------------------------


def _mix(values: list[float], n: float | None) -> ModelDefinition:
    names = [f"d{i}" for i in range(len(values))]

    def of(value: float) -> Parameter:
        return fixed(value) if n is None else fixed(value, distribution="dirichlet", sample_size=n)

    one = {"dose_basis": "fixed", "dose": 1.0, "unit": "tablet", "schedule_days": 28.0}
    return model(
        uncertain_curves(),
        drugs=tuple(Drug(id=name, label=name, **one) for name in names),  # type: ignore[arg-type]
        products=tuple(Product(drug=name, product="pack", contents=1.0, parameter=fixed(100.0)) for name in names),
        subsequent=tuple(
            row
            for name, value in zip(names, values, strict=True)
            for row in (
                SubsequentTreatment(drug=name, item="share", parameter=of(value)),
                SubsequentTreatment(drug=name, item="duration_months", parameter=fixed(6.0)),
            )
        ),
    )


def test_shares_sum_to_one_within_one_limit_for_reader_and_workbook() -> None:
    assert validate(_mix([0.333333, 0.333333, 0.333334], None)) == []
    assert validate(_mix([0.3333333] * 3, None)) == []  # 1e-7 short of 1
    with pytest.raises(DefinitionError, match=r"sum to 0\.999998"):
        _mix([0.333333] * 2 + [0.333332], None)
    assert CONSTANTS["shares_sum"][0] == SHARES_SUM_TO_ONE


@pytest.mark.parametrize(("values", "n"), [([0.5, 0.5, 0.0], 20_000), ([0.001, 0.999], 20_000), ([0.01] * 100, 5_000)])
def test_shares_of_the_least_effective_sample_are_numbers_that_sum_to_one(values: list[float], n: int) -> None:
    draws = sample(_mix(values, 1.0), n, seed=3, threads=1)
    total = sum(draws[f"subsequent.d{i}.share"] for i in range(len(values)))
    assert np.all(np.abs(total - 1) < 1e-12)


def test_a_sample_below_one_patient_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"0\.01 is below the minimum of 1"):
        _mix([0.5, 0.5], 0.01)


# ---- resource use --------------------------------------------------------------------------------------------------


def test_resource_use_counts_those_who_do_not_get_a_treatment_as_nothing() -> None:
    def quantities(share: float) -> Any:
        definition = model(
            _certain_curves(),
            drugs=(Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="x", schedule_days=28.0),),
            products=(Product(drug="pill", product="pack", contents=1.0, parameter=fixed(100.0)),),
            regimens=(Regimen(arm="new", drug="pill"),),
            treatment=(TreatmentParameter(arm="new", drug="pill", item="share_treated", parameter=fixed(share, "share")),),
        )
        return base_case(definition).resource_use().set_index("item").loc["Pill"]

    whole, part, none = quantities(1.0), quantities(0.4), quantities(0.0)
    assert part["quantity"] == pytest.approx(0.4 * whole["quantity"], rel=1e-12)
    assert part["cost_per_unit"] == pytest.approx(100.0, rel=1e-12) == whole["cost_per_unit"]
    assert part["cost"] == pytest.approx(0.4 * whole["cost"], rel=1e-12)
    assert none["quantity"] == none["cost"] == 0.0


def test_an_age_is_asked_of_every_population() -> None:
    with pytest.raises(DefinitionError, match="'start_age' is missing"):
        model(uncertain_curves(), population=(PopulationItem(item="female_share", parameter=fixed(1.0)),))


def test_a_pack_of_far_more_than_a_dose_costs_one_pack() -> None:
    drug = Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="x", schedule_days=28.0)
    definition = model(
        _certain_curves(),
        drugs=(drug,),
        products=(Product(drug="pill", product="pack", contents=1e12, parameter=fixed(100.0)),),
        regimens=(Regimen(arm="new", drug="pill"),),
    )
    used = base_case(definition).resource_use().set_index("item").loc["Pill"]
    assert used["cost_per_unit"] == pytest.approx(100.0, rel=1e-12)
