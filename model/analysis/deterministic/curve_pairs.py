"""Every PFS family with every OS family: do the two hang together, how well do they fit, and what would each pair say?

A partitioned-survival model takes PFS and OS as if neither knew of the other, so that two families that both fit may cross,
or leave progression-free patients with a mortality below the general population's (Woods et al. 2017, NICE DSU TSD 19). The
choice is one of pairs, not of single curves. In a state-transition model the second of a pair is the family of survival
after progression.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from model.analysis.analysis import Analysis
from model.analysis.base_case.post_progression import implied_mortality
from model.analysis.coherence.coherence import coherence_of
from model.analysis.columns.curve_pairs import CURVE_PAIRS, YEARS
from model.analysis.decision import settled
from model.analysis.ratio_words import ratio
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.after_progression import has_own, os_by_states
from model.definition.curves.coefficients import calibration, sources_of_states
from model.definition.curves.from_data import candidate_names, fit_judged, fit_of, joint_fit_judged, joint_fit_of
from model.definition.editing import edit
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError
from model.definition.records.coherence import OUTSIDE_EVIDENCE
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, PIECEWISE, Curve
from model.definition.records.settings import ALLOW
from model.definition.sampling.draws import base_case_draws
from model.definition.structure import by_states
from model.engine.crossing import Crossing
from model.engine.engine import engine_of
from model.engine.evaluate import evaluate
from model.engine.trace import Trace, trace
from model.survival import distribution
from model.survival.distributions import STANDARD_NAMES
from model.survival.multistate import AFTER_PROGRESSION

FEW_ALIVE = 0.01
"""Share of patients below which a crossing of PFS and OS moves next to nothing."""
MOST_FAMILIES = 8
"""Of one endpoint fitted to patients: those with the lowest AIC, so that the pairs stay readable."""


@dataclasses.dataclass(frozen=True)
class Family:
    """A family of one endpoint, for all arms at once: how badly it fits. ``misfit`` is the sum over arms of squared
    standardised residuals of the published statistics, or of AIC where curves are fitted to patients."""

    name: str
    label: str
    misfit: float
    measure: str


@dataclasses.dataclass(frozen=True)
class Pair:
    """One PFS family with one OS family, base case of each: results ``(n_arms,)``, crossing and mortality of the two arms
    compared. ``alive_at_crossing``: share alive where PFS first exceeds OS, 0 where it never does, the larger of both arms;
    ``n_flags``: flags of coherence raised, all arms; ``outside_evidence``: largest distance of OS outside the external
    figures, as a share of the patients (nan: there are none)."""

    pfs: Family
    os: Family
    in_use: bool
    life_years: Array
    qalys: Array
    costs: Array
    crossings: tuple[Crossing, Crossing]
    alive_at_crossing: float
    mortality: tuple[pd.DataFrame, pd.DataFrame]
    n_flags: int
    outside_evidence: float


@dataclasses.dataclass(frozen=True)
class CurvePairs(ShownResult):
    """Result: pairs in the order of :func:`rank`, the best first; ``not_run``: the families of the pairs that the model does
    not allow (a hazard ratio of OS that no survival after progression keeps), each with the reason."""

    TITLE = "Pairs of families of the curves"
    COLUMNS = ("rank", "pfs", "os", "in_use", "incremental_cost", "incremental_qalys", "icer")

    definition: ModelDefinition
    pairs: list[Pair]
    not_run: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)

    @property
    def second(self) -> str:
        """What the second family of a pair is of."""
        return "Survival after progression" if by_states(self.definition) else "Overall survival"

    def table(self) -> pd.DataFrame:
        """One row per pair, best first. For comparator and intervention: year in which PFS first exceeds OS before repair
        (nan: never), the largest gap, undiscounted life years, implied yearly mortality after progression, and mortality
        before it over the general population's, at 5, 10 and 15 years (nan where nobody is there, or without a life table),
        year from which the latter lies below 1. For all arms: flags of coherence raised, and how far OS lies outside the
        external figures. Rank: see :func:`rank`."""
        old, new = self.definition.compared
        arms = [self.definition.arms[a].short_label for a in (old, new)]
        rows = []
        for number, pair in enumerate(self.pairs, start=1):
            cost, qalys = float(pair.costs[new] - pair.costs[old]), float(pair.qalys[new] - pair.qalys[old])
            row: dict[str, object] = {
                "rank": number,
                "pfs": pair.pfs.label,
                "os": pair.os.label,
                "in_use": pair.in_use,
                "misfit_pfs": pair.pfs.misfit,
                "misfit_os": pair.os.misfit,
                "alive_at_crossing": pair.alive_at_crossing,
                "flags": pair.n_flags,
                "outside_evidence": pair.outside_evidence,
                "incremental_qalys": qalys,
                "incremental_cost": cost,
                "icer": ratio(cost, qalys),
            }
            for a, arm, crossing, died in zip((old, new), arms, pair.crossings, pair.mortality, strict=True):
                relative = _relative(died)
                row |= {
                    f"first_crossing_year {arm}": float(crossing.first_month[0]) / MONTHS_PER_YEAR,
                    f"largest_gap {arm}": float(crossing.largest_gap[0]),
                    f"life_years {arm}": float(pair.life_years[a]),
                    **{f"mortality_progressed_{y} {arm}": _at(died, "progressed", y) for y in YEARS},
                    **{f"mortality_before_progression_ratio_{y} {arm}": _at(relative, "ratio", y) for y in YEARS},
                    f"below_population_from_year {arm}": _below_from(died),
                }
            rows.append(row)
        return CURVE_PAIRS.frame(rows)

    def shown_words(self) -> list[str]:
        """The best pair."""
        return [f"{len(self.pairs)} pairs; by the rule the first: {self.pairs[0].pfs.label} with {self.pairs[0].os.label}."]


def rank(pair: Pair) -> tuple[bool, float]:
    """The order of pairs: those whose curves do not cross while more than 1% are alive come first; then the better fit, PFS
    and OS added up. Nearness to evidence from outside is for the reader: the table shows life years and mortalities."""
    return pair.alive_at_crossing > FEW_ALIVE, pair.pfs.misfit + pair.os.misfit


def curve_pairs(definition: ModelDefinition, progress: Callable[[int], None] | None = None) -> CurvePairs | None:
    """The model under every pair of families of the user's own evidence or data; None where an endpoint has fewer than two
    that could be chosen, or no pair can be run. ``progress`` is called with 1 after each pair.

    >>> import model
    >>> model.curve_pairs(model.example()) is None  # typed coefficients: there is one family of each curve
    True
    """
    families = {endpoint: families_of(definition, endpoint) for endpoint in ("pfs", "os")}
    if any(len(found) < 2 for found in families.values()):
        return None
    pairs, not_run = [], []
    for pfs in families["pfs"]:
        for os in families["os"]:
            try:
                pairs.append(_pair(definition, pfs, os))
            except DefinitionError as error:
                not_run.append((pfs.label, os.label, "; ".join(dict.fromkeys(p.message for p in error.problems))))
            if progress:
                progress(1)
    return CurvePairs(definition, sorted(pairs, key=rank), not_run) if pairs else None


def families_of(definition: ModelDefinition, endpoint: str) -> list[Family]:
    """The families that every arm's own curve of an endpoint can take."""
    if endpoint == "os" and by_states(definition):
        return [family for name in AFTER_PROGRESSION if (family := _after_progression(definition, name)) is not None]
    curves = _own_curves(definition, endpoint)
    if not curves:
        return []
    found = [family for name in _names(curves) if (family := _family(definition, curves, name)) is not None]
    if any(curve.source in FROM_DATA for curve in curves):
        used = {curve.distribution for curve in curves}
        found.sort(key=lambda f: (f.name not in used, f.misfit))
        found = found[:MOST_FAMILIES]
    return found


