"""Faults put into the calculation, the draws, the reports or the inputs, one for each verification test.

A fault is what a slip of the pen would do: a price that is not used, a month of 30 days, a discount factor that is ignored,
a curve that rises. Faults of the calculation replace a function of the engine; faults of reporting, a table; faults of the
inputs give another definition, which no check has seen.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.comparison import Comparison
from model.analysis.coherence.coherence import Coherence
from model.analysis.deterministic.one_way import OneWay
from model.analysis.probabilistic.psa import PSA
from model.arrays import Array
from model.definition import ModelDefinition, Parameter
from model.definition.editing import edit_unchecked
from model.definition.sampling.draws import Draws
from model.engine.dosing import DoseCost
from model.engine.outcomes import Outcomes
from model.engine.states import StateModel
from model.engine.streams import constant
from model.engine.timeline import Timeline
from model.survival import distribution
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure
from model.survival.families.kaplan_meier_tail import KaplanMeierTail
from model.survival.families.splines import RoystonParmar
from model.survival.life_table import LifeTable
from tests.helpers.verified_models import with_parameter

Patch = pytest.MonkeyPatch
UNDER_TEST = "model.analysis.verification.under_test"
OF_DRAWS = "model.analysis.verification.draws_and_decisions"
BUDGET_OF = "model.analysis.budget.budget_impact"


@dataclasses.dataclass(frozen=True)
class Mutation:
    """A fault: ``patch`` puts it into the program, ``edit`` into the inputs."""

    patch: Callable[[Patch], None] | None = None
    edit: Callable[[ModelDefinition], ModelDefinition] | None = None


def instead(target: Any, name: str, make: Callable[..., Any]) -> Mutation:
    """``make(original, *arguments)`` in place of an attribute of a class, or of a function by its dotted path."""

    def patch(mp: Patch) -> None:
        owner = import_module(target) if isinstance(target, str) else target
        original = getattr(owner, name)
        mp.setattr(owner, name, lambda *a, **k: make(original, *a, **k))

    return Mutation(patch)


def after(target: Any, name: str, change: Callable[[Any], Any]) -> Mutation:
    """A function whose result is changed."""
    return instead(target, name, lambda original, *a, **k: change(original(*a, **k)))


def shown_as(target: type, name: str, get: Callable[[Any], Any]) -> Mutation:
    """A property with another value."""
    return Mutation(lambda mp: mp.setattr(target, name, property(get)))


def inputs(edit: Callable[[ModelDefinition], ModelDefinition]) -> Mutation:
    return Mutation(edit=edit)


def both(*faults: Mutation) -> Mutation:
    """Several faults at once."""

    def patch(mp: Patch) -> None:
        for fault in faults:
            if fault.patch is not None:
                fault.patch(mp)

    edits = [fault.edit for fault in faults if fault.edit is not None]
    return Mutation(patch, edits[0] if edits else None)


# ---- faults of the calculation ---------------------------------------------------------------------------------------


def bent(family: type[Distribution], power: float = 1.002) -> Mutation:
    """Survival of one family a little too low."""

    def survival(self: Distribution, time: Any, coefficients: Any) -> Array:
        return np.asarray(Distribution.survival(self, time, coefficients) ** power)

    return Mutation(lambda mp: mp.setattr(family, "survival", survival))


def family_of(name: str) -> type[Distribution]:
    return type(distribution(name))


def outcome(kind: str, which: str, change: Callable[[Array], Array], if_draws: bool | None = None) -> Mutation:
    """Outcomes whose account of a kind is changed; ``if_draws``: only of one draw (False) or of many (True)."""

    def changed(found: Outcomes) -> Outcomes:
        if if_draws is None or (found.n_draws > 1) == if_draws:
            account = found.account(kind)
            for part in (account.discounted, account.undiscounted) if which == "both" else (getattr(account, which),):
                part[:] = change(part.copy())
        return found

    return after(UNDER_TEST, "evaluate", changed)


def by_horizon(kind: str) -> Mutation:
    """A total that falls as the number of cycles rises."""

    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        cycles = k["engine"].timeline.n_cycles if k.get("engine") else 1
        for part in (found.account(kind).discounted, found.account(kind).undiscounted):
            part *= 1e3 / cycles
        return found

    return instead(UNDER_TEST, "evaluate", evaluated)


def noise() -> Mutation:
    """A result that depends on how often it was worked out."""
    count = itertools.count(1)
    return outcome("cost", "both", lambda values: values * (1 + 1e-6 * next(count)))


def traced(name: str, change: Callable[[Array], Array]) -> Mutation:
    """A column of the trace that is changed."""

    def changed(found: Any) -> Any:
        return dataclasses.replace(found, columns={**found.columns, name: change(found.columns[name].copy())})

    return after(UNDER_TEST, "trace", changed)


def zigzag(values: Array) -> Array:
    return np.asarray(values + 1e-3 * (-1.0) ** np.arange(values.shape[-1]))


def repaired(change: Callable[[Array, Array], tuple[Array, Array]]) -> Mutation:
    """Crossing repaired in another way."""
    return instead("model.engine.ordered_curves", "repair", lambda _, __, pfs, os, *___: change(pfs.copy(), os.copy()))


def no_floor() -> Mutation:
    return instead("model.engine.curves", "hazard_floor", lambda _, hazard, __: np.asarray(hazard))


def by_place_of_the_arm() -> Mutation:
    """The second arm's patients are fewer."""

    def states(original: Any, self: StateModel, arm: str, *a: Any, **k: Any) -> Any:
        found = original(self, arm, *a, **k)
        second = arm == self.definition.arm_ids[1]
        return dataclasses.replace(found, progression_free=0.99 * found.progression_free) if second else found

    return instead(StateModel, "states", states)


