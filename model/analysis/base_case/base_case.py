"""The base case: every parameter at its value, disaggregated, with the curves behind it and the answer in words."""

from __future__ import annotations

import dataclasses
from functools import cached_property

import numpy as np
import pandas as pd

from model.analysis.base_case.comparison import Comparison
from model.analysis.base_case.post_progression import implied_after_progression
from model.analysis.base_case.words import answer, summary_lines
from model.analysis.coherence.coherence import Coherence, coherence_of
from model.analysis.columns.base_case import (
    CROSSING,
    CROSSING_OF_STATES,
    DISAGGREGATED,
    IMPLIED_HAZARD_RATIO,
    LANDMARK_YEARS,
    POST_PROGRESSION,
    RESOURCE_USE,
    SURVIVAL,
    TOTALS,
)
from model.definition.model_definition import ModelDefinition
from model.definition.records.names import short_endpoint
from model.definition.sampling.draws import Draws, base_case_draws
from model.definition.structure import STRUCTURE, STRUCTURES, in_structure, number_in_use, structure_is_uncertain
from model.engine.engine import Engine, engine_of
from model.engine.evaluate import Account, Outcomes, evaluate
from model.engine.trace import Trace, trace


@dataclasses.dataclass(frozen=True)
class BaseCase(Comparison):
    """Result of the base case: the comparison of the arms, and all that stands behind it. Tables are pandas data frames;
    amounts are in the definition's currency. ``draw``: the values of the inputs that it is of."""

    TITLE = "Base case"
    REST = "totals()"

    outcomes: Outcomes
    traces: dict[str, Trace]
    draw: Draws

    @cached_property
    def engine(self) -> Engine:
        """The definition made ready to be evaluated (made again after pickling: its functions cannot be pickled)."""
        return engine_of(self.definition)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in ("engine", "_coherence")}

    def totals(self) -> pd.DataFrame:
        """Per arm: life years, QALYs and costs, discounted and undiscounted."""
        o = self.outcomes
        return TOTALS.frame(
            {
                "arm": self.arm_labels,
                "life_years": o.life_years.total()[0],
                "qalys": o.qalys.total()[0],
                "costs": o.costs.total()[0],
                "life_years_undiscounted": o.life_years.total("undiscounted")[0],
                "qalys_undiscounted": o.qalys.total("undiscounted")[0],
                "costs_undiscounted": o.costs.total("undiscounted")[0],
            }
        )

    def costs(self, discounted: str = "discounted") -> pd.DataFrame:
        """Costs by category and state per arm, with increment and share of the absolute increment."""
        return self._disaggregated("costs", self.outcomes.costs, discounted)

    def qalys(self, discounted: str = "discounted") -> pd.DataFrame:
        """QALYs by state and decrement per arm, with increment."""
        return self._disaggregated("qalys", self.outcomes.qalys, discounted)

    def life_years(self, discounted: str = "discounted") -> pd.DataFrame:
        """Life years by state per arm, with increment."""
        return self._disaggregated("life_years", self.outcomes.life_years, discounted)

    def _disaggregated(self, name: str, account: Account, discounted: str) -> pd.DataFrame:
        values = getattr(account, discounted)[0]
        old, new = self.positions
        labels = self.definition.state_labels
        table = pd.DataFrame({"category": account.categories, "state": [labels[s] for s in account.states]})
        for a, label in enumerate(self.arm_labels):
            table[label] = values[a]
        table["increment"] = values[new] - values[old]
        size = table["increment"].abs().sum()
        table["share_of_absolute_increment"] = table["increment"].abs() / size if size > 0 else 0.0
        return DISAGGREGATED[name].checked(table)

    def resource_use(self) -> pd.DataFrame:
        """Every cost line per arm: expected undiscounted quantity per patient of the cohort (those who do not get a
        treatment count as 0), cost per unit and cost."""
        draws = base_case_draws(self.definition)
        rows = []
        for arm, label in zip(self.definition.arm_ids, self.arm_labels, strict=True):
            sums = self.engine.stream_sums(arm, draws)[:, :, 0]
            for stream, (disc, undisc) in zip(self.engine.streams[arm], sums, strict=True):
                if stream.kind == "cost":
                    value = float(stream.value(draws)[0])
                    share = 1.0 if stream.share is None else float(stream.share(draws)[0])
                    rows.append(
                        (
                            label,
                            stream.category,
                            stream.label,
                            stream.quantity,
                            undisc * share,
                            value / share if share > 0 else 0.0,
                            value * undisc,
                            value * disc,
                        )
                    )
        return RESOURCE_USE.frame(rows)

    def survival(self) -> pd.DataFrame:
        """Medians (months) and landmark survival of PFS, OS, further curves of states and time on each drug, per arm."""
        rows = []
        further = [short_endpoint(e, {}) for e in self.definition.further_endpoints]
        for arm, label in zip(self.definition.arms, self.arm_labels, strict=True):
            columns = dict(self.traces[arm.id].columns)
            columns |= {name: columns[f"{name} in use"] for name in further}
            names = ["PFS", "OS", *further, *(c for c in columns if c.startswith("On "))]
            for name in names:
                row: dict[str, object] = {
                    "arm": label,
                    "curve": name,
                    "median_months": median(columns["Months"], columns[name]),
                }
                row |= {f"{y:g} years": at_year(columns, name, y) for y in LANDMARK_YEARS}
                row["restricted_mean_years"] = float(
                    np.sum((columns[name][1:] + columns[name][:-1]) / 2) * self.engine.timeline.cycle_years
                )
                rows.append(row)
        return SURVIVAL.frame(rows)

    def implied_hazard_ratio(self) -> pd.DataFrame:
        """Intervention over comparator, year by year: ratio of mean hazards within the year and of cumulative hazards."""
        old, new = (self.traces[self.definition.arm_ids[i]].columns for i in self.positions)
        rows = []
        for year in range(1, int(self.engine.timeline.years[-1]) + 1):
            row: dict[str, object] = {"year": year}
            for name in ("PFS", "OS"):
                n0, n1, o0, o1 = (hazard_by_year(c, name, y) for c in (new, old) for y in (year - 1, year))
                row[f"{name} hazard ratio in the year"] = (n1 - n0) / (o1 - o0) if o1 > o0 else np.nan
                row[f"{name} cumulative hazard ratio"] = n1 / o1 if o1 > 0 else np.nan
            rows.append(row)
        return IMPLIED_HAZARD_RATIO.frame(rows)

    def crossing(self) -> pd.DataFrame:
        """Where PFS exceeded OS before repair, per arm, and the rule applied."""
        o = self.outcomes
        return CROSSING.frame(
            {
                "arm": self.arm_labels,
                "first_month": o.crossing_first_month[0],
                "largest_gap": o.crossing_largest_gap[0],
                "area_months": o.crossing_area_months[0],
                "rule": self.definition.settings.crossing,
            }
        )

    def crossing_of_states(self) -> pd.DataFrame:
        """The same of every pair of neighbouring curves; without rows in a model with three states."""
        o, rule, rows = self.outcomes, self.definition.settings.crossing, []
        for a, arm in enumerate(self.arm_labels):
            for i, pair in enumerate(o.pairs):
                rows.append((arm, *(short_endpoint(e, {}) for e in pair), *o.pair_crossings[0, a, i], rule))
        return CROSSING_OF_STATES.frame(rows)

    def post_progression(self) -> pd.DataFrame:
        """Per arm, what the curves imply after progression (Woods et al. 2017, NICE DSU TSD 19; undiscounted).

        Share who progress alive, mean years progressed per patient who does, deaths progressed and progression-free
        per patient-year, cycles in which implied deaths of progressed patients would be negative (OS falls more
        slowly than the deaths among PFS events), and the month from which the life table bounds OS.
        """
        rows = []
        for arm, label in zip(self.definition.arm_ids, self.arm_labels, strict=True):
            rows.append((label, *implied_after_progression(self.definition, self.traces[arm])))
        return POST_PROGRESSION.frame(rows)

    def coherence(self) -> Coherence:
        """What the curves imply of the transitions between the states, and flags where that cannot be."""
        return self._coherence

    @cached_property
    def _coherence(self) -> Coherence:
        return coherence_of(self.engine, self.traces, self.draw)

    def conclusion(self) -> str:
        """The answer in one sentence."""
        return answer(self)

    def summary(self) -> str:
        """Lines that a person can read in ten seconds; the price at which the decision changes: ``price_sentences``."""
        return "\n".join(summary_lines(self))

    def shown_table(self) -> pd.DataFrame:
        """Totals of the arms."""
        return self.totals()

    def shown_words(self) -> list[str]:
        """The answer."""
        return [self.conclusion()]


