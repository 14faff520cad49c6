"""Budget impact: what the payer spends in each year without and with the intervention in the market.

An open population: eligible patients start each year, are shared out over the arms by the market shares of that year, and
then cost what the model says of their arm in each year since their start, undiscounted. The budget of year k is a
convolution,

    sum over arms a and years j <= k of  starting(j) x share(a, j) x cost of year k - j + 1 of a patient of arm a

(ISPOR Budget Impact Analysis Good Practice II: Sullivan et al. 2014, Value in Health 17:5). Drug acquisition is multiplied by
the share that is paid after rebates in that year, also in courses after progression. Prices that change over time count from
the start of each patient.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.analysis.amounts import money
from model.analysis.analysis import Analysis
from model.analysis.budget.yearly_costs import YearlyCosts, budget_years, yearly_costs
from model.analysis.columns.budget import BUDGET, CATEGORIES, COHORT, PATIENTS
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.records.budget import (
    ALREADY_TREATED,
    COVERED_LIVES,
    DEFAULTS,
    ELIGIBLE,
    GROWTH,
    INCIDENT,
    PREVALENT,
    START_MONTH,
)
from model.definition.sampling.draws import Draws
from model.engine.costs import drug_category
from model.engine.engine import Engine
from model.engine.subsequent import SUBSEQUENT

SIDES = ("without", "with")


@dataclasses.dataclass(frozen=True)
class BudgetImpact(ShownResult):
    """Result. ``starting`` ``(n_years,)``: eligible patients who start; by side, without and with: ``starting_by_arm``,
    ``treated``, ``alive`` ``(n_arms, n_years)``, the last two at the end of each year, and ``costs`` and ``gross``
    ``(n_years, n_categories)``, after rebates and at the model's prices."""

    TITLE = "Budget impact"
    COLUMNS = ("year", "starting", "cost_without", "cost_with", "impact", "gross_drugs", "rebates", "other_costs")

    definition: ModelDefinition
    cohort: YearlyCosts
    starting: Array
    starting_by_arm: Mapping[str, Array]
    treated: Mapping[str, Array]
    alive: Mapping[str, Array]
    costs: Mapping[str, Array]
    gross: Mapping[str, Array]

    @property
    def n_years(self) -> int:
        return len(self.starting)

    @property
    def impact(self) -> Array:
        """Net budget impact of each year ``(n_years,)``."""
        found: Array = (self.costs["with"] - self.costs["without"]).sum(axis=1)
        return found

    def table(self) -> pd.DataFrame:
        """One row per year: cost without and with, net impact, and what it is made of."""
        drugs = self.of_drugs()
        gross = (self.gross["with"] - self.gross["without"])[:, drugs].sum(axis=1)
        net = (self.costs["with"] - self.costs["without"])[:, drugs].sum(axis=1)
        lives = item(self.definition, COVERED_LIVES)
        members = self.impact / lives / MONTHS_PER_YEAR if lives > 0 else np.full(self.n_years, np.nan)
        return BUDGET.frame(
            {
                "year": np.arange(1, self.n_years + 1),
                "starting": self.starting,
                "cost_without": self.costs["without"].sum(axis=1),
                "cost_with": self.costs["with"].sum(axis=1),
                "impact": self.impact,
                "gross_drugs": gross,
                "rebates": net - gross,
                "net_drugs": net,
                "other_costs": self.impact - net,
                "per_member_per_month": members,
            }
        )

    def categories(self) -> pd.DataFrame:
        """One row per category and year."""
        without, with_it = (self.costs[side] for side in SIDES)
        rows = [
            (name, k + 1, without[k, c], with_it[k, c], with_it[k, c] - without[k, c])
            for c, name in enumerate(self.cohort.categories)
            for k in range(self.n_years)
        ]
        return CATEGORIES.frame(rows)

    def patients(self) -> pd.DataFrame:
        """One row per arm and year: who starts, who is on treatment and who is alive at its end."""
        rows = []
        for a, arm in enumerate(self.definition.arm_labels):
            for k in range(self.n_years):
                counts = (self.starting_by_arm, self.treated, self.alive)
                rows.append((arm, k + 1, *(count[side][a, k] for count in counts for side in SIDES)))
        return PATIENTS.frame(rows)

    def cohort_costs(self) -> pd.DataFrame:
        """One row per arm, year since the start of treatment and category."""
        rows = [
            (arm, k + 1, name, self.cohort.costs[a, k, c])
            for a, arm in enumerate(self.definition.arm_labels)
            for k in range(self.n_years)
            for c, name in enumerate(self.cohort.categories)
        ]
        return COHORT.frame(rows)

    def of_drugs(self) -> list[int]:
        """Positions of the categories that are acquisition of the arms' drugs."""
        names = {drug_category(drug) for drug in self.definition.drugs}
        return [c for c, name in enumerate(self.cohort.categories) if name in names]

    def words(self) -> str:
        """The impact in one or two sentences."""
        currency, total = self.definition.settings.currency, float(self.impact.sum())
        first, last = (money(float(self.impact[k]), currency) for k in (0, -1))
        lives = item(self.definition, COVERED_LIVES)
        years = f"over {self.n_years} years" if self.n_years > 1 else "in the year budgeted"
        said = f"Net budget impact {years}: {money(total, currency)}"
        said += f" ({first} in year 1, {last} in year {self.n_years})" if self.n_years > 1 else ""
        if lives > 0:
            monthly = total / self.n_years / lives / MONTHS_PER_YEAR
            said += f"; {money(monthly, currency)} per member per month on average"
        return f"{said}. Undiscounted, after rebates."

    def shown_words(self) -> list[str]:
        """The impact."""
        return [self.words()]