def second_arm_without_its_last_cost() -> Mutation:
    def streams(original: Any, definition: ModelDefinition, timeline: Timeline, arm: str) -> list[Any]:
        found: list[Any] = original(definition, timeline, arm)
        return found[:-1] if arm == definition.arm_ids[1] else found

    return instead("model.engine.engine", "cost_streams", streams)


def utilities_as(change: Callable[[Array], Array]) -> Mutation:
    def utility(original: Any, period: Any) -> Any:
        own = original(period)
        return lambda draws: change(own(draws))

    return instead("model.engine.utilities", "utility_in", utility)


def factor_as(change: Callable[[Array], Array]) -> Mutation:
    return after("model.engine.timeline", "discount_factor", change)


def at_rate(change: Callable[[float], float]) -> Mutation:
    def factor(original: Any, years: Any, rate: float, *rest: Any) -> Array:
        return np.asarray(original(years, change(rate), *rest))

    return instead("model.engine.timeline", "discount_factor", factor)


def hazard_ratio_as(change: Callable[[Array], Array]) -> Mutation:
    return instead("model.engine.curves", "proportional_hazards", lambda original, h, v: original(h, change(v)))


def waned_as(change: Callable[..., Array]) -> Mutation:
    """``change(original, months, treated, reference, start, end, shape)``"""
    return instead("model.engine.curves", "wane", change)


def dose_cost_as(change: Callable[[Array], Array]) -> Mutation:
    return after(DoseCost, "__call__", change)


def months_of_30_days() -> Mutation:
    return shown_as(Timeline, "months", lambda self: self.days / 30.0)


def treated_for_ever() -> Mutation:
    return instead("model.engine.costs", "calendar", lambda original, drug, _, *limits: original(drug, None, *limits))


def every_input_is_taken() -> Mutation:
    def patch(mp: Patch) -> None:
        mp.setattr("model.definition.editing.coerce", lambda _, value: value)
        mp.setattr("model.definition.editing.problems_apart_from_scenarios", lambda _: [])

    return Mutation(patch)


def weights_times(name: str, factor: float) -> Mutation:
    return after(Timeline, name, lambda weights: weights * factor)


def always_left() -> Mutation:
    return instead("model.engine.timeline", "accrual_weights", lambda original, n, _, factor: original(n, "left", factor))


