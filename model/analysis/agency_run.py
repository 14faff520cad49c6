"""What agencies ask for beside costs and QALYs: severity, equal-value life years, price benchmarks, stepped results.

Each is made where the inputs ask for it: weights by severity, a utility of life years gained, stepped results.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from model.analysis.agencies.equal_value import EqualValue, equal_value_of
from model.analysis.agencies.severity import Severity, severity_of
from model.analysis.agencies.stepped import STEPS, SteppedResults, stepped_of
from model.analysis.analysis import Analysis, Asked, Results, Tables
from model.analysis.base_case.base_case import BaseCase, base_case
from model.analysis.columns.agencies import BENCHMARKS
from model.analysis.prices.value_based_price import ValueBasedPrices, value_based_prices
from model.analysis.shown_result import ShownResult
from model.definition.model_definition import ModelDefinition


@dataclasses.dataclass(frozen=True)
class AgencyResults(ShownResult):
    """Result; what the inputs do not ask for is None."""

    TITLE = "What the agency asks for"

    definition: ModelDefinition
    severity: Severity | None
    equal_value: EqualValue | None
    stepped: SteppedResults | None

    def price_benchmarks(self) -> pd.DataFrame:
        """Prices of the intervention's own drugs at which net benefit over the comparator is zero, at each threshold
        per QALY and per equal-value life year; ValueError without equal-value life years."""
        if self.equal_value is None:
            raise ValueError("equal-value life years need the utility of a life year gained")
        gained = float(self.equal_value.equal_value[self.definition.compared[0]])
        return price_benchmarks(value_based_prices(self.definition), gained)

    def shown_table(self) -> pd.DataFrame:
        """The first of the results that there is."""
        found = [part.table() for part in (self.severity, self.equal_value, self.stepped) if part is not None]
        return found[0] if found else pd.DataFrame()

    def shown_words(self) -> list[str]:
        """Which results there are."""
        parts = {"severity": self.severity, "equal_value": self.equal_value, "stepped": self.stepped}
        return ["Results: " + ", ".join(name for name, part in parts.items() if part is not None)]


def price_benchmarks(prices: ValueBasedPrices, equal_value_gained: float) -> pd.DataFrame:
    """One row per pack and threshold. No gain in health depends on a price, so the price at which ``threshold`` is paid
    for each unit gained is a line in the gain: (threshold x gain - cost of the rest) / use."""
    rows = []
    for k, item in enumerate(prices.priced):
        gained = (float(prices.incremental_qalys[k]), equal_value_gained)
        for name, today in item.today.items():
            for threshold in prices.definition.all_thresholds():
                shares = [float((threshold * g - prices.cost_free[k]) / prices.cost_at_list[k]) for g in gained]
                by_qalys, by_equal_value = ((share * today, share) for share in shares)
                rows.append((name, item.labels[name], today, threshold, *by_qalys, *by_equal_value))
    return BENCHMARKS.frame(rows)


def agency_results(base: BaseCase) -> AgencyResults | None:
    """All that the inputs ask for; None where they ask for nothing."""
    definition = base.definition
    found = AgencyResults(
        definition,
        severity_of(definition, base.total_costs, base.total_qalys, base.outcomes.alive_at_horizon[0]),
        equal_value_of(definition, base.total_costs, base.traces),
        stepped_of(definition, base.traces, base.engine, base.draw),
    )
    return None if (found.severity, found.equal_value, found.stepped) == (None, None, None) else found


def severity(definition: ModelDefinition) -> Severity | None:
    """Shortfall and weight of the base case under each comparator; None without weights by severity.

    >>> import model
    >>> model.severity(model.example()) is None  # the example has no weights by severity
    True
    """
    base = base_case(definition)
    return severity_of(definition, base.total_costs, base.total_qalys, base.outcomes.alive_at_horizon[0])


def equal_value(definition: ModelDefinition) -> EqualValue | None:
    """Equal-value life years gained in the base case; None without a utility of life years gained.

    >>> import model
    >>> model.equal_value(model.example()) is None  # the example gives no utility of a life year gained
    True
    """
    base = base_case(definition)
    return equal_value_of(definition, base.total_costs, base.traces)


def stepped_results(definition: ModelDefinition) -> SteppedResults | None:
    """The base case in steps: trial period, extrapolation, QALYs; None where they are not asked for.

    >>> import model
    >>> changed = model.edit(model.example(), {"settings.median_follow_up": 24, "settings.stepped_results": True})
    >>> len(model.stepped_results(changed).steps)
    3
    """
    base = base_case(definition)
    return stepped_of(definition, base.traces, base.engine, base.draw)


def _run(asked: Asked) -> list[object]:
    found = agency_results(asked.results.the(BaseCase))
    return [] if found is None else [found]


def _tables(found: AgencyResults, _: Results) -> Tables:
    made: Tables = {}
    if found.severity is not None:
        made |= {"severity": found.severity.table, "severity_net_benefit": found.severity.net_health_benefit}
    if found.equal_value is not None:
        made |= {"equal_value": found.equal_value.table, "price_benchmarks": found.price_benchmarks}
    if found.stepped is not None:
        made["stepped"] = found.stepped.table
    return made


def _lines(found: AgencyResults, _: Results) -> list[str]:
    """One line for each."""
    lines, currency = [], found.definition.settings.currency
    old = found.definition.compared[0]
    if found.severity is not None and found.severity.shortfalls:
        s = next(s for s in found.severity.shortfalls if s.arm == old)
        icer = found.severity.weighted_icer(s)
        paid = "" if icer is None else f"; with it {currency} {icer:,.0f} per weighted QALY gained"
        lines.append(
            f"Severity: of {s.without_disease:.2f} QALYs without the disease {s.absolute:.2f} are lost "
            f"({s.proportional:.1%}), QALY weight {s.weight:g}{paid}."
        )
        if found.severity.alive is not None and found.severity.overstated(old):
            share = f"{float(found.severity.alive[old]):.0%} of patients under {found.definition.arms[old].short_label}"
            lines.append(
                f"{share} are alive at the horizon; their later QALYs are not counted, so the shortfall is overstated."
            )
    if found.equal_value is not None:
        ratio = found.equal_value.ratio(old, found.equal_value.equal_value)
        paid = "" if ratio is None else f", {currency} {ratio:,.0f} each"
        lines.append(f"Equal-value life years gained: {found.equal_value.equal_value[old]:.3f}{paid}.")
    if found.stepped is not None:
        ratios = [(STEPS[step.name], found.stepped.ratio(step)) for step in found.stepped.steps]
        told = [f"{words.lower()} {'no ratio' if r is None else f'{r:,.0f}'}" for (words, _), r in ratios]
        lines.append(f"Stepped results, {currency} per unit gained: {', '.join(told)}.")
    return lines


ANALYSIS = Analysis(
    AgencyResults,
    "Agencies",
    _run,
    tables=_tables,
    lines=_lines,
    purpose="What agencies ask for: severity, equal-value life years, price benchmarks, stepped results",
)
