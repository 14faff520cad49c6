"""Tests of the calculations before the model runs: prices, doses, effects, units, shares, sources, refusals (T)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.analysis.verification.declared import (
    CONSERVED,
    FAIL,
    FLAG,
    MACHINE,
    PASS,
    DoesNotApply,
    Domain,
    Finding,
    at_most,
    none_of,
    relative,
)
from model.analysis.verification.independent import MONTHS, population_survival, uprating, year_days
from model.analysis.verification.under_test import UnderTest
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition import curve_coefficients, edit
from model.definition.curves.from_data import fit_of, population_of
from model.definition.model_definition import address_of
from model.definition.price_index import WITH_PRICE_YEAR
from model.definition.problems import DefinitionError
from model.definition.records.curves import CANDIDATES, FROM_DATA, RelativeEffect
from model.definition.sampling.dimensions import coefficients_by_id
from model.definition.shares import SHARES_SUM_TO_ONE, Mix, mixes
from model.definition.structure import by_states
from model.engine.costs import drug_category
from model.engine.outcomes import Outcomes

INPUT = Domain("Input calculations", "TECH-VER (Buyukkaramikli et al. 2019), pre-analysis")
RISE = 1.1


@INPUT.test(
    "T1",
    "What a drug costs rises with its price",
    "The price of every pack of a drug is raised by 10%, one drug at a time",
    "its acquisition cost is 10% higher in every arm that takes it, to 1e-9",
)
def price_raises_cost(model: UnderTest) -> Finding:
    found = {}
    for drug in model.definition.drugs:
        base, category = model.base.category("cost", drug_category(drug)), drug_category(drug)
        raised = model.with_values({k: RISE * model.value(k) for k in prices_of(model, drug.id)})
        for arm, before, after in zip(model.arms, base, raised.category("cost", category), strict=True):
            if before > 0:
                found[f"{drug.label}, {model.label(arm)}"] = relative(after / before, RISE)
    return at_most(found, MACHINE, nothing="No drug is bought for more than nothing.")


def prices_of(model: UnderTest, drug: str) -> list[str]:
    """Ids of the prices of a drug: its packs, and prices that replace them later."""
    packs = [name for name in model.parameters_of("products") if name.split(".")[1] == drug]
    return packs + [n for n in model.parameters_of("price_changes") if n.split(".")[1] == drug and n.endswith(".new_price")]


@INPUT.test(
    "T2",
    "The cost of drugs dosed by body size rises with it",
    "Mean body weight and surface area are raised by 10%",
    "the acquisition cost of every such drug is higher in every arm that takes it",
)
def body_size_raises_cost(model: UnderTest) -> Finding:
    sizes = [n for n in model.definition.parameters if n in ("population.weight_mean", "population.bsa_mean")]
    by_size = [d for d in model.definition.drugs if d.dose_basis in ("per_kg", "per_m2")]
    larger = model.with_values({n: RISE * model.value(n) for n in sizes})
    gains, used = [], []
    for drug in by_size:
        before, after = (run.category("cost", drug_category(drug)) for run in (model.base, larger))
        used += [drug.label for cost in before if cost > 0]
        gains += [f"{drug.label}: not higher" for b, a in zip(before, after, strict=True) if b > 0 and not a > b]
    if not used:
        raise DoesNotApply("No arm takes a drug that is dosed by body weight or surface.")
    return none_of(gains, f"higher: {', '.join(dict.fromkeys(used))}")


@INPUT.test(
    "T3",
    "A higher hazard or odds ratio gives shorter survival (a higher acceleration factor a longer one)",
    "Each relative effect of PFS and OS is set to a half, its value and twice its value",
    "mean time in the state falls from each to the next (where the population's floor holds it: rises nowhere, and falls "
    "without the floor)",
)
def effects_act_in_their_direction(model: UnderTest) -> Finding:
    broken: list[str] = []
    seen: list[str] = []
    for effect in model.definition.relative_effects:
        curve = model.definition.curve(effect.arm, effect.endpoint)
        if curve is None or curve.source != "relative_effect" or effect.endpoint not in ("pfs", "os"):
            continue
        if effect.endpoint == "os" and not os_effects_count(model):
            continue
        name = f"relative_effects.{effect.arm}.{effect.endpoint}"
        effects = {name: effect.parameter.value * np.array([0.5, 1.0, 2.0])}
        sign = -1 if curve.effect in ("acceleration_factor", "cure_odds_ratio") else 1
        years = _years(model, effect, model.moved(effects))
        steps = sign * np.diff(years)
        words = f"{model.curve_label(effect.arm, effect.endpoint)}: {', '.join(f'{y:.3f}' for y in years)} years"
        falls = bool(np.all(steps < 0))
        if not falls and np.all(steps <= CONSERVED) and model.definition.settings.hazard_floor:
            free = _years(model, effect, model.moved(effects, model.edited(hazard_floor=False)))
            falls = bool(np.all(sign * np.diff(free) < 0))
            words += f"; without the population's floor {', '.join(f'{y:.3f}' for y in free)}"
        (seen if falls else broken).append(words)
    if not (seen or broken):
        raise DoesNotApply("No curve of PFS or OS is made by a relative effect.")
    return none_of(broken, "; ".join(seen))


def _years(model: UnderTest, effect: RelativeEffect, outcomes: Outcomes) -> Array:
    """Mean time in the state of an effect under its arm, ``(n,)``."""
    lived = outcomes.life_years.undiscounted[:, model.arms.index(effect.arm)]
    free = [not model.definition.is_progressed(state) for state in outcomes.life_years.states]
    return np.asarray(lived[:, free].sum(axis=1) if effect.endpoint == "pfs" else lived.sum(axis=1))


def os_effects_count(model: UnderTest) -> bool:
    """Does OS depend on its relative effect? In the state-transition structure by one link between the arms only."""
    return not by_states(model.definition) or model.definition.settings.link_between_arms == "hazard_ratio"


@INPUT.test(
    "T4",
    "No curve lies above OS",
    "PFS and the share on every drug are compared with OS in every cycle, after repair",
    "nowhere above, to 1e-12",
)
def no_curve_above_os(model: UnderTest) -> Finding:
    found = {}
    for arm in model.arms:
        columns = model.base.traces[arm].columns
        for name in ["PFS", *(c for c in columns if c.startswith("On "))]:
            found[f"{model.label(arm)}, {name}"] = float(np.max(columns[name] - columns["OS"]))
    return at_most(found, CONSERVED)


@INPUT.test(
    "T6",
    "A relative effect on a curve that was fitted elsewhere has an alternative beside it",
    "Each curve made by a relative effect is looked up in the scenarios and in the arm's own evidence",
    "a scenario makes the curve from the arm's own data, or another curve of the arm",
)
def relative_effects_have_an_alternative(model: UnderTest) -> Finding:
    relative_curves = [c for c in model.definition.curves if c.source == "relative_effect"]
    if not relative_curves:
        raise DoesNotApply("No curve is made by a relative effect on another arm's curve.")
    changed = {row.input for row in model.as_read.scenarios}
    alone = [c for c in relative_curves if f"curves.{c.arm}.{c.endpoint}.source" not in changed]
    words = [f"{model.curve_label(c.arm, c.endpoint)}: no scenario with another source" for c in alone]
    told = "; ".join(model.curve_label(c.arm, c.endpoint) for c in relative_curves)
    return Finding(FLAG, "; ".join(words)) if words else Finding(PASS, f"scenarios change the source of {told}")


@INPUT.test(
    "T7",
    "Draws of ratios are positive and centred on the ratio used",
    "Hazard, odds and other ratios are drawn; half of the draws must lie below the value in use",
    "all above 0; the share below the value within 4 standard errors of a half",
)
def ratios_are_positive(model: UnderTest) -> Finding:
    drawn = set(model.psa.draws.varying())
    ratios = [n for n, p in model.as_read.parameters.items() if p.distribution == "lognormal_ratio" and n in drawn]
    if not ratios:
        raise DoesNotApply("No ratio is drawn.")
    draws = model.psa.draws
    broken = [f"{n}: a draw at or below 0" for n in ratios if not np.all(draws[n] > 0)]
    away = {n: abs(float(np.mean(draws[n] < model.value(n))) - 0.5) for n in ratios}
    limit = 4 * 0.5 / np.sqrt(model.n_draws)
    return none_of(broken, "") if broken else at_most(away, float(limit))


@INPUT.test(
    "T8a",
    "Units of time agree",
    "Days, months, years and ages of every cycle are worked out again from the number of the cycle",
    "equal to 1e-9",
)
def units_of_time(model: UnderTest) -> Finding:
    found = {}
    days = np.arange(model.base.engine.timeline.n_cycles + 1) * model.definition.settings.cycle_days
    start = model.definition.population_value("start_age")
    years = days / year_days(model.definition)
    wanted = {"Days": days, "Months": years * MONTHS, "Years": years, "Age": start + years}
    for arm in model.arms:
        for name, values in wanted.items():
            found[f"{model.label(arm)}, {name}"] = float(np.max(np.abs(model.base.column(arm, name) - values)))
    return at_most(found, MACHINE)


@INPUT.test(
    "T8b",
    "Yearly probabilities of death become survival of the general population",
    "Survival of the population of this age and sex is worked out again, year of age by year of age",
    "equal in every cycle, to 1e-9",
)
def life_table_becomes_survival(model: UnderTest) -> Finding:
    if not model.definition.life_table:
        raise DoesNotApply("The inputs hold no life table.")
    timeline = model.base.engine.timeline
    known = np.exp(-population_of(model.definition).cumulative_hazard(timeline.months))
    wanted = population_survival(model.definition, timeline.years)
    return at_most({"largest difference": float(np.max(np.abs(known - wanted)))}, MACHINE)


@INPUT.test(
    "T8c",
    "A cost per month is paid for twelve months a year",
    "Care that accrues monthly for all alive is set to 1 a month, every other cost to 0, without discounting",
    "the cost is 12 x undiscounted life years, to 1e-9",
)
def monthly_costs(model: UnderTest) -> Finding:
    alive = [c for c in model.definition.care if c.frequency == "per_month" and c.during in ("alive", "progressed")]
    if not alive:
        raise DoesNotApply("No care accrues monthly for patients alive or progressed.")
    care = alive[0]
    costs = {name: 0.0 for name in costs_of(model)} | {f"care.{care.id}": 1.0}
    run = model.with_values(costs)
    lived = model.base.outcomes.life_years.undiscounted[0]
    after = [model.definition.is_progressed(state) for state in model.base.outcomes.life_years.states]
    years = lived.sum(axis=1) if care.during == "alive" else lived[:, after].sum(axis=1)
    paid = run.total("cost", "undiscounted")
    found = {
        model.label(arm): relative(cost, MONTHS * year * uprating(model.definition, care))
        for arm, cost, year in zip(model.arms, paid, years, strict=True)
        if care.arm in (None, arm)
    }
    return at_most(found, MACHINE)


def costs_of(model: UnderTest) -> list[str]:
    """Ids of every unit cost."""
    amounts = model.parameters_of("products", "administration", "care", "end_of_life")
    amounts += [n for n in model.parameters_of("price_changes") if n.endswith(".new_price")]
    return amounts + [n for n in model.parameters_of("event_consequences") if n.endswith(".cost")]


@INPUT.test(
    "T9a",
    "Costs follow a price index",
    "Every unit cost is multiplied by 1.25, as an index does",
    "total costs of every arm are 1.25 times as high, to 1e-9",
)
def costs_follow_an_index(model: UnderTest) -> Finding:
    run = model.with_values({name: 1.25 * model.value(name) for name in costs_of(model)})
    pairs = zip(model.arms, run.total("cost"), model.base.total("cost"), strict=True)
    return at_most({model.label(arm): relative(new, 1.25 * old) for arm, new, old in pairs}, MACHINE)


@INPUT.test(
    "T9b", "An index of 1 changes nothing", "Every unit cost is multiplied by 1", "costs as they were, to the last digit"
)
def index_of_one(model: UnderTest) -> Finding:
    run = model.with_values({name: model.value(name) for name in costs_of(model)})
    pairs = zip(model.arms, run.total("cost"), model.base.total("cost"), strict=True)
    return at_most({model.label(arm): abs(new - old) for arm, new, old in pairs}, 0.0)


@INPUT.test(
    "T9c",
    "Costs of another price year follow the price index",
    "The index of the settings' price year is multiplied by 1.25, and the costs of other price years once more themselves",
    "the same total costs of every arm, to 1e-9",
)
def costs_of_other_years_follow(model: UnderTest) -> Finding:
    d = model.definition
    others = [row for table in WITH_PRICE_YEAR for row in d.table(table) if uprating(d, row) != 1.0]
    if not others:
        raise DoesNotApply("No cost has a price year other than that of the settings.")
    raised = {address_of(t, row) for t in WITH_PRICE_YEAR for row in d.table(t) if any(row is other for other in others)}
    typed = model.with_values({name: 1.25 * model.value(name) for name in raised})
    year = d.settings.price_year.strip()
    levels = tuple(replace(r, index=1.25 * r.index) if str(r.year) == year else r for r in d.price_index)
    indexed = model.run("index", lambda: replace(d, price_index=levels))
    pairs = zip(model.arms, indexed.total("cost"), typed.total("cost"), strict=True)
    return at_most({model.label(arm): relative(new, wanted) for arm, new, wanted in pairs}, MACHINE)


@INPUT.test(
    "T10a",
    "Every input says where it comes from",
    "Inputs that an analysis may vary are looked through for an empty source",
    "none without a source, or marked as an assumption",
)
def inputs_have_sources(model: UnderTest) -> Finding:
    silent = [n for n, p in model.as_read.parameters.items() if not p.source.strip() and p.quality != "assumption"]
    return none_of([f"{n}: no source" for n in silent], f"{len(model.as_read.parameters)} inputs, each with source or mark")


@INPUT.test(
    "T10b",
    "Every source named is in the list of references",
    "Ids in the columns of sources are looked up on the sheet References",
    "none that is not there",
)
def sources_are_listed(model: UnderTest) -> Finding:
    known = {r.id for r in model.as_read.references}
    if not known:
        raise DoesNotApply("The inputs hold no list of references.")
    named = {part.strip() for p in model.as_read.parameters.values() for part in p.source.split(";") if part.strip()}
    return none_of(sorted(f"{name}: not among the references" for name in named - known), f"{len(named)} sources, all listed")


@INPUT.test(
    "T11a",
    "Shares that belong together sum to one",
    "Shares of treatments after progression are added up, arm by arm",
    f"1 within {SHARES_SUM_TO_ONE:g}",
)
def shares_sum_to_one(model: UnderTest) -> Finding:
    values = model.definition.parameters
    sums = {_whose(mix): sum(values[name].value for name in mix.ids(model.definition)) for mix in mixes(model.definition)}
    if not sums:
        raise DoesNotApply("No mix of treatments after progression.")
    return at_most({whose: abs(total - 1) for whose, total in sums.items()}, SHARES_SUM_TO_ONE)


def _whose(mix: Mix) -> str:
    """Whose shares a mix holds: of an arm, of all, or of the states at the start."""
    whose = mix.arm or "all arms"
    return f"states at the start, {whose}" if mix.table == "state_shares" else whose


@INPUT.test(
    "T11b",
    "Shares that belong together sum to one in every draw",
    "The same of every draw",
    "1 within 1e-12 where shares are drawn",
)
def shares_sum_to_one_in_draws(model: UnderTest) -> Finding:
    found = {}
    for mix in mixes(model.as_read):
        ids = mix.ids(model.as_read)
        if any(model.as_read.parameters[name].uncertain for name in ids):
            total = np.sum([model.psa.draws[name] for name in ids], axis=0)
            found[_whose(mix)] = float(np.max(np.abs(total - 1)))
    return at_most(found, CONSERVED, nothing="No shares are drawn.")


def _refused(model: UnderTest, address: str, value: float) -> Finding:
    """Is an impossible value refused with words that name the input?"""
    try:
        edit(model.definition, {address: value})
    except DefinitionError as error:
        told = str(error).splitlines()[0]
        named = address in told or address.split(".")[-1] in told
        return Finding(PASS if named else FAIL, told)
    return Finding(FAIL, f"{address} = {value:g} was taken")


@INPUT.test("T12a", "A utility above 1 is refused", "A utility is set to 1.2", "a message that names the input")
def utility_above_one(model: UnderTest) -> Finding:
    return _refused(model, "utilities.progression_free", 1.2)


@INPUT.test(
    "T12b", "A probability above 1 is refused", "A share or probability is set to 1.5", "a message that names the input"
)
def probability_above_one(model: UnderTest) -> Finding:
    names = model.parameters_of("event_probabilities", "progression", "discounts")
    if not names:
        raise DoesNotApply("The inputs hold no probability.")
    return _refused(model, names[0], 1.5)


@INPUT.test("T12c", "A negative price is refused", "A unit cost is set to -1", "a message that names the input")
def negative_price(model: UnderTest) -> Finding:
    names = model.parameters_of("products", "care", "end_of_life")
    if not names:
        raise DoesNotApply("The inputs hold no unit cost.")
    return _refused(model, names[0], -1.0)


@INPUT.test("T12d", "A horizon of nothing is refused", "The time horizon is set to 0", "a message that names the input")
def horizon_of_nothing(model: UnderTest) -> Finding:
    return _refused(model, "settings.horizon_years", 0.0)


@INPUT.test(
    "T12e", "A negative discount rate is refused", "The rate of costs is set to -5%", "a message that names the input"
)
def negative_rate(model: UnderTest) -> Finding:
    return _refused(model, "settings.discount_rate_costs", -0.05)


@INPUT.test(
    "T13",
    "AIC and BIC follow from the likelihood",
    "Both are worked out again for every fitted curve of the base case: 2k - 2l and k ln(n) - 2l",
    "equal to 1e-9",
)
def information_criteria(model: UnderTest) -> Finding:
    found = {}
    for curve in model.definition.curves:
        if curve.source in FROM_DATA and curve.distribution in CANDIDATES and curve.fitted == "separately":
            fit = fit_of(model.definition, curve, curve.distribution)
            k, label = len(fit.estimates), model.curve_label(curve.arm, curve.endpoint)
            found[f"{label}, AIC"] = relative(fit.aic, 2 * k - 2 * fit.log_likelihood)
            found[f"{label}, BIC"] = relative(fit.bic, k * np.log(fit.n) - 2 * fit.log_likelihood)
    return at_most(found, MACHINE, nothing="No curve of the base case is fitted to patient data.")


@INPUT.test(
    "T14a",
    "Covariances are symmetric, without a negative variance, and match their coefficients",
    "Covariance of every curve: distance from its transpose, smallest eigenvalue, number of rows and of scales",
    "symmetric and no eigenvalue below zero, to 1e-9 of the largest; one row and one scale per coefficient",
)
def covariances(model: UnderTest) -> Finding:
    made = {c.id: curve_coefficients(model.definition, c) for c in model.definition.curves}
    matrices = {name: m for name, m in made.items() if m is not None and m.covariance is not None}
    if not matrices:
        raise DoesNotApply("No curve has coefficients that were estimated together.")
    broken = []
    for name, m in matrices.items():
        covariance = np.asarray(m.covariance)
        size = float(np.max(np.abs(covariance), initial=1e-300))
        if covariance.shape != (len(m.family.parameters),) * 2 or len(m.family.estimation_scale) != len(covariance):
            broken.append(f"{name}: {covariance.shape} for {len(m.family.parameters)} coefficients")
        elif np.max(np.abs(covariance - covariance.T), initial=0.0) > MACHINE * size:
            broken.append(f"{name}: not symmetric")
        elif len(covariance) and np.linalg.eigvalsh(covariance).min() < -MACHINE * size:
            broken.append(f"{name}: a negative variance")
    return none_of(broken, f"{len(matrices)} matrices")


@INPUT.test(
    "T14b",
    "Coefficients go to the scale on which they are drawn and back",
    "Coefficients of every curve are taken to the estimation scale and back",
    "as they were, to 1e-9",
)
def scales_of_coefficients(model: UnderTest) -> Finding:
    found = {}
    for name, made in coefficients_by_id(model.definition).items():
        there_and_back = made.family.to_natural(made.family.to_estimation(made.natural))
        apart = np.abs(there_and_back - made.natural) / np.maximum(1.0, np.abs(made.natural))
        found[name] = float(np.max(apart, initial=0.0))
    return at_most(found, MACHINE, nothing="No curve has coefficients of its own.")


@INPUT.test(
    "T15",
    "A year has twelve months, and a month the length that the trial's curves are counted in",
    "Months of a year and days of a month of the calculation",
    "12 months = the days of a year by the setting 'Length of a year' (12 x 30.4375 = 365.25)",
)
def months_of_a_year(model: UnderTest) -> Finding:
    timeline = model.base.engine.timeline
    days_per_month = float(timeline.days[-1] / timeline.months[-1])
    return at_most({"days": abs(MONTHS_PER_YEAR * days_per_month - year_days(model.definition))}, MACHINE)
