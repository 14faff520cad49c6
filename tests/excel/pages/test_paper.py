"""Paper of printed sheets: how far they shrink, and when they take the longer page.

Oracle: the sizes of A4 and A3 in points and the margins, by hand.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.excel.pages.paper import LEAST_SCALE, PaperPage, fitting_page

NARROW, BROAD = [60.0], [20.0] * 8
ACROSS_A4 = 595 - 0.8 * 72


def test_a_sheet_as_wide_as_the_paper_is_not_made_smaller() -> None:
    width = (ACROSS_A4 / 0.75 - 5) / 7
    page = PaperPage("A4", "portrait")
    assert page.scale([width]) == pytest.approx(1.0)
    assert page.scale([2 * width + 5 / 7]) == pytest.approx(0.5)


def test_a_broad_sheet_longer_than_its_page_takes_one_twice_as_long_of_the_same_width() -> None:
    assert fitting_page(BROAD, 300.0) == PaperPage("A4", "landscape")
    longer = fitting_page(BROAD, 1000.0)
    assert longer == PaperPage("A3", "portrait")
    assert longer.scale(BROAD) == pytest.approx(PaperPage("A4", "landscape").scale(BROAD))
    assert longer.pages(BROAD, 1000.0) == 1


def test_a_sheet_that_stands_upright_on_one_small_page_stays_on_it() -> None:
    assert fitting_page(NARROW, 700.0) == PaperPage("A4", "portrait")


@given(st.lists(st.floats(5.0, 60.0), min_size=1, max_size=20), st.floats(20.0, 8000.0))
def test_no_sheet_shrinks_below_the_least_scale_unless_it_is_too_wide_for_it(widths: list[float], height: float) -> None:
    page = fitting_page(widths, height)
    of_width = page.scale(widths)
    n_pages = page.pages(widths, height)
    printed = of_width * min(1.0, n_pages * page.capacity(widths) / height)
    assert printed >= min(LEAST_SCALE, of_width) - 1e-9
    others = (PaperPage("A4", "portrait"), PaperPage("A4", "landscape"), PaperPage("A3", "landscape"))
    assert page == PaperPage("A3", "portrait") or page in others
