"""Floor 3: questions asked of the engine. Each turns draws into a result object with tables."""

from . import decision
from .base_case import BaseCase, base_case
from .convergence import Tolerance
from .growing import psa_until
from .one_way import OneWay, one_way
from .price import threshold_prices
from .probabilistic import PSA, psa
from .scenarios import Scenarios, scenarios
from .summary_of_draws import PSASummary, psa_summary

__all__ = [
    "PSA",
    "BaseCase",
    "OneWay",
    "PSASummary",
    "Scenarios",
    "Tolerance",
    "base_case",
    "decision",
    "one_way",
    "psa",
    "psa_summary",
    "psa_until",
    "scenarios",
    "threshold_prices",
]
