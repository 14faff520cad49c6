"""The inputs that move the result most, in words."""

from __future__ import annotations

from model.analysis.amounts import money
from model.analysis.deterministic.one_way import OneWay

SHOWN = 3
NOT_RUN = "No one-way analysis was run: the largest drivers are not known."
NOTHING_VARIES = "No input is uncertain: nothing moves the result."


def driver_lines(found: OneWay | None) -> list[str]:
    """One line for each of the three widest inputs, and what is counted; or that there are none. The decision is the
    best of all options: it changes where the intervention becomes or ceases to be that."""
    if found is None:
        return [NOT_RUN]
    currency, threshold = found.definition.settings.currency, found.definition.willingness_to_pay()
    table = found.table(threshold).head(SHOWN)
    if table.empty:
        return [NOTHING_VARIES]
    base = found.base_inmb(threshold)
    lines = []
    for k, row in enumerate(table.to_dict("records"), start=1):
        low, high = float(row["inmb_low"]), float(row["inmb_high"])
        unit = str(row["unit"])
        values = f"{bound_words(float(row['low']))} to {bound_words(float(row['high']))}"
        values += f" {unit}" if unit and unit.lower() not in str(row["label"]).lower() else ""
        best = {found.is_best(str(row["input"]), end, threshold) for end in ("low", "high")}
        change = "the decision stays" if best == {found.is_best_in_base(threshold)} else "the decision changes"
        lines.append(f"{k}. {row['label']}, {values}: {money(low, currency)} to {money(high, currency)}; {change}.")
    comparator = found.definition.arms[found.definition.compared[0]].short_label
    counted = (
        f"Incremental net monetary benefit against {comparator} at {money(threshold, currency)} per QALY, one input at a "
        f"time at its low and high bound; base case {money(base, currency)}."
    )
    return [*lines, counted]


def bound_words(value: float) -> str:
    """A bound with three digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
