"""What every run has: the base case, what is said beside it, and all tables that need no further analysis."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from model.analysis.analysis import Analysis, Asked, Results, Tables
from model.analysis.base_case import against_evidence
from model.analysis.base_case.base_case import BaseCase, base_case
from model.analysis.base_case.post_progression import implied_mortality
from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.columns.base_case import TRACE, UNIT_COSTS
from model.analysis.columns.evidence import PARAMETERS
from model.analysis.curve_choice import all_tables, endpoints_of
from model.analysis.prices.price_line import decision_prices, price_steps
from model.analysis.prices.sentences import PriceSentences, price_sentences
from model.analysis.prices.switching_price import switching_prices
from model.analysis.prices.value_based_price import value_based_prices
from model.analysis.probabilistic.psa import PSA
from model.analysis.sampled.curves_against_base_case import CurveWarnings, curve_warnings
from model.analysis.sampled.sampled_against_evidence import sampled_against_evidence
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.price_index import WITH_PRICE_YEAR, is_amount, price_factor
from model.engine.trace import Trace


def _run(asked: Asked) -> list[object]:
    definition = asked.definition
    return [base_case(definition), PriceSentences(price_sentences(definition)), curve_warnings(definition)]


def _tables(base: BaseCase, _: Results) -> Tables:
    definition = base.definition
    found: Tables = {
        "totals": base.totals,
        "incremental": base.incremental,
        "pairwise": base.pairwise,
        "net_benefit": base.net_benefit,
        "costs": lambda: _both(base.costs),
        "qalys": lambda: _both(base.qalys),
        "life_years": lambda: _both(base.life_years),
        "resource_use": base.resource_use,
        "unit_costs": lambda: unit_costs(definition),
        "survival": base.survival,
        "implied_hazard_ratio": base.implied_hazard_ratio,
        "crossing": base.crossing,
        "post_progression": base.post_progression,
        "coherence": lambda: base.coherence().hazards(),
        "coherence_flags": lambda: base.coherence().flags(),
        "coherence_rules": lambda: base.coherence().rules_in_force(),
        "coherence_beyond": lambda: base.coherence().beyond(),
        "threshold_prices": lambda: value_based_prices(definition).table(),
        "price_steps": lambda: price_steps(decision_prices(definition)),
        "prices_against_all_options": lambda: switching_prices(definition).table(),
        "trial_against_model": lambda: against_evidence.trial_against_model(base),
        "external_evidence": lambda: against_evidence.external_evidence(base),
        "candidate_curves": lambda: against_evidence.candidate_curves(definition),
        "sampled_against_evidence": lambda: sampled_against_evidence(definition),
        "parameters": lambda: parameters(definition),
        "treatment_effects": lambda: treatment_effects(definition),
    }
    for stem, table in all_tables(endpoints_of(definition)).items():
        found[f"fit_{stem}"] = partial(_as_is, table)
    if base.outcomes.pairs:
        found["crossing_of_states"] = base.crossing_of_states
    for arm, trace in base.traces.items():
        found[f"implied_mortality_{arm}"] = partial(implied_mortality, definition, trace)
        found[f"trace_{arm}"] = partial(trace_table, trace)
    return found


def unit_costs(definition: ModelDefinition) -> pd.DataFrame:
    """One row per amount of money that may have a price year: as typed, its year, the factor of the index, uprated."""
    labels = all_labels(definition)
    rows = []
    for table in WITH_PRICE_YEAR:
        for record in (r for r in definition.table(table) if is_amount(table, r)):
            address, factor = address_of(table, record), price_factor(definition, record)
            value = record.parameter.value
            rows.append((address, labels.get(address, address), value, record.price_year, factor, value * factor))
    return UNIT_COSTS.frame(rows)


def _lines(base: BaseCase, results: Results) -> list[str]:
    priced, warned = results.of(PriceSentences), results.of(CurveWarnings)
    found = base.coherence()
    told = [base.summary(), found.line(), found.comments(), *(priced.lines if priced else ())]
    lines = [line for line in told if line]
    if PSA not in results:  # with draws they are part of their summary
        lines += warned.lines if warned else ()
    return lines


def _as_is(table: pd.DataFrame) -> pd.DataFrame:
    return table


def _both(make: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """A disaggregated table, discounted and undiscounted, one below the other."""
    parts = {name: make(name) for name in ("discounted", "undiscounted")}
    return pd.concat(parts, names=["discounting"]).reset_index(level=0)


def parameters(definition: ModelDefinition) -> pd.DataFrame:
    """The dictionary of parameters: id, name, value, uncertainty and source of each."""
    labels = all_labels(definition)
    rows = [
        {"id": name, "label": labels.get(name, name), **{field: getattr(p, field) for field in PARAMETERS.names[2:]}}
        for name, p in definition.parameters.items()
    ]
    return PARAMETERS.frame(rows)


def trace_table(trace: Trace) -> pd.DataFrame:
    """The trace of one arm as one table: time and curves, then every discounted and undiscounted component."""
    columns = dict(trace.columns)
    for name, parts in (("discounted", trace.discounted), ("undiscounted", trace.undiscounted)):
        columns |= {f"{kind} {category}, {name}": values for (kind, category), values in parts.items()}
    return TRACE.frame(columns)


ANALYSIS = Analysis(BaseCase, "Base case", _run, tables=_tables, lines=_lines)