def difference(value: float, reference: float) -> float:
    """``value`` minus ``reference``; exactly zero where they differ by rounding alone (one part in 10^12)."""
    gap = float(value) - float(reference)
    return 0.0 if abs(gap) <= 1e-12 * max(abs(float(value)), abs(float(reference))) else gap


def at_year(columns: dict[str, np.ndarray], name: str, year: float) -> float:
    """Value of a trace column at a year, interpolated linearly between cycle boundaries (nan beyond the horizon)."""
    years = columns["Years"]
    return float(np.interp(year, years, columns[name])) if year <= years[-1] + 1e-9 else np.nan


def hazard_by_year(columns: dict[str, np.ndarray], name: str, year: float) -> float:
    """Cumulative hazard of a trace column at a year, interpolated; nan beyond the horizon or where no one is left."""
    years, survival = columns["Years"], columns[name]
    left = survival > 0
    if year > years[-1] + 1e-9 or year > years[left][-1]:
        return float("nan")
    return float(np.interp(year, years[left], -np.log(survival[left])))


def median(months: np.ndarray, survival: np.ndarray) -> float:
    """First time at which a curve falls to one half, interpolated; nan where it does not within the horizon."""
    below = np.nonzero(survival <= 0.5)[0]
    if not len(below):
        return float("nan")
    i = int(below[0])
    if i == 0:
        return 0.0
    s0, s1 = survival[i - 1], survival[i]
    return float(months[i - 1] + (months[i] - months[i - 1]) * (s0 - 0.5) / (s0 - s1))


