"""Every deterministic result by name: what a workbook shows under the same name, and what the two are compared by."""

from __future__ import annotations

import math
import re

from model.analysis.base_case.base_case import BaseCase
from model.analysis.base_case.words import verdict
from model.analysis.columns.base_case import LANDMARK_YEARS

KINDS = {"life_years": "life_years", "qalys": "qalys", "costs": "costs"}
NO_RATIO = "no ratio"
NEVER = "never"
NOT_REACHED = "not reached"

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
