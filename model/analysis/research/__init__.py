"""Designs of further research on a model: what each would observe in every draw of its probabilistic analysis."""

from model.analysis.research.cost_study import CostStudy
from model.analysis.research.design import Design
from model.analysis.research.survival_study import SurvivalStudy
from model.analysis.research.utility_study import UtilityStudy

__all__ = ["CostStudy", "Design", "SurvivalStudy", "UtilityStudy"]