def base_case(definition: ModelDefinition) -> BaseCase:
    """Run the base case of a definition.

    >>> import model
    >>> base = model.base_case(model.example())
    >>> base.totals().columns.tolist()[:4]
    ['arm', 'life_years', 'qalys', 'costs']
    >>> bool(base.incremental_cost == base.total_costs[1] - base.total_costs[0])
    True
    """
    return case_of_draw(definition, base_case_draws(definition))


def case_of_draw(definition: ModelDefinition, draws: Draws, draw: int = 0) -> BaseCase:
    """The results of one draw, with everything that a base case has. ``draw`` counts from 0. Of a draw that takes another
    structure than the base case, the result's definition is one of that structure."""
    one = draws.block(draw, draw + 1)
    if structure_is_uncertain(definition) and one[STRUCTURE][0] != number_in_use(definition):
        definition = in_structure(definition, STRUCTURES[int(one[STRUCTURE][0])])
    engine = engine_of(definition)
    outcomes = evaluate(definition, one, threads=1, engine=engine)
    traces = {arm: trace(definition, arm, one, engine=engine) for arm in definition.arm_ids}
    totals = outcomes.total_costs[0], outcomes.total_qalys[0], outcomes.total_life_years[0]
    result = BaseCase(definition, *totals, outcomes, traces, one)
    result.__dict__["engine"] = engine
    return result