def budget_impact(definition: ModelDefinition, draws: Draws | None = None, engine: Engine | None = None) -> BudgetImpact:
    """The budget impact of one draw (default: the base case). Raises ValueError where the definition has no market shares.

    >>> import model
    >>> found = model.budget_impact(model.example())
    >>> found.starting.tolist()  # 100 who have the condition and 50 new patients; then 50
    [150.0, 50.0]
    >>> found.starting_by_arm["with"][:, 0].tolist()  # a fifth of them get the new arm
    [120.0, 30.0]
    """
    if not definition.market_shares:
        raise ValueError("the definition has no market shares (sheet Budget impact)")
    n_years = max(row.year for row in definition.market_shares)
    s = definition.settings
    stretches = budget_years(n_years, item(definition, START_MONTH) * s.days_per_month, s.days_per_year)
    cohort = yearly_costs(definition, stretches, draws, engine)
    starting = starting_patients(definition, n_years)
    paid = shares_paid(definition, cohort.categories, n_years)
    by_arm = {side: market_shares(definition, side, n_years) * starting for side in SIDES}
    gross = {side: _spent(by_arm[side], cohort.costs) for side in SIDES}
    return BudgetImpact(
        definition,
        cohort,
        starting,
        by_arm,
        treated={side: _counted(by_arm[side], cohort.treated) for side in SIDES},
        alive={side: _counted(by_arm[side], cohort.alive) for side in SIDES},
        costs={side: gross[side] * paid + courses_rebated(definition, cohort, by_arm[side]) for side in SIDES},
        gross=gross,
    )


def item(definition: ModelDefinition, name: str) -> float:
    """A number about the patients, or its default."""
    return next((row.value for row in definition.budget_items if row.item == name), DEFAULTS.get(name, 0.0))


def starting_patients(definition: ModelDefinition, n_years: int) -> Array:
    """Eligible patients who start in each year ``(n_years,)``: in year 1 also the prevalent who are not yet treated."""
    new: Array = item(definition, INCIDENT) * (1 + item(definition, GROWTH)) ** np.arange(float(n_years))
    new[0] += item(definition, PREVALENT) * (1 - item(definition, ALREADY_TREATED))
    return new * item(definition, ELIGIBLE)


def market_shares(definition: ModelDefinition, side: str, n_years: int) -> Array:
    """Shares of those who start ``(n_arms, n_years)``; a row that is missing counts as 0."""
    field = {"without": "without", "with": "share_with"}[side]
    found = np.zeros((len(definition.arms), n_years))
    for row in definition.market_shares:
        found[definition.arm_ids.index(row.arm), row.year - 1] = getattr(row, field)
    return found


def shares_paid(definition: ModelDefinition, categories: tuple[str, ...], n_years: int) -> Array:
    """What is paid of each category after rebates ``(n_years, n_categories)``."""
    found = np.ones((n_years, len(categories)))
    for drug in rebated_drugs(definition):
        name = drug_category(definition.drug(drug))
        if name in categories:
            found[:, categories.index(name)] = share_paid(definition, drug, n_years)
    return found


def rebated_drugs(definition: ModelDefinition) -> list[str]:
    """The drugs of the table of net prices, each once."""
    return list(dict.fromkeys(row.drug for row in definition.net_prices))


def share_paid(definition: ModelDefinition, drug: str, n_years: int) -> Array:
    """What is paid of one drug's price after rebates ``(n_years,)``."""
    found = np.ones(n_years)
    for row in sorted(definition.net_prices, key=lambda row: row.from_year):
        if row.drug == drug:
            found[row.from_year - 1 :] = row.factor
    return found


def courses_rebated(definition: ModelDefinition, cohort: YearlyCosts, by_arm: Array) -> Array:
    """What rebates take off the courses after progression, below zero ``(n_years, n_categories)``; ``by_arm`` ``(n_arms,
    n_years)``: patients who start."""
    n_years = by_arm.shape[1]
    found = np.zeros((n_years, len(cohort.categories)))
    for drug in (drug for drug in rebated_drugs(definition) if drug in cohort.courses):
        spent = _spent(by_arm, cohort.courses[drug][:, :, None])[:, 0]
        found[:, cohort.categories.index(SUBSEQUENT)] += spent * (share_paid(definition, drug, n_years) - 1)
    return found


def convolved(starting: Array, of_patient: Array) -> Array:
    """Sum over years j <= k of starting(j) x what year k - j + 1 of a patient holds: ``(n_years,)`` and ``(n_years, n)`` give
    ``(n_years, n)``.

    >>> convolved(np.array([10.0, 20.0]), np.array([[3.0], [1.0]])).ravel().tolist()
    [30.0, 70.0]
    """
    n = len(starting)
    return np.array([starting[: k + 1] @ of_patient[k::-1] for k in range(n)])


def _spent(by_arm: Array, costs: Array) -> Array:
    """Costs of all arms ``(n_years, n_categories)``."""
    return np.array([convolved(n, cost) for n, cost in zip(by_arm, costs, strict=True)]).sum(axis=0)


def _counted(by_arm: Array, curves: Array) -> Array:
    """Patients of each arm at the end of each year ``(n_arms, n_years)``."""
    return np.array([convolved(n, curve[:, None])[:, 0] for n, curve in zip(by_arm, curves, strict=True)])


ANALYSIS = Analysis(
    BudgetImpact,
    "Budget impact",
    lambda asked: [budget_impact(asked.definition) if asked.definition.market_shares else None],
    tables=lambda found, _: {
        "budget_impact": found.table,
        "budget_impact_categories": found.categories,
        "budget_impact_patients": found.patients,
        "budget_impact_cohort": found.cohort_costs,
    },
    lines=lambda found, _: [found.words()],
    purpose="What the payer spends in each year without and with the intervention in the market, if the inputs say for whom",
)
