"""Global sensitivity: all uncertain inputs moved together (Sobol indices) or one after the other (Morris)."""

from .elementary_effects import ElementaryEffects, MorrisDesign, elementary_effects
from .of_model import Morris, Sobol, morris, sobol
from .variance import SobolDesign, SobolIndices, sobol_indices

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
