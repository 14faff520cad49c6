"""Every deterministic result by name: what a workbook shows under the same name, and what the two are compared by."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from typing import Any

import pandas as pd

from model.analysis.agencies.equal_value import equal_value_of
from model.analysis.agencies.severity import severity_of
from model.analysis.agencies.stepped import stepped_of
from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import verdict
from model.analysis.budget.budget_impact import budget_impact
from model.analysis.coherence.coherence import HAZARDS
from model.analysis.columns.base_case import LANDMARK_YEARS
from model.definition.profiles import departures
from model.engine.binding import RULES

KINDS = {"life_years": "life_years", "qalys": "qalys", "costs": "costs"}
NO_RATIO = "no ratio"
NEVER = "never"
NOT_REACHED = "not reached"
NONE = "none"

Value = float | str


def slug(text: str) -> str:
    """Words as part of a name: ``Drug: Palbociclib`` is ``drug_palbociclib``."""
    return re.sub(r"\W+", "_", text).strip("_").lower()


def named_outputs(base: BaseCase) -> dict[str, Value]:
    """The results of the base case by name, in the order of the sheets. Shares, months, years, QALYs, currency.

    A result that does not exist (an ICER under dominance, a median beyond the horizon) is a word.
    """
    found: dict[str, Value] = {}
    _totals(base, found)
    _net_benefit(base, found)
    _categories(base, found)
    _survival(base, found)
    _coherence(base, found)
    _budget(base, found)
    _agencies(base, found)
    found["verdict"] = verdict(base)
    return found


def _totals(base: BaseCase, found: dict[str, Value]) -> None:
    table, arms = base.totals(), base.definition.arm_ids
    for outcome in KINDS:
        for which in ("", "_undiscounted"):
            for i, arm in enumerate(arms):
                found[f"{outcome}{which}_{arm}"] = float(table[f"{outcome}{which}"][i])
    found["incremental_life_years"] = base.incremental_life_years
    found["incremental_qalys"] = base.incremental_qalys
    found["incremental_costs"] = base.incremental_cost
    found["icer"] = NO_RATIO if base.icer is None else base.icer


def _net_benefit(base: BaseCase, found: dict[str, Value]) -> None:
    table = base.net_benefit()
    for k, row in enumerate(table.to_dict("records"), start=1):
        for arm, label in zip(base.definition.arm_ids, base.arm_labels, strict=True):
            found[f"nmb_{k}_{arm}"] = float(row[f"net monetary benefit, {label}"])
            found[f"nhb_{k}_{arm}"] = float(row[f"net health benefit, {label}"])
        found[f"inmb_{k}"] = float(row["incremental_net_monetary_benefit"])
        found[f"inhb_{k}"] = float(row["incremental_net_health_benefit"])


def _categories(base: BaseCase, found: dict[str, Value]) -> None:
    arms = base.definition.arm_ids
    for outcome, account in (
        ("life_years", base.outcomes.life_years),
        ("qalys", base.outcomes.qalys),
        ("costs", base.outcomes.costs),
    ):
        for which in ("discounted", "undiscounted"):
            values = getattr(account, which)[0]
            suffix = "" if which == "discounted" else "_undiscounted"
            for c, category in enumerate(account.categories):
                for a, arm in enumerate(arms):
                    name = f"{outcome}_of_{slug(category)}{suffix}_{arm}"
                    found[name] = float(found.get(name, 0.0)) + float(values[a, c])


def _survival(base: BaseCase, found: dict[str, Value]) -> None:
    o = base.outcomes
    for a, arm in enumerate(base.definition.arm_ids):
        first = float(o.crossing_first_month[0, a])
        found[f"crossing_first_month_{arm}"] = NEVER if math.isnan(first) else first
        found[f"crossing_largest_gap_{arm}"] = float(o.crossing_largest_gap[0, a])
        found[f"crossing_area_months_{arm}"] = float(o.crossing_area_months[0, a])
        found[f"alive_at_horizon_{arm}"] = float(o.alive_at_horizon[0, a])
        for i, (low, high) in enumerate(o.pairs):
            first, gap, area = (float(value) for value in o.pair_crossings[0, a, i])
            found[f"crossing_first_month_{low}_above_{high}_{arm}"] = NEVER if math.isnan(first) else first
            found[f"crossing_largest_gap_{low}_above_{high}_{arm}"] = gap
            found[f"crossing_area_months_{low}_above_{high}_{arm}"] = area
    arms = dict(zip(base.arm_labels, base.definition.arm_ids, strict=True))
    for row in base.survival().to_dict("records"):
        name = f"{slug(str(row['curve']))}_{arms[row['arm']]}"
        median = float(row["median_months"])
        found[f"median_{name}"] = NOT_REACHED if math.isnan(median) else median
        found[f"mean_years_{name}"] = float(row["restricted_mean_years"])
        for year in LANDMARK_YEARS:
            value = float(row[f"{year:g} years"])
            if not math.isnan(value):
                found[f"share_{slug(f'{year:g}')}_years_{name}"] = value


def _coherence(base: BaseCase, found: dict[str, Value]) -> None:
    """Implied hazards, flags with their distance from the limit, where rules bind, what arises beyond the evidence."""
    report = base.coherence()
    for arm in base.definition.arm_ids:
        for year in report.years():
            hazards = report.hazards_at(arm, year)
            found |= {f"hazard_of_{name}_{year}_years_{arm}": _or(hazards[name], NONE) for name in HAZARDS}
    for arm, rows in _by_arm(base, report.flags()).items():
        for row in rows:
            name = f"{row['flag']}_{arm}"
            found[f"flag_{name}"] = float(row["raised"])
            found[f"flag_value_{name}"] = _or(row["value"], NONE)
            found[f"flag_distance_{name}"] = _or(row["value"] - row["limit"], NONE)
            found[f"flag_from_{name}"] = _or(row["from_month"] if row["raised"] else math.nan, NEVER)
    for arm, rows in _by_arm(base, report.rules_in_force()).items():
        for rule, row in zip(RULES, rows, strict=True):
            name = f"{slug(rule)}_{arm}"
            found[f"binds_from_{name}"] = _or(row["from_month"], NEVER)
            found[f"binds_in_cycles_{name}"] = row["share_of_cycles"]
            found[f"binds_moving_{name}"] = row["largest_share_moved"]
    for when, row in zip(("follow_up", *base.definition.arm_ids), report.beyond().to_dict("records"), strict=True):
        for outcome in KINDS:
            found[f"beyond_{when}_{outcome}"] = _or(float(row[f"share_of_incremental_{outcome}"]), NONE)


def _budget(base: BaseCase, found: dict[str, Value]) -> None:
    """The budget impact, where the inputs say for whom."""
    if not base.definition.market_shares:
        return
    budget = budget_impact(base.definition, base.draw, base.engine)
    table = budget.table().dropna(axis="columns")
    for name in (column for column in table.columns if column != "year"):
        found |= {f"budget_{name}_{k}": float(value) for k, value in enumerate(table[name], start=1)}
    for row in budget.categories().to_dict("records"):
        found[f"budget_of_{slug(str(row['category']))}_{row['year']}"] = float(row["impact"])
    counts = {"start": budget.starting_by_arm, "on_treatment": budget.treated, "alive": budget.alive}
    for what, of in counts.items():
        for side, patients in of.items():
            for arm, years in zip(base.definition.arm_ids, patients, strict=True):
                found |= {f"budget_{what}_{side}_{arm}_{k}": float(value) for k, value in enumerate(years, start=1)}


def _agencies(base: BaseCase, found: dict[str, Value]) -> None:
    """Departures from the agency profile; severity, equal-value life years and stepped results, where the inputs ask."""
    arms = base.definition.arm_ids
    found["departures_from_profile"] = float(len(departures(base.definition)))
    if (severity := severity_of(base.definition, base.total_costs, base.total_qalys)) is not None:
        for s in severity.shortfalls:
            name = f"{s.norms}_{arms[s.arm]}"
            found[f"without_disease_{name}"] = s.without_disease
            found[f"absolute_shortfall_{name}"] = s.absolute
            found[f"proportional_shortfall_{name}"] = s.proportional
            found[f"severity_weight_{name}"] = s.weight
            found[f"weighted_qalys_{name}"] = s.weight * severity.increments(s.arm)[1]
            found[f"weighted_icer_{name}"] = _ratio(severity.weighted_icer(s))
    if (equal := equal_value_of(base.definition, base.total_costs, base.traces)) is not None:
        for a, arm in enumerate(arms):
            found[f"equal_value_gained_{arm}"] = float(equal.equal_value[a])
            for unit in ("life_years", "qalys", "equal_value"):
                found[f"cost_per_{unit}_{arm}"] = _ratio(equal.ratio(a, getattr(equal, unit)))
    if (stepped := stepped_of(base.definition, base.traces, base.engine, base.draw)) is not None:
        for step in stepped.steps:
            for a, arm in enumerate(arms):
                found[f"step_{step.name}_cost_{arm}"] = float(step.costs[a])
                found[f"step_{step.name}_outcome_{arm}"] = float(step.outcomes[a])
            found[f"step_{step.name}_ratio"] = _ratio(stepped.ratio(step))


def _ratio(ratio: float | None) -> Value:
    return NO_RATIO if ratio is None else ratio


def _by_arm(base: BaseCase, table: pd.DataFrame) -> dict[str, list[dict[Hashable, Any]]]:
    """The rows of a table by the id of their arm, whose short name they hold."""
    return {arm.id: table[table["arm"] == arm.short_label].to_dict("records") for arm in base.definition.arms}


def _or(value: float, word: str) -> Value:
    return word if math.isnan(value) else float(value)
