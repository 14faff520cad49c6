"""A picture as a PNG file (W3C Recommendation, 10 November 2003), its dots as they are, without a filter before compression.

Figures are flat areas and lines, of which a filter makes nothing that compresses better: libraries that try several on
every row of dots take twice the time for larger files.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EIGHT_BITS_WITH_OPACITY = (8, 6, 0, 0, 0)  # depth, kind of colour, and the only compression, filters and order there are
METRES_PER_INCH = 0.0254
FASTEST = 1


def png_of(dots: NDArray[np.uint8], dots_per_inch: float) -> bytes:
    """The file of a picture ``(height, width, 4)``: red, green, blue and opacity of each dot, rows from the top."""
    height, width, _ = dots.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # the first of each row: no filter
    rows[:, 1:] = dots.reshape(height, 4 * width)
    per_metre = round(dots_per_inch / METRES_PER_INCH)
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">II5B", width, height, *EIGHT_BITS_WITH_OPACITY)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.data, FASTEST)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