def doses_by_rule() -> Mutation:
    def points(original: Any, self: Timeline, *a: Any) -> Array:
        found = original(self, *a)
        return np.asarray(found * 1.1 if self.rule == "left" else found)

    return instead(Timeline, "points", points)


def loss_by_event(sign: float) -> Mutation:
    """QALYs of an event whatever its consequences are."""
    return instead("model.engine.utilities", "_qaly_loss", lambda _, name, *__: lambda draws: sign * 0.01 * draws[name])


def every_price_plus_one() -> Mutation:
    def parameter(original: Any, name: str, *a: Any) -> Any:
        own = original(name, *a)
        return lambda draws: own(draws) + 1.0

    return both(
        instead("model.engine.costs", "parameter", parameter), instead("model.engine.unit_costs", "parameter", parameter)
    )


# ---- faults of the draws ---------------------------------------------------------------------------------------------


def drawn_as(change: Callable[[dict[str, Array], ModelDefinition], None]) -> Mutation:
    """Draws that are changed in place."""

    def sampled(original: Any, definition: ModelDefinition, *a: Any, **k: Any) -> Draws:
        draws = original(definition, *a, **k)
        values = {name: value.copy() for name, value in draws.values.items()}
        change(values, definition)
        return Draws(draws.n_draws, values)

    return instead(UNDER_TEST, "sample", sampled)


def _utility(values: dict[str, Array], change: Callable[[Array], Array]) -> None:
    values["utilities.progression_free"] = change(values["utilities.progression_free"])


def shares_times(factor: float) -> Mutation:
    def change(values: dict[str, Array], definition: ModelDefinition) -> None:
        name = next(n for n in values if n.startswith("subsequent.") and ".share" in n)
        values[name] = values[name] * factor

    return drawn_as(change)


def spread_times(factor: float) -> Mutation:
    def change(values: dict[str, Array], definition: ModelDefinition) -> None:
        for name, p in definition.parameters.items():
            if p.uncertain and values[name].ndim == 1:
                values[name] = p.value + factor * (values[name] - p.value)

    return drawn_as(change)


def shifted() -> Mutation:
    return drawn_as(lambda values, _: _utility(values, lambda u: u + 2 * u.std()))


def one_seed() -> Mutation:
    return instead(UNDER_TEST, "sample", lambda original, definition, n, _: original(definition, n, 7))


def unrepeatable() -> Mutation:
    count = itertools.count(1)

    def sampled(original: Any, definition: ModelDefinition, n: int, seed: int) -> Draws:
        return original(definition, n, seed + next(count))  # type: ignore[no-any-return]

    return instead(OF_DRAWS, "sample", sampled)


def setting_drawn() -> Mutation:
    return drawn_as(lambda values, _: values.update({"settings.horizon_years": np.arange(float(200))}))


def ratios_too_high() -> Mutation:
    def quantile(original: Any, self: Parameter, p: Any) -> Array:
        return np.asarray(original(self, p) * (1.5 if self.distribution == "lognormal_ratio" else 1.0))

    return instead(Parameter, "quantile", quantile)


def by_threads() -> Mutation:
    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        if k.get("threads") == 3:
            found.costs.discounted[:] *= 1.0001
        return found

    return instead(OF_DRAWS, "evaluate", evaluated)


def by_number_of_draws() -> Mutation:
    def evaluated(original: Any, *a: Any, **k: Any) -> Outcomes:
        found: Outcomes = original(*a, **k)
        found.costs.discounted[:] *= 1 + 0.01 * np.arange(found.n_draws)[:, None, None]
        return found

    return instead("model.analysis.verification.uncertainty", "evaluate", evaluated)


def arms_of_different_draws() -> Mutation:
    def change(found: Outcomes) -> Outcomes:
        found.qalys.discounted[:, 1] = found.qalys.discounted[::-1, 1].copy()
        return found

    return after(UNDER_TEST, "evaluate", change)