def n_pairs(definition: ModelDefinition) -> int:
    """How many pairs there are to run."""
    return len(families_of(definition, "pfs")) * len(families_of(definition, "os")) or 1


def _own_curves(definition: ModelDefinition, endpoint: str) -> list[Curve]:
    """The curves of an endpoint whose family is chosen; none where one of them is of another kind, such as a table."""
    own = [c for c in definition.curves if c.endpoint == endpoint and c.source != "relative_effect"]
    chosen = [c for c in own if c.source in ("evidence", *FROM_DATA) and c.distribution != MODEL_AVERAGE]
    alike = len({c.source in FROM_DATA for c in chosen}) == 1
    return chosen if len(chosen) == len(own) and alike else []


def _names(curves: list[Curve]) -> tuple[str, ...]:
    from_data = [set(candidate_names(c)) for c in curves if c.source in FROM_DATA]
    if not from_data:
        return STANDARD_NAMES
    return tuple(name for name in candidate_names(curves[0]) if all(name in names for names in from_data))


def _family(definition: ModelDefinition, curves: list[Curve], name: str) -> Family | None:
    """One family for all arms, or None where an arm's evidence or data do not determine it."""
    misfits, label = [], name
    jointly = [c for c in curves if c.fitted == "jointly"]
    if jointly:
        label, misfit = _fitted_jointly(definition, jointly, name)
        misfits.append(misfit)
    for curve in curves:
        if curve.source == "evidence":
            made = calibration(definition, curve, name)
            known = made.identified and made.converged
            misfits.append(float(np.nansum(made.standardised_residuals**2)) if known else np.nan)
            label = distribution(name).label
        elif curve not in jointly:
            fit = fit_of(definition, curve, name)
            label = fit.distribution.label
            known = fit.usable and fit_judged(definition, curve, name).determined
            misfits.append(fit.aic if known else np.nan)
    total = float(sum(misfits))
    measure = "AIC" if curves[0].source in FROM_DATA else "squared standardised residuals"
    return None if np.isnan(total) else Family(name, label, total, measure)


