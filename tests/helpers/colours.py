"""How far colours lie apart for readers with a colour blindness and in a grey print.

Machado, Oliveira and Fernandes, IEEE Trans. Vis. Comput. Graph. 2009;15:1291-1298, matrices of severity 1 on linear RGB;
distances in CIE L*a*b* (D65), CIE76: 2.3 can just be noticed side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

SIMULATED = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = XYZ @ np.ones(3)


def linear(colour: str) -> np.ndarray:
    """Linear RGB ``(3,)`` of a colour such as #1F77B4."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """L*, a*, b* of linear RGB."""
    share = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, blindness: str) -> float:
    """Distance of two colours as a reader with a colour blindness sees them."""
    matrix = SIMULATED[blindness]
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def brightness(colour: str) -> float:
    """L* of a colour: what a grey print keeps of it, 0 to 100."""
    return float(lab(linear(colour))[0])


def nearest(colours: Sequence[str]) -> float:
    """The smallest distance of any two colours under any colour blindness."""
    return min(distance(a, b, name) for a, b in combinations(colours, 2) for name in SIMULATED)


def nearest_grey(colours: Sequence[str]) -> float:
    """The smallest difference in brightness of any two colours."""
    return min(abs(brightness(a) - brightness(b)) for a, b in combinations(colours, 2))
