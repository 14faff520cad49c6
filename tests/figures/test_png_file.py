"""PNG files read again by Pillow, another program: the same dots, size and resolution."""

from io import BytesIO

import numpy as np
from PIL import Image

from model.figures.png_file import png_of


def test_another_program_reads_the_dots_that_were_written() -> None:
    dots = np.random.default_rng(1).integers(0, 256, (37, 53, 4), dtype=np.uint8)
    read = Image.open(BytesIO(png_of(dots, 150)))
    assert read.mode == "RGBA" and read.size == (53, 37)
    np.testing.assert_array_equal(np.asarray(read), dots)
    np.testing.assert_allclose(read.info["dpi"], (150, 150), rtol=1e-4)
    Image.open(BytesIO(png_of(dots, 150))).verify()  # checksums


def test_a_picture_of_one_dot_and_of_a_view_that_is_not_contiguous() -> None:
    wide = np.arange(2 * 6 * 4, dtype=np.uint8).reshape(2, 6, 4)
    for dots in (wide[:1, :1], wide[:, ::2]):
        np.testing.assert_array_equal(np.asarray(Image.open(BytesIO(png_of(dots, 72)))), dots)
