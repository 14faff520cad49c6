"""The arrays that are handed from floor to floor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floating-point numbers; the shape stands in the docstring of what takes or gives them."""
