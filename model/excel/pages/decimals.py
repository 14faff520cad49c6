"""The decimals of columns of numbers: the shortest that read back as the same number."""

from __future__ import annotations

import numpy as np


class Decimals:
    """Those of one workbook. Of its formulas' columns every third or so stands on several sheets: each is worked out once."""

    def __init__(self) -> None:
        self._known: dict[bytes, str] = {}

    def of(self, values: np.ndarray) -> list[str]:
        """The decimals of numbers of type float, (n,)."""
        key = values.tobytes()
        if key not in self._known:
            self._known[key] = repr(values.tolist())[1:-1]
        return self._known[key].split(", ")