def progressed_below_nobody() -> Mutation:
    def all_arms(original: Any, self: StateModel, draws: Draws) -> Any:
        for found in original(self, draws):
            yield dataclasses.replace(found, progressed=found.progressed - 0.01)

    return instead(StateModel, "all_arms", all_arms)


def uneven_uniforms() -> Mutation:
    def points(original: Any, *a: Any) -> Any:
        found = original(*a)

        class Squared:
            def uniforms(self, key: str) -> Array:
                return np.asarray(found.uniforms(key) ** 2)

        return Squared()

    return instead(OF_DRAWS, "sampling_points", points)


def progressed_are_better_off() -> Mutation:
    def utility(original: Any, definition: ModelDefinition, state: str, *where_and_when: Any) -> Any:
        own = original(definition, state, *where_and_when)
        return lambda draws: own(draws) + (state == "progressed")

    return instead(OF_DRAWS, "state_utility", utility)


# ---- faults of reporting ---------------------------------------------------------------------------------------------


def table_of(owner: Any, name: str, change: Callable[[Any], None]) -> Mutation:
    """A table that is changed in place."""

    def changed(table: Any) -> Any:
        made = table.copy()
        change(made)
        return made

    return after(owner, name, changed)


def cell(column: str | int, change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """All values of a column, by name or place."""

    def put(table: Any) -> None:
        name = column if isinstance(column, str) else table.columns[column]
        table[name] = [change(value) for value in table[name]]

    return put


def first_numbers(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Every column of numbers of a table."""

    def put(table: Any) -> None:
        for name in table.columns:
            if table[name].dtype.kind == "f":
                table[name] = change(table[name])

    return put


def options_reversed(table: Any) -> None:
    table[list(table.columns)] = table[list(table.columns)[::-1]].to_numpy()


def moved_bounds(change: Callable[[Any], Any]) -> Mutation:
    """Rows of the one-way analysis that are changed; nothing is said of what was left out."""

    def one_way(found: OneWay) -> OneWay:
        made = copy.copy(found)
        object.__setattr__(made, "bounds", change(found.bounds))
        return made

    return after(UNDER_TEST, "one_way", one_way)


def _alone(bounds: list[Any]) -> list[Any]:
    return [
        dataclasses.replace(b, changes={k: (np.array(0.0), np.array(1.0)) for k in b.changes})
        if b.parameter_id.startswith("curves.")
        else b
        for b in bounds
    ]


def signs_swapped(table: Any) -> None:
    table["inmb_low"], table["inmb_high"] = table["inmb_high"].copy(), table["inmb_low"].copy()


# ---- faults of the inputs --------------------------------------------------------------------------------------------


def without(table: str, keep: Callable[[Any], bool] = lambda _: False) -> Mutation:
    return inputs(lambda d: dataclasses.replace(d, **{table: tuple(r for r in d.table(table) if keep(r))}))


def other(table: str, place: int, **changes: Any) -> Mutation:
    return inputs(lambda d: with_parameter(d, table, place, **changes))


def changed(**settings: Any) -> Mutation:
    return inputs(lambda d: edit_unchecked(d, {k.replace("__", "."): v for k, v in settings.items()}))


def _first_share(d: ModelDefinition) -> ModelDefinition:
    place = next(i for i, r in enumerate(d.subsequent) if r.item == "share")
    return with_parameter(d, "subsequent", place, value=0.7)


def _silent_scenarios(d: ModelDefinition) -> ModelDefinition:
    return dataclasses.replace(d, scenarios=tuple(dataclasses.replace(s, purpose="") for s in d.scenarios))


def _other_references(d: ModelDefinition) -> ModelDefinition:
    return dataclasses.replace(d, references=tuple(dataclasses.replace(r, id=f"{r.id}_2") for r in d.references))


def _population_far_above(d: ModelDefinition) -> ModelDefinition:
    limits = tuple(
        dataclasses.replace(f, limit=500.0) if f.flag == "after_below_population" else f for f in d.coherence_limits
    )
    return dataclasses.replace(d, coherence_limits=limits)


def asymmetric_covariance() -> Mutation:
    def made(original: Any, *a: Any) -> Any:
        found = original(*a)
        if found is None or found.covariance is None:
            return found
        return dataclasses.replace(found, covariance=-np.eye(len(found.natural)))

    return instead("model.analysis.verification.input_calculations", "curve_coefficients", made)


def _steps_of_the_whole_horizon(made: Any) -> Any:
    """Every step counts the whole horizon."""
    return dataclasses.replace(made, steps=tuple(dataclasses.replace(made.steps[1], name=s.name) for s in made.steps))


OLD_AGE = changed(population__start_age=85.0)
COSTS_FIXED = dose_cost_as(lambda cost: 0 * cost + 100.0)
MUTATIONS: dict[str, Mutation] = {
    "T1": COSTS_FIXED,
    "T2": COSTS_FIXED,
    "T3": hazard_ratio_as(lambda ratio: 1 / ratio),
    "T4": repaired(lambda pfs, os: (os + 0.01, os)),
    "T5a": bent(family_of("weibull")),
    **{f"T5{x}": bent(family_of("generalised_gamma")) for x in "bcd"},
    "T5e": bent(family_of("generalised_gamma"), 1.02),
    **{f"T5{x}": bent(RoystonParmar) for x in "fgh"},
    "T6": without("scenarios"),
    "T7": ratios_too_high(),
    "T8a": months_of_30_days(),
    "T8b": shown_as(LifeTable, "hazard_per_year", lambda self: self.qx),
    "T8c": Mutation(lambda mp: mp.setattr("model.engine.costs.MONTHS_PER_YEAR", 13)),
    "T9a": COSTS_FIXED,
    "T9b": noise(),
    "T9c": instead("model.engine.unit_costs", "price_factor", lambda original, *a: 1.0),
    "T10a": other("utilities", 0, source="", quality="trial"),
    "T10b": inputs(_other_references),
    "T11a": inputs(_first_share),
    "T11b": shares_times(1.01),
    **{f"T12{x}": every_input_is_taken() for x in "abcde"},
    "T13": shown_as(Fit, "aic", lambda self: 0.0),
    "T14a": asymmetric_covariance(),
    "T14b": after(Distribution, "to_natural", lambda values: values * 1.01),
    "T15": months_of_30_days(),
    "P3a": bent(family_of("exponential")),
    "P3b": bent(family_of("weibull")),
    "P3c": bent(family_of("lognormal")),
    "P3d": bent(family_of("loglogistic")),
    "P15a": bent(MixtureCure),
    "P15b": bent(MixtureCure),
    "E1": traced("Dead", lambda dead: 0.99 * dead),
    "E2": repaired(lambda pfs, os: (os + 0.01, os)),
    "E3": traced("Progression-free", lambda free: free + 0.01),
    "E4": traced("Dead", zigzag),
    "E5": changed(settings__horizon_years=3.0),
    "E6": utilities_as(lambda u: 0.99 * u),
    "E7": utilities_as(lambda u: u + 0.01),
    "E8": utilities_as(lambda u: 0 * u + 1),
    "E9": every_price_plus_one(),
    "E10": repaired(lambda pfs, os: (pfs, 0.99 * os)),
    "E11": repaired(lambda pfs, os: (pfs, np.maximum(os, 0.5))),
    "E12": by_place_of_the_arm(),
    "E13": second_arm_without_its_last_cost(),
    "E14": by_place_of_the_arm(),
    "E15a": both(OLD_AGE, no_floor()),
    "E15b": both(OLD_AGE, no_floor()),
    "E16": changed(utilities__progression_free=0.99),
    "E16b": after("model.engine.utilities", "norm_ratio", np.ones_like),
    "E17": traced("Progressing", lambda events: 1.5 * events),
    "E18": COSTS_FIXED,
    "E19": instead("model.engine.subsequent", "alive_share", lambda *_: constant(1.0)),
    "E20": outcome("cost", "discounted", lambda costs: 1.001 * costs, if_draws=True),
    "E21": both(OLD_AGE, no_floor()),
    "R1": outcome("life_years", "discounted", lambda years: years[:, ::-1]),
    "R2": COSTS_FIXED,
    "R3": outcome("qaly", "both", lambda qalys: 10 * qalys),
    "R4a": outcome("qaly", "discounted", lambda qalys: 10 * qalys),
    "R4b": outcome("cost", "discounted", lambda costs: 10 * costs),
    "R5": outcome("qaly", "undiscounted", lambda qalys: 2 * qalys),
    "R6": by_horizon("cost"),
    "R7a": table_of(BaseCase, "totals", cell("costs", lambda cost: cost + 1)),
    "R7b": outcome("cost", "both", lambda costs: 1.01 * costs),
    "R7c": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "R8": always_left(),
    "R9": doses_by_rule(),
    "R10a": at_rate(lambda rate: 1.01 * rate),
    "R10b": at_rate(lambda rate: 1.01 * rate),
    "R11": factor_as(lambda factor: 0.99 * factor),
    "R12a": factor_as(np.ones_like),
    "R12b": factor_as(np.ones_like),
    "R13": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "R14": loss_by_event(-1),
    "R15": loss_by_event(+1),
    "R16": dose_cost_as(lambda cost: 1.5 * cost),
    "R17": hazard_ratio_as(lambda ratio: 0 * ratio + 0.5),
    "R18": table_of("model.analysis.decision", "incremental_analysis", cell("status", lambda _: "dominated")),
    "R19": table_of("model.analysis.decision", "pairwise_comparison", cell("conclusion", lambda _: "dominant")),
    "R20": noise(),
    "R21": both(OLD_AGE, shown_as(LifeTable, "hazard_per_year", lambda self: 1e4 * np.exp(-0.1 * self.age))),
    "R22": table_of(Comparison, "net_benefit", first_numbers(lambda values: values + 1.0)),
    "R23": instead(Comparison, "inmb", lambda _, self, x: x * self.incremental_qalys - 0.9 * self.incremental_cost),
    "R24": after(Comparison, "_increment", lambda value: 1.01 * value),
    "U1": moved_bounds(lambda bounds: bounds[1:]),
    "U2": moved_bounds(_alone),
    "U3": setting_drawn(),
    "U4a": moved_bounds(lambda bounds: [dataclasses.replace(b, low=1.01 * b.low) for b in bounds]),
    "U4b": moved_bounds(lambda bounds: [dataclasses.replace(b, low=b.high + 1) for b in bounds]),
    "U5a": dose_cost_as(lambda cost: -cost),
    "U5b": utilities_as(lambda u: 1 - u),
    "U6": spread_times(3.0),
    "U7": other("products", 0, distribution="beta", value=0.5, standard_error=0.1, low=None, high=None),
    "U8": shifted(),
    "U9": by_number_of_draws(),
    "U10": outcome("cost", "discounted", lambda costs: 1.2 * costs, if_draws=True),
    "U11": one_seed(),
    "U12a": unrepeatable(),
    "U12b": by_threads(),
    "U13a": progressed_below_nobody(),
    "U13b": table_of(PSA, "crossing", cell("share_of_draws", lambda share: share + 0.1)),
    "U14": arms_of_different_draws(),
    "U15": table_of(PSA, "quadrants", cell("NE", lambda _: 0.123)),
    "U16a": table_of("model.analysis.decision", "ceac", first_numbers(lambda values: 0.9 * values)),
    "U16b": table_of("model.analysis.decision", "ceac", options_reversed),
    "U16c": table_of("model.analysis.decision", "ceac", options_reversed),
    "U17": table_of(PSA, "ceaf", lambda table: table.__setitem__("option", table["option"].iloc[::-1].to_numpy())),
    "U18a": after("model.analysis.decision", "evpi", lambda value: value - 1.0),
    "U18b": table_of("model.analysis.decision", "evppi", cell("evppi", lambda value: value + 1e9)),
    "U19": after("model.analysis.decision", "evpi", lambda value: 1.1 * value + 1.0),
    "U20": table_of(OneWay, "table", signs_swapped),
    "U21": uneven_uniforms(),
    "U22": progressed_are_better_off(),
    "U23": inputs(_silent_scenarios),
    "P1": after(StateModel, "in_use", lambda survival: 0.99 * survival),
    "P2": after(StateModel, "in_use", zigzag),
    "P4": after(
        "model.engine.partitioned_survival",
        "find_crossing",
        lambda c: dataclasses.replace(c, largest_gap=c.largest_gap + 0.1),
    ),
    "P5": repaired(lambda pfs, os: (np.minimum(pfs, 0.9 * os), 0.9 * os)),
    "P6": table_of(BaseCase, "post_progression", cell(5, lambda cycles: cycles + 1)),
    "P7": both(inputs(_population_far_above), table_of(Coherence, "flags", cell("raised", lambda _: False))),
    "P8": table_of(BaseCase, "post_progression", first_numbers(lambda values: 1.1 * values)),
    "P9a": hazard_ratio_as(lambda ratio: ratio + 0.01),
    "P9b": hazard_ratio_as(lambda ratio: 1 / ratio),
    "P9c": hazard_ratio_as(lambda ratio: np.maximum(ratio, 0.1)),
    "P10": instead("model.engine.curves", "proportional_hazards", lambda original, h, v: original(h, v) ** 1.01),
    "P11a": waned_as(lambda _, months, treated, *__: treated),
    "P11b": waned_as(lambda _, months, treated, other, *__: other),
    "P11c": waned_as(lambda original, *a: original(*a) + (0.01 * a[0] if a[-1] == "linear" else 0.0)),
    "P12": waned_as(lambda _, months, treated, *__: 0.5 * treated),
    "P13": instead("model.engine.curves", "hazard_floor", lambda _, hazard, __: 0.5 * np.asarray(hazard)),
    "P14": bent(KaplanMeierTail),
    "P16": by_horizon("life_years"),
    "P17": months_of_30_days(),
    "P18a": weights_times("flow", 1.1),
    "P18b": after("model.engine.costs", "once_at_start", lambda weights: tuple(1.1 * w for w in weights)),
    "P18c": weights_times("per_cycle", 1.1),
    "P19": table_of(Coherence, "beyond", first_numbers(lambda values: values + 0.1)),
    "P20": by_horizon("life_years"),
    "P21": outcome("life_years", "undiscounted", lambda years: 1.01 * years),
    "P22": table_of(BaseCase, "survival", first_numbers(lambda values: values + 0.01)),
    "P23": after("model.analysis.base_case.against_evidence", "modelled", lambda value: 3 * value),
    "P24": treated_for_ever(),
    "P25": after("model.engine.costs", "calendar", lambda days: days[::2]),
    "B1": instead(
        BUDGET_OF, "market_shares", lambda original, d, side, n: original(d, side, n) * (1.1 if side == "with" else 1.0)
    ),
    "B2": instead(BUDGET_OF, "convolved", lambda original, starting, values: 0.99 * original(starting, values)),
    "A1": instead("model.analysis.agencies.population_qalys", "stay", lambda _, rate, years: years),
    "A2": instead(
        "model.analysis.agencies.severity",
        "severity_weight",
        lambda original, q, left, bands: original(q, left + 1e-4, bands),
    ),
    "A3": after("model.analysis.agencies.equal_value", "equal_value_gained", lambda gained: 1.01 * gained),
    "A4": after("model.analysis.verification.budget_and_agencies", "stepped_of", _steps_of_the_whole_horizon),
    "A5": instead(
        "model.analysis.deterministic.subgroups",
        "edit_for_scenario",
        lambda original, d, changes: original(d, {**changes, "settings.discount_rate_costs": 0.25}),
    ),
    "P26": instead(
        UNDER_TEST,
        "base_case_draws",
        lambda original, d: Draws(1, {k: 1.01 * v if v.ndim > 1 else v for k, v in original(d).values.items()}),
    ),
}
"""The fault that each verification test catches, by the id of the test."""
