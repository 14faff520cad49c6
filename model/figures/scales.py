"""Axes with units a reader can take in: money in thousands or millions, shares in percent, time in months or years."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from model.constants import MONTHS_PER_YEAR
from model.result_columns import ResultColumn

SPELLED_OUT = {"INMB": "Incremental net monetary benefit", "PFS": "Progression-free survival", "OS": "Overall survival"}
"""Abbreviations in headers of columns, as figures say them."""


def decimals_for(span: float) -> int:
    """Decimals that tell apart the ticks of an axis of this span."""
    return int(np.clip(np.ceil(1 - np.log10(span)), 0, 6)) if span > 0 else 0


def axis_words(column: ResultColumn, effect: str = "QALY") -> str:
    """The words of a result column as an axis says them: without its unit, abbreviations spelled out."""
    return " ".join(SPELLED_OUT.get(word, word) for word in column.words(effect).split(" "))


def money_axis(axis: Axis, currency: str, what: str, largest: float, per: str = "per patient") -> tuple[float, str]:
    """Label an axis of money in units that suit its ``largest`` amount; returns (divisor, unit in words)."""
    divisor, word = money_unit(largest)
    unit = f"{currency}{' ' + word if word else ''}"
    digits = max(0, min(4, decimals_for(largest / divisor)))
    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value / divisor, digits, trim=True)))
    axis.set_label_text(f"{what} ({unit}{' ' + per if per else ''})")
    return divisor, unit


def money_unit(largest: float) -> tuple[float, str]:
    """(divisor, word) for amounts up to ``largest``."""
    size = abs(largest)
    if size >= 2e6:
        return 1e6, "million"
    return (1e3, "thousand") if size >= 2e4 else (1.0, "")


def number(value: float, digits: int, trim: bool = False) -> str:
    """A number with thousands separators and a true minus sign; ``trim`` drops zeros after the point."""
    text = f"{value:,.{digits}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def sensible_digits(value: float) -> int:
    """Decimals with which a person would write a number: about three figures, none from a hundred up."""
    size = abs(value)
    if size == 0 or size >= 100 or not np.isfinite(size):
        return 0
    return 1 if size >= 10 else 2 if size >= 0.1 else 3 if size >= 0.01 else 4


def share_axis(axis: Axis, what: str, step: float = 0.2) -> None:
    """Shares from 0 to 1 shown in percent."""
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
    axis.set_label_text(what)


def plain_axis(axis: Axis, what: str, span: float) -> None:
    """Numbers such as QALYs, with as many decimals as needed."""
    digits = decimals_for(span)
    axis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, digits, trim=True)))
    axis.set_label_text(what)


def log_axis(axes: Any, which: str, what: str) -> None:
    """A logarithmic axis with plain numbers at 1, 2 and 5 of each power of ten."""
    axis: Axis = getattr(axes, f"{which}axis")
    getattr(axes, f"set_{which}scale")("log")
    axis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
    axis.set_major_locator(LogTicks())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
    axis.set_minor_locator(MultipleLocator(1e12))
    axis.set_label_text(what)


class LogTicks(MaxNLocator):
    """Round numbers on a logarithmic axis, as fine as its span allows."""

    MANTISSAS = ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), (1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5), (1,))

    def tick_values(self, vmin: float, vmax: float) -> Any:
        low, high = max(min(vmin, vmax), 1e-12), max(vmin, vmax, 1e-12)
        powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
        inside = powers
        for mantissas in self.MANTISSAS:
            ticks = np.multiply.outer(powers, mantissas).ravel()
            inside = ticks[(ticks >= low * (1 - 1e-9)) & (ticks <= high * (1 + 1e-9))]
            if len(inside) <= 9:
                break
        return inside

    def view_limits(self, vmin: float, vmax: float) -> tuple[float, float]:
        return vmin, vmax


def time_axis(axis: Axis, months: float, years: bool, since: str = "") -> None:
    """Months up to about ten years, else years; ``months`` is the right end. Values on the axis are in that unit."""
    end = months / MONTHS_PER_YEAR if years else months
    steps = (1, 2, 5, 10, 20) if years else (1, 3, 6, 12, 24, 60)
    step = next((s for s in steps if end / s <= 10), steps[-1])
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_label_text(f"{'Years' if years else 'Months'} since time zero{since}")