def _fitted_jointly(definition: ModelDefinition, jointly: list[Curve], name: str) -> tuple[str, float]:
    """Label and AIC of a family fitted to all these arms together; nan where their data do not determine the curve of one of
    them. Nothing is checked: a family may be looked at with which the base case would be refused."""
    if name == PIECEWISE:
        return name, np.nan
    of_family = [dataclasses.replace(c, distribution=name) for c in jointly]
    instead = dict(zip((c.id for c in jointly), of_family, strict=True))
    changed = dataclasses.replace(definition, curves=tuple(instead.get(c.id, c) for c in definition.curves))
    joint = joint_fit_of(changed, of_family[0])
    if not joint.fit.usable or not all(joint_fit_judged(changed, curve).determined for curve in of_family):
        return name, np.nan
    return joint.family(joint.reference).base.label, joint.aic


def _after_progression(definition: ModelDefinition, name: str) -> Family | None:
    """A family of survival after progression, with the OS that it leads to in every arm that has its own; unchecked, as a
    family may be looked at that some PFS does not go with."""
    changed = dataclasses.replace(definition, settings=dataclasses.replace(definition.settings, after_progression=name))
    misfit = 0.0
    for arm in (a for a in changed.arm_ids if has_own(changed, a)):
        made = os_by_states(changed, arm, *sources_of_states(changed))[1]
        if not (made.identified and made.converged):
            return None
        misfit += float(np.nansum(made.standardised_residuals**2))
    return Family(name, distribution(name).label, misfit, "squared standardised residuals")


def _chosen(definition: ModelDefinition, pfs: Family, os: Family) -> tuple[dict[str, str], bool]:
    """The changes of inputs that make a pair, and whether it is the pair in use."""
    chosen = {"pfs": pfs.name, "os": os.name}
    states = by_states(definition)
    if states:
        del chosen["os"]
    changes = {f"{c.id}.distribution": chosen[c.endpoint] for c in definition.curves if c.endpoint in chosen}
    used = all(c.distribution == chosen[c.endpoint] for e in chosen for c in _own_curves(definition, e))
    if states:
        changes["settings.after_progression"] = os.name
        used = used and definition.settings.after_progression == os.name
    return changes, used


def _pair(definition: ModelDefinition, pfs: Family, os: Family) -> Pair:
    """The base case of one pair. Raises DefinitionError where the model does not allow it."""
    changes, used = _chosen(definition, pfs, os)
    changed = edit(definition.with_own_draws(), {"settings.undetermined_curves": ALLOW} | changes)
    engine, draws = engine_of(changed), base_case_draws(changed)
    outcomes = evaluate(changed, draws, threads=1, engine=engine)
    traces = {arm: trace(changed, arm, draws, engine=engine) for arm in changed.arm_ids}
    old, new = (traces[changed.arm_ids[a]] for a in changed.compared)
    flags = coherence_of(engine, traces, draws).flags()
    years, qalys = outcomes.life_years.total("undiscounted")[0], settled(outcomes.total_qalys[0])
    return Pair(
        *(pfs, os, used, years, qalys, settled(outcomes.total_costs[0])),
        (old.crossing, new.crossing),
        max(_alive_at_crossing(arm) for arm in (old, new)),
        (implied_mortality(changed, old), implied_mortality(changed, new)),
        int(flags["raised"].sum()),
        float(flags.loc[flags["flag"] == OUTSIDE_EVIDENCE, "value"].max()),
    )


def _alive_at_crossing(made: Trace) -> float:
    first = float(made.crossing.first_month[0])
    return 0.0 if np.isnan(first) else float(np.interp(first, made.columns["Months"], made.columns["OS"]))


def _relative(died: pd.DataFrame) -> pd.DataFrame:
    return died.assign(ratio=died["progression_free"] / died["general_population"])


def _at(died: pd.DataFrame, column: str, year: int) -> float:
    """A mortality at a year: that of the last cycle whose middle lies before it; nan beyond the horizon."""
    months = died["month"].to_numpy()
    before = np.flatnonzero(months <= year * MONTHS_PER_YEAR)
    known = len(before) and year * MONTHS_PER_YEAR <= 2 * months[-1] - months[-2]
    return float(died[column].to_numpy()[before[-1]]) if known else float("nan")


def _below_from(died: pd.DataFrame) -> float:
    """Year from which the mortality before progression is below the population's; nan: never."""
    below = (died["progression_free"] < died["general_population"] * (1 - 1e-9)).to_numpy()
    return float(died["month"].to_numpy()[np.argmax(below)]) / MONTHS_PER_YEAR if below.any() else float("nan")


ANALYSIS = Analysis(
    CurvePairs,
    "Curve pairs",
    lambda asked: [curve_pairs(asked.definition, asked.done)],
    steps=lambda definition, _: n_pairs(definition),
    seconds=lambda definition, _: 0.025 * n_pairs(definition),
    tables=lambda found, _: {"curve_pairs": found.table},
    purpose="Every PFS family with every OS family: do they hang together, how do they fit, what would each pair say?",
)
