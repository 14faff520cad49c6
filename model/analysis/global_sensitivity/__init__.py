"""Global sensitivity: all uncertain inputs moved together (Sobol indices) or one after the other (Morris)."""

from model.analysis.global_sensitivity.elementary_effects import ElementaryEffects, MorrisDesign, elementary_effects
from model.analysis.global_sensitivity.of_model import Morris, Sobol, morris, sobol
from model.analysis.global_sensitivity.variance import SobolDesign, SobolIndices, sobol_indices

__all__ = [
    "ElementaryEffects",
    "Morris",
    "MorrisDesign",
    "Sobol",
    "SobolDesign",
    "SobolIndices",
    "elementary_effects",
    "morris",
    "sobol",
    "sobol_indices",
]
