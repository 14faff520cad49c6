"""Designs of further research on a model: what each would observe in every draw of its probabilistic analysis."""

from .cost_study import CostStudy
from .design import Design
from .survival_study import SurvivalStudy
from .utility_study import UtilityStudy

__all__ = ["CostStudy", "Design", "SurvivalStudy", "UtilityStudy"]
