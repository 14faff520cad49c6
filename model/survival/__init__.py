"""Floor 0: one survival curve. Pure mathematics of time to event; knows no costs, no arms and no files."""

from model.survival.calibration import Calibration, calibrate
from model.survival.distributions import DISTRIBUTIONS, distribution
from model.survival.effects import (
    EFFECT_KINDS,
    accelerated,
    apply_effect,
    proportional_hazards,
    proportional_odds,
    wane,
    waning_lowers_hazard,
)
from model.survival.families.base import Distribution
from model.survival.life_table import LifeTable, MixedPopulation, binding, hazard_floor, mix
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median, Statistic

__all__ = [
    "DISTRIBUTIONS",
    "EFFECT_KINDS",
    "Calibration",
    "CoefficientPrior",
    "Distribution",
    "HazardRatio",
    "Landmark",
    "LifeTable",
    "Median",
    "MixedPopulation",
    "Statistic",
    "accelerated",
    "apply_effect",
    "binding",
    "calibrate",
    "distribution",
    "hazard_floor",
    "mix",
    "proportional_hazards",
    "proportional_odds",
    "wane",
    "waning_lowers_hazard",
]
