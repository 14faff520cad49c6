"""Floor 0: one survival curve. Pure mathematics of time to event; knows no costs, no arms and no files."""

from model.survival.bootstrap import Bootstrap, bootstrap
from model.survival.calibration import Calibration, calibrate
from model.survival.candidates import fit_candidates
from model.survival.cox import Cox, cox_hazard_ratio, log_rank, proportional_hazards_test
from model.survival.distributions import CANDIDATES, DISTRIBUTIONS, distribution, label_of
from model.survival.effects import (
    EFFECT_KINDS,
    accelerated,
    apply_effect,
    more_cured,
    proportional_hazards,
    proportional_odds,
    wane,
    waning_lowers_hazard,
)
from model.survival.estimation import Fit, fit, fit_data
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.kaplan_meier_tail import KaplanMeierTail, kaplan_meier_tail
from model.survival.families.model_average import ModelAverage, aic_weights
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.spline_words import spline_in_words
from model.survival.families.splines import RoystonParmar, knots_from
from model.survival.families.survival_table import SurvivalTable
from model.survival.families.table_error import TableError, table_error
from model.survival.families.table_tail import TableTail
from model.survival.families.treatment_covariate import TreatmentCovariate
from model.survival.joint import JointFit, fit_joint
from model.survival.kaplan_meier import KaplanMeier, kaplan_meier
from model.survival.life_table import LifeTable, MixedPopulation, binding, hazard_floor, mix
from model.survival.programs.converted import Converted, Printed, from_program, to_program
from model.survival.programs.fitted_by_lifelines import from_lifelines
from model.survival.programs.parametrisation import Parametrisation
from model.survival.programs.programs import PROGRAMS, distributions_of, parametrisation
from model.survival.programs.time_units import TIME_UNITS
from model.survival.reconstruction.digitised import clean_clicks
from model.survival.reconstruction.reconstruct import Reconstruction, reconstruct, reconstruct_ipd
from model.survival.smoothed_hazard import SmoothedHazard, smoothed_hazard
from model.survival.summary_statistics import CoefficientPrior, HazardRatio, Landmark, Median, NotReached, Statistic
from model.survival.survival_data import SurvivalData, survival_data

__all__ = [
    "CANDIDATES",
    "DISTRIBUTIONS",
    "EFFECT_KINDS",
    "PROGRAMS",
    "TIME_UNITS",
    "Bootstrap",
    "Calibration",
    "CoefficientPrior",
    "Converted",
    "Cox",
    "Distribution",
    "Fit",
    "HazardRatio",
    "JointFit",
    "KaplanMeier",
    "KaplanMeierTail",
    "Landmark",
    "LifeTable",
    "Median",
    "MixedPopulation",
    "MixtureCure",
    "ModelAverage",
    "NonMixtureCure",
    "NotReached",
    "Parametrisation",
    "PiecewiseExponential",
    "Printed",
    "Reconstruction",
    "RoystonParmar",
    "SmoothedHazard",
    "Statistic",
    "SurvivalData",
    "SurvivalTable",
    "TableError",
    "TableTail",
    "TreatmentCovariate",
    "accelerated",
    "aic_weights",
    "apply_effect",
    "binding",
    "bootstrap",
    "calibrate",
    "clean_clicks",
    "cox_hazard_ratio",
    "distribution",
    "distributions_of",
    "fit",
    "fit_candidates",
    "fit_data",
    "fit_joint",
    "from_lifelines",
    "from_program",
    "hazard_floor",
    "kaplan_meier",
    "kaplan_meier_tail",
    "knots_from",
    "label_of",
    "log_rank",
    "mix",
    "more_cured",
    "parametrisation",
    "proportional_hazards",
    "proportional_hazards_test",
    "proportional_odds",
    "reconstruct",
    "reconstruct_ipd",
    "smoothed_hazard",
    "spline_in_words",
    "survival_data",
    "table_error",
    "to_program",
    "wane",
    "waning_lowers_hazard",
]
