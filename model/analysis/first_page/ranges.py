"""How far the results of scenarios and of structures lie apart, in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from model.analysis.amounts import money
from model.analysis.base_case.comparison import Comparison
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.structures.structures import Structures

NO_SCENARIOS, NO_STRUCTURES = "Scenarios: none was run.", "Structures: no other one was run."


def scenario_line(found: Scenarios | None) -> str:
    """The range over the scenarios of the run, the base case left out."""
    if found is None or not found.scenarios:
        return NO_SCENARIOS
    compared = {
        f"{number}: {one.label}": Comparison(
            found.definition, one.outcomes.total_costs[0], one.outcomes.total_qalys[0], one.outcomes.total_life_years[0]
        )
        for number, one in enumerate(found.scenarios, start=1)
    }
    return range_line("scenarios", compared)


def structure_line(found: Structures | None) -> str:
    """The range over the structures and links that can be run, the base case among them."""
    if found is None:
        return NO_STRUCTURES
    return range_line("structures and links", found.compared())


def range_line(what: str, compared: Mapping[str, Comparison]) -> str:
    """Lowest and highest ICER with their names, how many have none, and in how many the intervention is cost-effective."""
    first = next(iter(compared.values()))
    currency, new, n = first.definition.settings.currency, first.positions[1], len(compared)
    ratios = {name: one.icer for name, one in compared.items()}
    known = {name: ratio for name, ratio in ratios.items() if ratio is not None}
    parts = []
    if known:
        low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        ends = [f"{money(known[name], currency)} ({name})" for name in dict.fromkeys((low, high))]
        parts.append(f"ICER {' to '.join(ends)}")
    if len(known) < n:
        parts.append(f"no ICER in {n - len(known)} (not both dearer and more effective)")
    by_count: dict[int, list[str]] = {}
    for threshold in sorted(first.definition.decision_thresholds()):
        count = sum(new in one.best(threshold) for one in compared.values())
        by_count.setdefault(count, []).append(money(threshold, currency))
    said = [f"in {count_words(count, n)} at {' or '.join(at)} per QALY" for count, at in by_count.items()]
    parts.append(f"cost-effective {', '.join(said)}")
    return f"{n} {what if n > 1 else f'of the {what}'}: {'; '.join(parts)}."


def count_words(count: int, of: int) -> str:
    """``none``, ``all`` or the number."""
    return {0: "none", of: "all"}.get(count, f"{count} of {of}")
