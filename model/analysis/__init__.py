"""Floor 3: questions asked of the engine. Each turns draws into a result object with tables.

An analysis is loaded when it is first asked for; two, which have the name of their room, at once.
"""

from typing import TYPE_CHECKING

from model.analysis.base_case.base_case import BaseCase, base_case
from model.analysis.structures.structures import Structures, structures

if TYPE_CHECKING:
    from model.analysis import change_log, decision, research
    from model.analysis.agency_run import AgencyResults, equal_value, severity, stepped_results
    from model.analysis.budget.budget_impact import BudgetImpact, budget_impact
    from model.analysis.decision.psa_summary import PSASummary, psa_summary
    from model.analysis.deterministic.curve_pairs import CurvePairs, curve_pairs
    from model.analysis.deterministic.one_way import OneWay, one_way
    from model.analysis.deterministic.scenarios import Scenarios, scenarios
    from model.analysis.deterministic.subgroups import Subgroups, subgroups
    from model.analysis.deterministic.switching_values import SwitchingValues, switching_value_table, switching_values
    from model.analysis.deterministic.two_way import TwoWay, two_way
    from model.analysis.global_sensitivity import Morris, Sobol, elementary_effects, morris, sobol, sobol_indices
    from model.analysis.global_sensitivity.all_global import Sensitivity, sensitivity
    from model.analysis.global_sensitivity.ranking import Ranking, rank_inputs
    from model.analysis.prices.all_prices import PriceAnalyses, price_analyses
    from model.analysis.prices.net_prices import NetPriceGrid, net_price_grid
    from model.analysis.prices.price_probability import PriceProbability, price_probability
    from model.analysis.prices.value_based_price import ValueBasedPrices, value_based_prices
    from model.analysis.probabilistic.monte_carlo_error import Tolerance
    from model.analysis.probabilistic.psa import PSA, psa
    from model.analysis.probabilistic.psa_until import psa_until
    from model.analysis.probabilistic.value_of_information import ValueOfInformation, value_of_information
    from model.analysis.verification.record import VerificationRecord, verify_model
else:
    from model.lazy import when_asked_for

    __getattr__ = when_asked_for(__name__, __file__)

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    "PSA",
    "AgencyResults",
    "BaseCase",
    "BudgetImpact",
    "CurvePairs",
    "Morris",
    "NetPriceGrid",
    "OneWay",
    "PSASummary",
    "PriceAnalyses",
    "PriceProbability",
    "Ranking",
    "Scenarios",
    "Sensitivity",
    "Sobol",
    "Structures",
    "Subgroups",
    "SwitchingValues",
    "Tolerance",
    "TwoWay",
    "ValueBasedPrices",
    "ValueOfInformation",
    "VerificationRecord",
    "base_case",
    "budget_impact",
    "change_log",
    "curve_pairs",
    "decision",
    "elementary_effects",
    "equal_value",
    "morris",
    "net_price_grid",
    "one_way",
    "price_analyses",
    "price_probability",
    "psa",
    "psa_summary",
    "psa_until",
    "rank_inputs",
    "research",
    "scenarios",
    "sensitivity",
    "severity",
    "sobol",
    "sobol_indices",
    "stepped_results",
    "structures",
    "subgroups",
    "switching_value_table",
    "switching_values",
    "two_way",
    "value_based_prices",
    "value_of_information",
    "verify_model",
]
