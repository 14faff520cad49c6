"""Floor 3: questions asked of the engine. Each turns draws into a result object with tables."""

from . import decision, research
from .base_case import BaseCase, base_case
from .convergence import Tolerance
from .global_sensitivity import Morris, Sobol, elementary_effects, morris, sobol, sobol_indices
from .growing import psa_until
from .importance import Ranking, rank_inputs
from .information import Information, information
from .net_prices import NetPriceGrid, net_price_grid
from .one_way import OneWay, one_way
from .price import ValueBasedPrices, threshold_prices, value_based_prices
from .price_analyses import PriceAnalyses, price_analyses
from .price_probability import PriceProbability, price_probability
from .probabilistic import PSA, psa
from .scenarios import Scenarios, scenarios
from .sensitivity import Sensitivity, sensitivity
from .summary_of_draws import PSASummary, psa_summary
from .threshold_values import ThresholdValues, threshold_table, threshold_values
from .two_way import TwoWay, two_way

__all__ = [
    "PSA",
    "BaseCase",
    "Information",
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
    "ThresholdValues",
    "Tolerance",
    "TwoWay",
    "ValueBasedPrices",
    "base_case",
    "decision",
    "elementary_effects",
    "information",
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
    "sobol",
    "sobol_indices",
    "threshold_prices",
    "threshold_table",
    "threshold_values",
    "two_way",
    "value_based_prices",
]
